import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { exitCodeOf } from '../../../src/core/problem.ts'
import { usualPolicy } from '../../../src/core/policy.ts'
import type { SiteValue } from '../../../src/core/site-values/recipe.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { environmentsOf } from '../../../src/staging/declare/environments.ts'
import { openFiles } from '../../../src/system/files.ts'
import { golden } from '../../golden/golden.ts'
import { broken } from './broken.ts'
import { declared, inSite, told } from './site.ts'
import type { Files } from './site.ts'

for (const [name, table] of Object.entries(broken))
  test(`each mistake is told once, with file, line, column and a way out: ${name}`, async (t) => {
    const sections: string[] = []
    for (const [fault, changes] of Object.entries(table)) {
      const outcome = await declared(changes)
      const problems = outcome.ok ? outcome.warnings : outcome.problems
      t.true(problems.length > 0, fault)
      sections.push(`# ${fault}\n${told(problems)}\n`)
    }
    golden(t, `declare/${name}.txt`, sections.join('\n'))
  })

const web = 'releases/web/release.yaml'

/** What the stand-in may answer for a key of a Secret that people make. */
const read = (namespace: string, secret: string, key: string): SiteValue => ({
  id: `secret:${namespace}/${secret}/${key}`,
  recipe: { made: 'read', secret, namespace, key },
  places: [],
})

test('a site without a fault becomes records with all defaults filled in', async (t) => {
  const outcome = await declared({})
  t.true(outcome.ok)
  if (!outcome.ok) return
  t.deepEqual(outcome, {
    ok: true,
    warnings: [],
    value: {
      site: {
        file: 'releases/site.yaml',
        name: 'sample',
        target: { kubernetes: '1.36', architecture: 'amd64' },
        images: {
          harbor: 'harbor.staging.example:8443',
          mode: 'harbor',
          projects: { 'docker.io': 'dockerhub-proxy' },
        },
        environments: {
          staging: { cluster: 'sample-staging' },
          production: { cluster: 'sample-production' },
        },
        namespaces: {
          shop: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' }, annotations: {} },
        },
      },
      lock: { file: 'releases/lock.yaml', helm: '4.1.4', charts: {}, images: {} },
      environment: 'staging',
      waves: [['database'], ['web']],
      releases: [
        {
          name: 'database',
          environment: 'staging',
          namespace: 'shop',
          file: 'releases/database/release.yaml',
          source: { kind: 'chart', chart: { from: 'path', path: 'releases/database/chart' } },
          values: [],
          dependsOn: [],
          timeoutSeconds: 900,
          renderedAs: 'install',
          supplied: [{ name: 'db-password', namespace: 'shop', keys: ['password'] }],
          siteValues: [read('shop', 'db-password', 'password')],
          tokens: {},
          lookup: 'nothing',
          policy: usualPolicy,
        },
        {
          name: 'web',
          environment: 'staging',
          namespace: 'shop',
          file: web,
          source: { kind: 'chart', chart: { from: 'path', path: 'releases/web/chart' } },
          values: [{ from: 'file', file: 'releases/web/values.yaml' }],
          dependsOn: ['database'],
          timeoutSeconds: 900,
          renderedAs: 'install',
          supplied: [],
          siteValues: [],
          tokens: {},
          lookup: 'nothing',
          policy: usualPolicy,
        },
      ],
    },
  })
})

test('values lie in layers: files, inline, the files of the environment, its inline values', async (t) => {
  const changes = {
    [web]: `namespace: shop
chart: { path: ../../charts/web }
valuesFiles: [values.yaml, ../shared.yaml]
values: { replicas: 2 }
environments:
  production: { valuesFiles: [production.yaml], values: { replicas: 3 } }
`,
    'charts/web/Chart.yaml': '',
    'releases/shared.yaml': '',
  }
  const outcome = await declared(changes, 'production')
  const release = outcome.ok ? outcome.value.releases.find(({ name }) => name === 'web') : undefined
  t.deepEqual(release?.source, { kind: 'chart', chart: { from: 'path', path: 'charts/web' } })
  t.deepEqual(release?.values, [
    { from: 'file', file: 'releases/web/values.yaml' },
    { from: 'file', file: 'releases/shared.yaml' },
    { from: 'release', file: web, values: { replicas: 2 } },
    { from: 'file', file: 'releases/web/production.yaml' },
    { from: 'release', file: web, values: { replicas: 3 } },
  ])
})

test('an environment replaces what it says, and nothing else', async (t) => {
  const changes = {
    [web]: `namespace: shop
chart: { oci: "oci://registry.example/charts/web", version: v1.2.3-rc.1 }
dependsOn: [database]
timeout: 90s
supplied: [{ secret: token, keys: [a] }, { secret: other, namespace: elsewhere, keys: [b] }]
environments:
  production: { namespace: front, timeout: 1h30m, renderedAs: upgrade, lookup: last-render, dependsOn: [] }
`,
  }
  const of = async (environment: string) => {
    const outcome = await declared(changes, environment)
    return outcome.ok ? outcome.value.releases.find(({ name }) => name === 'web') : outcome.problems
  }
  const staging = {
    name: 'web',
    environment: 'staging',
    namespace: 'shop',
    file: web,
    source: {
      kind: 'chart',
      chart: { from: 'oci', url: 'oci://registry.example/charts/web', version: 'v1.2.3-rc.1' },
    },
    values: [],
    dependsOn: ['database'],
    timeoutSeconds: 90,
    renderedAs: 'install',
    supplied: [
      { name: 'token', namespace: 'shop', keys: ['a'] },
      { name: 'other', namespace: 'elsewhere', keys: ['b'] },
    ],
    siteValues: [read('elsewhere', 'other', 'b'), read('shop', 'token', 'a')],
    tokens: {},
    lookup: 'nothing',
    policy: usualPolicy,
  }
  t.deepEqual(await of('staging'), staging as never)
  t.deepEqual(await of('production'), {
    ...staging,
    environment: 'production',
    namespace: 'front',
    dependsOn: [],
    timeoutSeconds: 5400,
    renderedAs: 'upgrade',
    supplied: [
      { name: 'token', namespace: 'front', keys: ['a'] },
      { name: 'other', namespace: 'elsewhere', keys: ['b'] },
    ],
    siteValues: [read('elsewhere', 'other', 'b'), read('front', 'token', 'a')],
    lookup: 'last-render',
  } as never)
})

test('how a release is applied is as declared, as usual where it says nothing, and as a whole what its environment says', async (t) => {
  const changes = {
    [web]: `namespace: shop
chart: { path: chart }
apply:
  ignore: [{ kind: Deployment.apps, name: web, fields: [/spec/replicas] }]
  recreate: [StatefulSet.apps, DaemonSet.apps]
  ready:
    - kind: Widget.example.com
      ready: [{ condition: Ready, is: "True" }, { path: /status/count, equals: 3 }, { path: /status/at, exists: true }]
environments:
  production: { apply: { prune: early } }
`,
  }
  const of = async (environment: string) => {
    const outcome = await declared(changes, environment)
    return outcome.ok ? outcome.value.releases.find(({ name }) => name === 'web')?.policy : outcome.problems
  }
  t.deepEqual(await of('staging'), {
    ignore: [{ kind: 'Deployment.apps', name: 'web', fields: ['/spec/replicas'] }],
    recreate: ['DaemonSet.apps', 'StatefulSet.apps'],
    prune: 'last',
    ready: [
      {
        kind: 'Widget.example.com',
        ready: [
          { condition: 'Ready', is: 'True' },
          { path: '/status/count', equals: 3 },
          { path: '/status/at', exists: true },
        ],
        failed: [],
      },
    ],
  })
  t.deepEqual(await of('production'), { ...usualPolicy, prune: 'early' })
})

test('a release that is disabled in an environment is in none of its waves', async (t) => {
  const changes = {
    [web]:
      'namespace: shop\nchart: { path: chart }\nenabled: false\nenvironments: { production: { enabled: true } }\n',
  }
  const waves = async (environment: string) => {
    const outcome = await declared(changes, environment)
    return outcome.ok && [outcome.value.waves, outcome.value.releases.map(({ name }) => name)]
  }
  t.deepEqual(await waves('staging'), [[['database']], ['database']])
  t.deepEqual(await waves('production'), [[['database', 'web']], ['database', 'web']])
})

test('inline values mean what they would mean to helm in a values file', async (t) => {
  const changes = {
    [web]: `namespace: shop
chart: { path: chart }
values:
  mode: 0644
  big: 9223372036854775807
  on: yes
  day: 2001-01-01
  text: "0644"
  base: &base { a: 1 }
  merged: { <<: *base, b: 2 }
  __proto__: { polluted: true }
`,
  }
  const outcome = await declared(changes)
  const layer = outcome.ok ? outcome.value.releases.find(({ name }) => name === 'web')?.values[0] : undefined
  t.true(layer?.from === 'release')
  if (layer?.from !== 'release') return
  t.deepEqual(Object.entries(layer.values), [
    ['mode', 420],
    ['big', 9223372036854775807n],
    ['true', true],
    ['day', '2001-01-01'],
    ['text', '0644'],
    ['base', { a: 1 }],
    ['merged', { a: 1, b: 2 }],
    ['__proto__', { polluted: true }],
  ])
  t.false('polluted' in {})
})

const taken: { [what: string]: string } = {
  'no byte': '',
  'comments alone': '# nothing\n',
  'several documents': 'a: 1\n---\n---\nb: 2\n',
  'Windows line ends and a byte order mark': '\uFEFFa: 1\r\nb:\r\n  - 1\r\n',
  'anchors, merge keys and tags of its own': 'a: &a { x: 1 }\nb: { <<: *a, y: !mine z }\n',
  'a key __proto__': '__proto__: { x: 1 }\n',
  'more than ten megabytes': `${'# filler\n'.repeat(1_200_000)}a: 1\n`,
}
for (const [what, text] of Object.entries(taken))
  test(`a values file that helm takes is taken: ${what}`, async (t) => {
    const outcome = await declared({ 'releases/web/values.yaml': text })
    t.deepEqual(outcome.ok ? outcome.warnings : outcome.problems, [])
  })

test('an environment that the site does not have is wrong usage', async (t) => {
  for (const [asked, fix] of [
    ['stagging', 'Did you mean `staging`?'],
    ['constructor', 'Use one of `staging`, `production`, or add it to releases/site.yaml.'],
    ['__proto__', 'Use one of `staging`, `production`, or add it to releases/site.yaml.'],
  ] as const) {
    const outcome = await declared({}, asked)
    t.false(outcome.ok)
    if (outcome.ok) continue
    t.is(exitCodeOf(outcome.problems), 2)
    t.is(outcome.problems[0].code, 'declare/unknown-environment')
    t.is(outcome.problems[0].fix, fix)
  }
})

test('the names of the environments are sorted, and a broken site file is told', async (t) => {
  const names = (changes: Files) => inSite(changes, (root) => environmentsOf({ files: openFiles(root) }))
  t.deepEqual(await names({ [web]: 'broken' }), {
    ok: true,
    value: ['production', 'staging'],
    warnings: [],
  })
  const refused = await names({ 'releases/site.yaml': 'name: [\n' })
  t.is(refused.ok ? '' : refused.problems[0].code, 'declare/yaml-syntax')
})

test('a values file may be a link within the site, and a hidden folder is no release', async (t) => {
  const outcome = await inSite(
    { 'shared/values.yaml': 'a: 1\n', 'releases/web/values.yaml': undefined, 'releases/.hidden/x.yaml': 'x' },
    async (root) => {
      await symlink('../../shared/values.yaml', join(root, 'releases/web/values.yaml'))
      await mkdir(join(root, 'releases/.empty'))
      return declare({ environment: 'staging' }, { files: openFiles(root) })
    },
  )
  t.deepEqual(outcome.ok ? outcome.value.waves : outcome.problems, [['database'], ['web']])
})

test('a release whose folder or file is a link is refused: it would be missing without a word, and then pruned', async (t) => {
  const outcome = await inSite({ 'shared/shop/release.yaml': 'namespace: shop\n' }, async (root) => {
    await symlink('../shared/shop', join(root, 'releases/shop'))
    await mkdir(join(root, 'releases/other'))
    await symlink('../../shared/shop/release.yaml', join(root, 'releases/other/release.yaml'))
    return declare({ environment: 'staging' }, { files: openFiles(root) })
  })
  t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code, where }) => [code, where]), [
    ['declare/link', [{ in: 'file', file: 'releases/other/release.yaml' }]],
    ['declare/link', [{ in: 'file', file: 'releases/shop' }]],
  ])
})

test('a release file of 20,000 unknown keys is answered, each key with its line', async (t) => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: x\n`).join('')
  const outcome = await declared({ [web]: `namespace: shop\nchart: { path: chart }\n${keys}` })
  const found = outcome.ok ? [] : outcome.problems
  t.is(found.length, 20_000)
  t.like(found.at(-1), { code: 'declare/unknown-key', where: [{ line: 20_002 }] })
})
