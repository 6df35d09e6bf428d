import { readFile, stat, writeFile } from 'node:fs/promises'
import test from 'ava'
import { everything, setUp } from './site.ts'

test('a site with nothing but projects gets an endpoint and a public proxy project for each registry, which keep what they have', async (t) => {
  const { scout, harbor } = await setUp(t)
  const { exitCode, stdout, stderr } = await scout('apply')
  t.is(exitCode, 0, stderr)
  t.log(stdout)
  t.like(harbor.state.endpoints, [
    { name: 'docker.io', type: 'docker-hub', url: 'https://hub.docker.com', insecure: false },
    { name: 'quay.io', type: 'quay', url: 'https://quay.io' },
  ])
  t.deepEqual(
    harbor.state.projects.map(({ name, metadata }) => [name, metadata['public']]),
    [
      ['dockerhub-proxy', 'true'],
      ['quay-proxy', 'true'],
    ],
  )
  t.true(harbor.state.retentions.every(({ policy }) => JSON.stringify(policy).includes('"always"')))
  t.deepEqual(harbor.faults, [])
})

test('after an apply there is nothing to do, and a second one changes nothing', async (t) => {
  const { scout, harbor, path } = await setUp(t, everything)
  const files = ['--robot', `nodes=${path('nodes.json')}`, '--robot', `shipper=${path('shipper.json')}`]
  const planned = await scout('plan', '--exit-code')
  t.is(planned.exitCode, 3, planned.stderr)
  const first = await scout('apply', ...files)
  t.is(first.exitCode, 0, first.stderr)
  t.log(first.stdout)
  const before = harbor.requests.length
  const again = await scout('apply', ...files)
  t.is(again.exitCode, 0, again.stderr)
  t.deepEqual(
    harbor.requests.slice(before).filter((one) => !one.startsWith('GET ')),
    [],
  )
  const plan = await scout('plan', '--exit-code', '--output', 'json')
  t.is(plan.exitCode, 0, plan.stderr)
  t.deepEqual((JSON.parse(plan.stdout) as { steps: unknown[] }).steps, [])
  t.deepEqual(harbor.faults, [])
})

test('the login of a robot goes into a file that its owner alone may read, and is said nowhere', async (t) => {
  const { scout, harbor, path } = await setUp(t, everything)
  const file = path('nodes.json')
  const { exitCode, stdout, stderr } = await scout(
    'apply',
    '--verbose',
    '--output',
    'json',
    '--robot',
    `nodes=${file}`,
    '--robot',
    `shipper=${path('shipper.json')}`,
  )
  t.is(exitCode, 0, stderr)
  t.is((await stat(file)).mode & 0o777, 0o600)
  const { auths } = JSON.parse(await readFile(file, 'utf8')) as {
    auths: { [host: string]: { auth: string } }
  }
  const login = Buffer.from(auths[harbor.host]?.auth ?? '', 'base64').toString()
  const nodes = harbor.state.robots.find(({ name }) => name === 'nodes')
  t.is(login, `robot$nodes:${nodes?.secret}`)
  for (const { secret } of harbor.state.robots) t.false(`${stdout}${stderr}`.includes(secret))
  t.true(harbor.state.robots.some(({ name }) => name === 'bundles+shipper'))
})

test('a robot whose file is lost gets a new secret, and one without a file is refused before anything is done', async (t) => {
  const { scout, harbor, path } = await setUp(t, everything)
  const refused = await scout('apply', '--robot', `nodes=${path('nodes.json')}`)
  t.is(refused.exitCode, 2)
  t.regex(refused.stderr, /robot shipper.*[\s\S]*--robot shipper=FILE/)
  t.deepEqual(harbor.state.projects, [])
  const files = ['--robot', `nodes=${path('a.json')}`, '--robot', `shipper=${path('b.json')}`]
  t.is((await scout('apply', ...files)).exitCode, 0)
  const old = harbor.state.robots.map(({ secret }) => secret)
  const anew = await scout('apply', '--robot', `nodes=${path('lost.json')}`)
  t.is(anew.exitCode, 0, anew.stderr)
  t.regex(anew.stdout, /± robot robot\$nodes: new secret/)
  t.not(harbor.state.robots[0]?.secret, old[0])
  t.is(harbor.state.robots[1]?.secret, old[1])
  await writeFile(path('other.json'), JSON.stringify({ auths: { [harbor.host]: { auth: 'bWU6bWU=' } } }))
  const other = await scout('apply', '--robot', `nodes=${path('other.json')}`)
  t.is(other.exitCode, 1)
  t.regex(other.stderr, /holds a login for me, not for the robot nodes/)
  t.deepEqual(harbor.faults, [])
})

test('what was changed by hand is changed back: openness, retention, limit, rights, address', async (t) => {
  const { scout, harbor, path } = await setUp(t, everything)
  const files = ['--robot', `nodes=${path('nodes.json')}`, '--robot', `shipper=${path('shipper.json')}`]
  t.is((await scout('apply', ...files)).exitCode, 0)
  const { state } = harbor
  const bundles = state.projects.find(({ name }) => name === 'bundles')
  if (bundles === undefined) throw new Error('no project')
  bundles.metadata['public'] = 'true'
  bundles.storage = -1
  const rules = state.retentions.map(({ policy }) => policy['rules'] as { params: unknown }[])
  for (const [rule] of rules) if (rule) rule.params = { nDaysSinceLastPull: 7 }
  const corp = state.endpoints.find(({ name }) => name.startsWith('registry.corp'))
  if (corp) corp.url = 'https://old.corp.example'
  state.robots[0]?.permissions.pop()
  const { exitCode, stdout, stderr } = await scout('apply', '--output', 'json')
  t.is(exitCode, 0, stderr)
  t.deepEqual(
    (JSON.parse(stdout) as { steps: { do: string; name: string }[] }).steps.map((one) => [one.do, one.name]),
    [
      ['set retention', 'dockerhub-proxy'],
      ['change endpoint', 'registry.corp.example:5000'],
      ['set public', 'bundles'],
      ['set retention', 'bundles'],
      ['set quota', 'bundles'],
      ['change robot', 'robot$nodes'],
    ],
  )
  t.is((await scout('plan', '--exit-code')).exitCode, 0)
  t.deepEqual(harbor.faults, [])
})

const refusedFiles: { [what: string]: { args: (path: (name: string) => string) => string[]; told: RegExp } } =
  {
    'one file for two robots': {
      args: (path) => ['--robot', `nodes=${path('a.json')}`, '--robot', `shipper=${path('./a.json')}`],
      told: /a\.json is named for nodes and for shipper/,
    },
    'two files for one robot': {
      args: (path) => ['--robot', `nodes=${path('a.json')}`, '--robot', `nodes=${path('b.json')}`],
      told: /--robot names nodes twice/,
    },
    'a robot of no such name': {
      args: (path) => ['--robot', `__proto__=${path('a.json')}`],
      told: /--robot names __proto__, and the site declares nothing/,
    },
    'a device': { args: () => ['--robot', 'nodes=/dev/null'], told: /\/dev\/null is no file/ },
  }
for (const [what, { args, told }] of Object.entries(refusedFiles))
  test(`${what} is refused before anything is done`, async (t) => {
    const { scout, harbor, path } = await setUp(t, everything)
    const { exitCode, stderr } = await scout('plan', ...args(path))
    t.is(exitCode, 2, stderr)
    t.regex(stderr, told)
    t.deepEqual(harbor.state.robots, [])
  })

test('what lies beside the file of a robot stays', async (t) => {
  const { scout, path } = await setUp(t, everything)
  await writeFile(path('nodes.json.new'), 'mine')
  const files = ['--robot', `nodes=${path('nodes.json')}`, '--robot', `shipper=${path('shipper.json')}`]
  const { exitCode, stderr } = await scout('apply', ...files)
  t.is(exitCode, 0, stderr)
  t.is(await readFile(path('nodes.json.new'), 'utf8'), 'mine')
})

test('a robot may be called like something that every object of JavaScript has', async (t) => {
  const robots = '\nharbor: { robots: { constructor: { pull: [quay-proxy] } } }\n'
  const { scout } = await setUp(t, `\n  projects: { quay.io: quay-proxy }${robots}`)
  const { exitCode, stdout, stderr } = await scout('plan')
  t.is(exitCode, 0, stderr)
  t.regex(stdout, /\+ robot constructor .*login into a file that --robot has to name/)
})

test('the option that named a file of logins is the one to correct', async (t) => {
  const { scout, path } = await setUp(t, everything)
  const { stderr } = await scout('plan', '--credentials', path('nowhere.json'))
  t.regex(stderr, /nowhere\.json, cannot be read/)
  t.regex(stderr, /Fix: .*--credentials/)
})
