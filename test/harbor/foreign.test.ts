import test from 'ava'
import { setUp } from './site.ts'
import type { HarborServer } from './server.ts'

/** What somebody made by hand in Harbor's own pages. */
const byHand = ({ state }: HarborServer, url = 'https://quay.io', type = 'quay'): void => {
  state.endpoints.push({ id: 7, name: 'my-quay', type, url, insecure: false, description: 'made by Ann' })
  state.retentions.push({
    id: 8,
    policy: {
      algorithm: 'or',
      rules: [{ template: 'latestPushedK', params: { latestPushedK: 3 } }],
      trigger: { kind: 'Schedule', settings: { cron: '' } },
      scope: { level: 'project', ref: 9 },
    },
  })
  state.projects.push({
    project_id: 9,
    name: 'quay-proxy',
    registry_id: 7,
    metadata: { public: 'false', retention_id: '8', auto_scan: 'true' },
    storage: -1,
  })
}

const one = '\n  projects: { quay.io: quay-proxy }\n'

test('a project that somebody else made is left alone, and how it differs is told', async (t) => {
  const { scout, harbor } = await setUp(t, one)
  byHand(harbor)
  const before = JSON.stringify(harbor.state)
  const { exitCode, stdout, stderr } = await scout('apply')
  t.is(exitCode, 0, stderr)
  t.is(JSON.stringify(harbor.state), before)
  t.regex(stdout, /= project quay-proxy \(somebody else's, left alone\)/)
  t.regex(stderr, /it is not public; it keeps what rules of its own say, not everything/)
  t.regex(stderr, /--adopt quay-proxy/)
  t.deepEqual(harbor.faults, [])
})

for (const [what, change, told] of [
  ['is not verified', { insecure: true }, /certificate not verified → verified/],
  ['is asked in clear', { url: 'http://quay.io' }, /url http:\/\/quay\.io → https:\/\/quay\.io/],
] as const)
  test(`an upstream that ${what} is warned of where somebody else made the endpoint`, async (t) => {
    const { scout, harbor } = await setUp(t, one)
    byHand(harbor)
    Object.assign(harbor.state.endpoints[0] ?? {}, change)
    const before = JSON.stringify(harbor.state)
    const { exitCode, stderr } = await scout('apply')
    t.is(exitCode, 0, stderr)
    t.regex(stderr, told)
    t.is(JSON.stringify(harbor.state), before)
  })

test('what is adopted is kept from then on, and what stood in it stays', async (t) => {
  const { scout, harbor } = await setUp(t, one)
  byHand(harbor)
  const { exitCode, stdout, stderr } = await scout('apply', '--adopt', 'quay-proxy')
  t.is(exitCode, 0, stderr)
  t.regex(stdout, /~ endpoint my-quay: adopted/)
  t.is(harbor.state.endpoints[0]?.description, 'made by Ann [scout:sample:quay.io]')
  t.like(harbor.state.projects[0]?.metadata, { public: 'true', auto_scan: 'true' })
  t.is((await scout('plan', '--exit-code')).exitCode, 0)
  t.deepEqual(harbor.faults, [])
})

test('a hosted project is adopted by a label, and known by it later', async (t) => {
  const { scout, harbor } = await setUp(t, `${one}harbor: { hosted: { bundles: { storage: 1Gi } } }\n`)
  harbor.state.projects.push({
    project_id: 5,
    name: 'bundles',
    registry_id: 0,
    metadata: { public: 'true' },
    storage: -1,
  })
  const first = await scout('apply')
  t.regex(first.stderr, /it is public; its limit is unlimited, not 1Gi/)
  t.like(harbor.state.projects[0], { storage: -1, metadata: { public: 'true' } })
  const second = await scout('apply', '--adopt', 'bundles')
  t.is(second.exitCode, 0, second.stderr)
  t.like(harbor.state.projects[0], { storage: 2 ** 30, metadata: { public: 'false' } })
  t.like(harbor.state.labels, [{ name: 'scout:sample:bundles', scope: 'g' }])
  t.is((await scout('plan', '--exit-code')).exitCode, 0)
  t.deepEqual(harbor.faults, [])
})

test('a project that is no proxy, or stands for another registry, is refused by name, and nothing is done', async (t) => {
  const { scout, harbor } = await setUp(t, '\n  projects: { quay.io: quay-proxy, ghcr.io: ghcr-proxy }\n')
  byHand(harbor, 'https://other.example', 'docker-registry')
  harbor.state.projects.push({
    project_id: 5,
    name: 'ghcr-proxy',
    registry_id: 0,
    metadata: { public: 'true' },
    storage: -1,
  })
  const { exitCode, stderr } = await scout('apply', '--adopt', 'quay-proxy')
  t.is(exitCode, 1)
  t.log(stderr)
  t.regex(stderr, /The project ghcr-proxy in Harbor is no proxy cache/)
  t.regex(
    stderr,
    /The project quay-proxy in Harbor stands for https:\/\/other\.example \(endpoint my-quay\), not for quay\.io/,
  )
  t.regex(stderr, /releases\/site\.yaml:\d+/)
  t.false(harbor.requests.some((request) => !request.startsWith('GET ')))
  t.deepEqual(harbor.faults, [])
})

test('two sites share a Harbor, and each leaves alone what the other made', async (t) => {
  const { scout, harbor, declare } = await setUp(t, one)
  t.is((await scout('apply')).exitCode, 0)
  const before = JSON.stringify(harbor.state)
  await declare(`${one}harbor: { keep: 3 days }\n`, 'other')
  const { exitCode, stdout, stderr } = await scout('apply')
  t.is(exitCode, 0, stderr)
  t.regex(stdout, /somebody else's, left alone/)
  t.regex(stderr, /it keeps everything, not what was pulled within 3 days/)
  t.is(JSON.stringify(harbor.state), before)
})

test('names that the site does not have are wrong usage, with the one that was meant', async (t) => {
  const { scout } = await setUp(t, one)
  const { exitCode, stderr } = await scout('plan', '--adopt', 'quay-prox', '--robot', 'nodes=nowhere.json')
  t.is(exitCode, 2)
  t.regex(stderr, /Did you mean quay-proxy\?/)
  t.regex(stderr, /--robot names nodes/)
})
