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
  'releases/web/values.yaml': 'a:\n  b: 1\nlist: [x, y]\nlow: 1\n',
  'releases/web/production.yaml': '\na: { b: 2 }\n',
  'releases/web/release.yaml':
    'namespace: shop\nvalues:\n  own: 1\nenvironments:\n  production:\n    values:\n      high: 3\n      own: 2\n  staging: { values: { other: 1 } }\n',
}

const cases: [title: string, path: string[], place: string | undefined][] = [
  ['a lower file where no other sets it', ['low'], 'releases/web/values.yaml:4'],
  ['an item of a list', ['list', '1'], 'releases/web/values.yaml:3'],
  ['the file of the environment over the lower one', ['a', 'b'], 'releases/web/production.yaml:2'],
  ['values of the environment over those of the release', ['own'], 'releases/web/release.yaml:8'],
  ['values of the environment in the release file', ['high'], 'releases/web/release.yaml:7'],
  ['not what another environment sets', ['other'], undefined],
  ['nothing for what the chart sets itself', ['a', 'c'], undefined],
  ['nothing for the values as a whole', [], undefined],
]

for (const [title, path, wanted] of cases)
  test(`the place of a value is ${title}`, async (t) => {
    const root = await siteOf(t, files)
    const place = await placeOfValue(release, path, openFiles(root))
    t.is(place?.in === 'file' ? `${place.file}:${place.line}` : undefined, wanted)
  })

test('what a values schema refuses is shown where the release sets it', async (t) => {
  const schema = '{"type":"object","properties":{"replicas":{"type":"integer"}}}'
  const root = await siteOf(t, {
    ...chartFiles('web', { 'values.schema.json': schema }),
    'releases/web/values.yaml': 'host: x\nreplicas: many\n',
  })
  const values = [{ from: 'file', file: 'releases/web/values.yaml' } as const]
  const [found] = problemsOf(await renderAt(root, [releaseOf('web', { values })]))
  t.is(found?.code, 'render/values-schema')
  const [place] = found?.where ?? []
  t.like(place, { in: 'file', file: 'releases/web/values.yaml', line: 2 })
  t.notRegex(JSON.stringify(found?.where), /many/)
})
