import { readFile } from 'node:fs/promises'
import test from 'ava'
import type { HarborServer } from './server.ts'
import { setUp } from './site.ts'

const section = `
  projects: { docker.io: dockerhub-proxy }
harbor:
  hosted: { bundles: { keep: 90 days } }
  robots: { nodes: { pull: [dockerhub-proxy, bundles] }, shipper: { push: [bundles] } }
`

/** Everything that Harbor has, without ids and secrets. */
const contentOf = ({ state }: HarborServer): unknown =>
  JSON.parse(
    JSON.stringify([state.endpoints, state.projects, state.retentions, state.labels, state.robots]),
    (key, value: unknown) =>
      ['id', 'project_id', 'registry_id', 'project', 'ref', 'secret', 'retention_id'].includes(key)
        ? undefined
        : value,
  )

test('a run that is killed at any change, before Harbor did it or before it heard of that, is finished by the next one', async (t) => {
  const undisturbed = await setUp(t, section)
  const files = ({ path }: typeof undisturbed): string[] => [
    '--robot',
    `nodes=${path('nodes.json')}`,
    '--robot',
    `shipper=${path('shipper.json')}`,
  ]
  const whole = await undisturbed.scout('apply', ...files(undisturbed))
  t.is(whole.exitCode, 0, whole.stderr)
  const wanted = contentOf(undisturbed.harbor)
  t.is((await undisturbed.scout('plan', '--exit-code')).exitCode, 0)
  const changes = undisturbed.harbor.requests.filter((one) => !one.startsWith('GET ')).length
  t.is(changes, 8)

  for (let at = 1; at <= changes; at += 1)
    for (const when of ['before', 'after'] as const) {
      const setup = await setUp(t, section)
      const { harbor, scout, path, start } = setup
      const killed = start(['apply', '--ca', path('authority.crt'), ...files(setup)])
      harbor.interfere((request, _response, now) => {
        if (request.change !== at || now !== when) return false
        killed.kill('SIGKILL')
        return true
      })
      t.is((await killed).signal, 'SIGKILL', `change ${at}`)
      harbor.interfere(() => false)
      const again = await scout('apply', ...files(setup))
      t.is(again.exitCode, 0, `${when} change ${at}: ${again.stderr}`)
      t.deepEqual(contentOf(harbor), wanted, `${when} change ${at}`)
      for (const [robot, file] of [
        ['nodes', 'nodes.json'],
        ['bundles+shipper', 'shipper.json'],
      ] as const) {
        const { secret } = harbor.state.robots.find(({ name }) => name === robot) ?? {}
        const { auths } = JSON.parse(await readFile(path(file), 'utf8')) as {
          auths: { [host: string]: { auth: string } }
        }
        const login = Buffer.from(auths[harbor.host]?.auth ?? '', 'base64').toString()
        t.is(login, `robot$${robot}:${secret}`, `${when} change ${at}`)
      }
      t.deepEqual(harbor.faults, [])
      await harbor.close()
    }
})

test('where a step fails it is told what was done, and the next run goes on there', async (t) => {
  const { scout, harbor } = await setUp(t)
  harbor.state.away.add('https://quay.io')
  const first = await scout('apply')
  t.is(first.exitCode, 4)
  t.log(first.stderr)
  t.regex(first.stderr, /the registry is unhealthy/)
  t.regex(first.stderr, /https:\/\/quay\.io has to be reached from Harbor/)
  t.regex(first.stderr, /Done before: create endpoint docker\.io, create project dockerhub-proxy/)
  harbor.state.away.clear()
  const before = harbor.requests.length
  const second = await scout('apply')
  t.is(second.exitCode, 0, second.stderr)
  t.deepEqual(
    harbor.requests
      .slice(before)
      .flatMap((one) => (one.startsWith('GET ') ? [] : [one.replace(/\d+$/, 'N')])),
    ['POST /api/v2.0/registries', 'POST /api/v2.0/projects', 'PUT /api/v2.0/retentions/N'],
  )
  t.deepEqual(harbor.faults, [])
})
