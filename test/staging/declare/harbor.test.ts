import test from 'ava'
import { harborOf } from '../../../src/staging/declare/harbor.ts'
import { openFiles } from '../../../src/system/files.ts'
import { siteOf } from '../resolve/small-site.ts'

const head = `name: sample
target: { kubernetes: "1.36", architecture: amd64 }
environments: { staging: { cluster: sample-staging } }
images:
  harbor: harbor.example
`

const projects = '  projects: { docker.io: hub, ghcr.io: ghcr, quay.io: quay, registry.k8s.io: k8s }\n'

test('a site that says nothing of Harbor has usual endpoints, public projects, and keeps what it has', async (t) => {
  const files = openFiles(await siteOf(t, { 'releases/site.yaml': head + projects }), [])
  const outcome = await harborOf({ files })
  if (!outcome.ok) return t.fail(outcome.problems[0].what)
  const { proxies, ...others } = outcome.value
  t.deepEqual(others, { site: 'sample', host: 'harbor.example', hosted: [], robots: [] })
  t.deepEqual(
    proxies.map(({ registry, name, endpoint }) => [registry, name, endpoint.type, endpoint.url]),
    [
      ['docker.io', 'hub', 'docker-hub', 'https://hub.docker.com'],
      ['ghcr.io', 'ghcr', 'github-ghcr', 'https://ghcr.io'],
      ['quay.io', 'quay', 'quay', 'https://quay.io'],
      ['registry.k8s.io', 'k8s', 'docker-registry', 'https://registry.k8s.io'],
    ],
  )
  for (const one of proxies) t.like(one, { public: true, keep: { keep: 'always' }, storage: undefined })
})

test('what is said of one registry goes before what is said of all', async (t) => {
  const harbor = `harbor:
  public: false
  keep: 30 days
  storage: 10Gi
  registries: { quay.io: { public: true, keep: 1 day, storage: unlimited, url: "https://mirror.example/" } }
  hosted: { bundles: {} }
  robots: { ci: { pull: [quay, bundles], push: [bundles] } }
`
  const files = openFiles(await siteOf(t, { 'releases/site.yaml': head + projects + harbor }), [])
  const outcome = await harborOf({ files })
  if (!outcome.ok) return t.fail(outcome.problems[0].what)
  const { proxies, hosted, robots } = outcome.value
  t.like(proxies[0], { public: false, keep: { keep: 'pulled', days: 30 }, storage: 10 * 2 ** 30 })
  t.like(proxies[2], { public: true, keep: { keep: 'pulled', days: 1 }, storage: -1 })
  t.is(proxies[2]?.endpoint.url, 'https://mirror.example')
  // The settings of proxies are none of a project that one pushes to.
  t.like(hosted, [{ name: 'bundles', public: false, keep: { keep: 'always' }, storage: undefined }])
  t.like(robots, [
    {
      name: 'ci',
      grants: [
        { project: 'bundles', access: ['repository:pull', 'repository:push'] },
        { project: 'quay', access: ['repository:pull'] },
      ],
    },
  ])
})

const faults: [string, string, RegExp][] = [
  ['registries: { quay.oi: {} }', projects, /speaks of quay\.oi.*Did you mean `quay\.io`/],
  ['registries: { quay.io: { url: "https://[" } }', projects, /is no URL/],
  ['registries: { quay.io: { url: "https://me:secret@quay.io" } }', projects, /without user and password/],
  ['hosted: { quay: {} }', projects, /quay is hosted, and stands for quay\.io as well/],
  ['robots: { ci: { pull: [kuay] } }', projects, /project kuay.*Did you mean `quay`/],
  ['robots: { ci: { push: [quay] } }', projects, /push to quay, which is a proxy project/],
  ['robots: { ci: {} }', projects, /robots\.ci/],
  ['robots: { Ci+1: { pull: [quay] } }', projects, /name of a robot/],
  ['keep: 7', projects, /keep/],
  ['keep: 0 days', projects, /always, or a number of days/],
  ['storage: 10GB', projects, /a size such as 200Gi/],
  [
    'public: true',
    '  projects: { quay.io: one, ghcr.io: one }\n',
    /quay\.io and ghcr\.io have the same project one/,
  ],
]

for (const [section, images, words] of faults)
  test(`\`${section}\` is refused with its line: ${words.source}`, async (t) => {
    const text = `${head}${images}harbor: { ${section} }\n`
    const files = openFiles(await siteOf(t, { 'releases/site.yaml': text }), [])
    const outcome = await harborOf({ files })
    t.false(outcome.ok)
    if (outcome.ok) return
    t.regex(outcome.problems.map(({ what, fix, why }) => `${what} ${why} ${fix}`).join('\n'), words)
    for (const { where } of outcome.problems) t.true(where[0]?.in === 'file' && where[0].line !== undefined)
    t.false(JSON.stringify(outcome.problems.map(({ what }) => what)).includes('secret'))
  })
