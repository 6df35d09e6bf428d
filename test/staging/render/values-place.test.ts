import test from 'ava'
import { openFiles } from '../../../src/system/files.ts'
import { problemsOf, chartFiles, releaseOf, siteOf } from '../resolve/small-site.ts'
import { placeOfValue } from '../../../src/staging/render/values-place.ts'
import { renderAt } from './render-at.ts'

const release = releaseOf('web', {
  values: [
    { from: 'file', file: 'releases/web/values.yaml' },
    { from: 'release', file: 'releases/web/release.yaml', values: {} },
    { from: 'file', file: 'releases/web/production.yaml' },
    { from: 'release', file: 'releases/web/release.yaml', values: {} },
  ],
})

const files = {
  'releases/web/values.yaml': 'a:\n  b: 1\nlist: [x, y]\nlow: 1\nglobal:\n  host: x\n',
  'releases/web/production.yaml': '\na: { b: 2 }\nboth: 1\n',
  'releases/web/chart/values.yaml': 'low: 2\nown-to-chart:\n  x: 1\ncache:\n  size: 1\n',
  'releases/web/chart/charts/cache/values.yaml': 'size: 2\ndeep:\n  - a\n  - b\n',
  'releases/web/release.yaml':
    'namespace: shop\nvalues: { own: 1, both: 2 }\nenvironments:\n  production:\n    values:\n      high: 3\n      own: 2\n  staging: { values: { other: 1 } }\n',
}

const cases: [title: string, path: string[], place: string | undefined][] = [
  ['a lower file where no other sets it', ['low'], 'releases/web/values.yaml:4'],
  ['an item of a list', ['list', '1'], 'releases/web/values.yaml:3'],
  ['the file of the environment over the lower one', ['a', 'b'], 'releases/web/production.yaml:2'],
  ['values of the environment over those of the release', ['own'], 'releases/web/release.yaml:7'],
  ['values of the environment in the release file', ['high'], 'releases/web/release.yaml:6'],
  ['the file of the environment over values of the release', ['both'], 'releases/web/production.yaml:3'],
  ['not what another environment sets', ['other'], undefined],
  ['that of the nearest part around what nobody sets', ['a', 'c'], 'releases/web/production.yaml:2'],
  [
    "the chart's own values.yaml where the site sets nothing",
    ['own-to-chart', 'x'],
    'releases/web/chart/values.yaml:3',
  ],
  [
    'that of the chart at the top over a chart below it',
    ['cache', 'size'],
    'releases/web/chart/values.yaml:5',
  ],
  [
    'that of the chart below, where no other sets it',
    ['cache', 'deep', '1'],
    'releases/web/chart/charts/cache/values.yaml:4',
  ],
  ['that of a global value for a chart below', ['cache', 'global', 'host'], 'releases/web/values.yaml:6'],
  ['nothing for the values as a whole', [], undefined],
]

for (const [title, path, wanted] of cases)
  test(`the place of a value is ${title}`, async (t) => {
    const root = await siteOf(t, files)
    const place = await placeOfValue(release, 'releases/web/chart', path, openFiles(root))
    t.is(place?.in === 'file' ? `${place.file}:${place.line}` : undefined, wanted)
  })

test('each fault of nested values is told with its path, at the line of the site, else of the chart', async (t) => {
  const port = {
    type: 'object',
    required: ['name'],
    properties: { port: { type: 'integer', maximum: 65535 } },
  }
  const below = {
    type: 'object',
    additionalProperties: false,
    properties: { size: { type: 'integer' }, global: {} },
  }
  const schema = {
    type: 'object',
    required: ['host'],
    properties: {
      replicas: { type: 'integer' },
      ports: { type: 'array', items: port },
      mode: { anyOf: [{ type: 'integer' }, { type: 'object', required: ['name'] }] },
      token: { type: 'string', pattern: '^x', maxLength: 3 },
    },
  }
  const root = await siteOf(t, {
    ...chartFiles('web', {
      'Chart.yaml':
        'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: mid, version: 1.0.0 }]\n',
      'values.schema.json': JSON.stringify(schema),
      'values.yaml': 'replicas: 1\nmode:\n  size: 1\nports:\n  - port: 70000\n',
      'charts/mid/Chart.yaml': 'apiVersion: v2\nname: mid\nversion: 1.0.0\n',
      'charts/mid/charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n',
      'charts/mid/charts/cache/values.schema.json': JSON.stringify(below),
    }),
    'releases/web/values.yaml': 'x: 1\nreplicas: many\ntoken: hunter2\nmid:\n  cache:\n    sise: 1\n',
  })
  const values = [{ from: 'file', file: 'releases/web/values.yaml' } as const]
  const found = problemsOf(await renderAt(root, [releaseOf('web', { values })]))
  const place = ({ where: [first] }: (typeof found)[number]): string =>
    first?.in === 'file' ? `${first.file}:${first.line}` : 'nowhere'
  t.deepEqual(
    found.map((one) => [one.code, one.what.replace(/^.*?: /, ''), place(one)]),
    [
      [
        'mid.cache.sise is none of the values that the schema of its chart cache knows.',
        'releases/web/values.yaml:6',
      ],
      ['host is not set, and the schema of the chart wants it.', 'nowhere'],
      [
        'mode is not what the schema of the chart wants: fits none of the 2 forms that it may have: (1) mode: got object, want integer (2) mode.name: missing.',
        'releases/web/chart/values.yaml:2',
      ],
      ['ports[0].name is not set, and the schema of the chart wants it.', 'releases/web/chart/values.yaml:5'],
      [
        'ports[0].port is not what the schema of the chart wants: maximum: got 70,000, want 65,535.',
        'releases/web/chart/values.yaml:5',
      ],
      [
        'replicas is not what the schema of the chart wants: got string, want integer.',
        'releases/web/values.yaml:2',
      ],
      [
        'token is not what the schema of the chart wants: maxLength: got 7, want 3.',
        'releases/web/values.yaml:3',
      ],
      [
        "token is not what the schema of the chart wants: what is there does not match pattern '^x'.",
        'releases/web/values.yaml:3',
      ],
    ].map((one) => ['render/values-schema', ...one]),
  )
  // Helm's own words (raw) are for --verbose.
  t.notRegex(found.map(({ what, where, fix }) => JSON.stringify([what, where, fix])).join(), /hunter2|many/)
})
