import test from 'ava'
import type { Endpoint, HarborRobot } from '../../../src/core/harbor/observed.ts'
import type { WantedHarbor, WantedProxy } from '../../../src/core/harbor/wanted.ts'
import type { ObservedHarbor, ObservedProject } from '../../../src/staging/harbor/observe.ts'
import type { Told } from '../../../src/staging/harbor/part.ts'
import { planHarbor } from '../../../src/staging/harbor/plan.ts'

const at = { in: 'file', file: 'releases/site.yaml' } as const
const always = { keep: 'always' } as const

const quay: WantedProxy = {
  name: 'quay-proxy',
  registry: 'quay.io',
  public: true,
  keep: always,
  storage: undefined,
  at,
  endpoint: { type: 'quay', url: 'https://quay.io', insecure: false },
}
const hub: WantedProxy = {
  ...quay,
  name: 'dockerhub-proxy',
  registry: 'docker.io',
  endpoint: { type: 'docker-hub', url: 'https://hub.docker.com', insecure: false },
}
const bundles = { name: 'bundles', public: false, keep: always, storage: undefined, at }
const nodes = { name: 'nodes', grants: [{ project: 'bundles', access: ['repository:pull'] }], at }

const mark = '[scout:sample:quay.io]'
const endpoint = (changes: Partial<Endpoint> = {}): Endpoint => ({
  id: 1,
  name: 'quay.io',
  type: 'quay',
  url: 'https://quay.io',
  insecure: false,
  description: mark,
  ...changes,
})
const project = (name: string, changes: Partial<ObservedProject> = {}): ObservedProject => ({
  id: 2,
  name,
  public: true,
  endpoint: 1,
  retention: 3,
  keeps: always,
  quota: undefined,
  labelled: false,
  robots: [],
  ...changes,
})
const hosted = (changes: Partial<ObservedProject> = {}): ObservedProject =>
  project('bundles', { endpoint: undefined, public: false, ...changes })
const robot = (changes: Partial<HarborRobot> = {}): HarborRobot => ({
  id: 4,
  name: 'robot$bundles+nodes',
  description: '[scout:sample:nodes]',
  level: 'project' as const,
  disabled: false,
  duration: -1,
  grants: nodes.grants,
  beyond: [],
  ...changes,
})

interface Case {
  title: string
  wanted?: Partial<WantedHarbor>
  endpoints?: Endpoint[]
  projects?: ObservedProject[]
  labels?: string[]
  robots?: HarborRobot[]
  told?: Partial<Told>
  /** Steps in words, and problems by their code. */
  gives: string[]
}

const file = { file: 'nodes.json', user: null }

const cases: Case[] = [
  {
    title: 'nothing is there: endpoint, project, retention',
    gives: ['create endpoint quay.io', 'create project quay-proxy', 'set retention quay-proxy'],
  },
  {
    title: 'the 7 days that Harbor sets itself are not set again',
    wanted: { proxies: [{ ...quay, keep: { keep: 'pulled', days: 7 } }] },
    gives: ['create endpoint quay.io', 'create project quay-proxy'],
  },
  {
    title: 'the endpoint is there from a run that was cut off',
    endpoints: [endpoint()],
    gives: ['create project quay-proxy', 'set retention quay-proxy'],
  },
  {
    title: 'the endpoint is known by its mark, whatever its name is now',
    endpoints: [endpoint({ name: 'renamed' })],
    gives: ['create project quay-proxy', 'set retention quay-proxy'],
  },
  { title: 'all is as declared', endpoints: [endpoint()], projects: [project('quay-proxy')], gives: [] },
  {
    title: 'an endpoint of the name is of somebody else, and not used unasked',
    endpoints: [endpoint({ description: 'mine' })],
    gives: ['! harbor/endpoint-not-ours'],
  },
  {
    title: 'that endpoint is adopted, by the name of its registry',
    endpoints: [endpoint({ description: 'mine' })],
    told: { adopt: ['quay.io'] },
    gives: ['change endpoint quay.io', 'create project quay-proxy', 'set retention quay-proxy'],
  },
  {
    title: 'an endpoint of the name that leads elsewhere is not adopted',
    endpoints: [endpoint({ description: 'mine', url: 'https://other.example' })],
    told: { adopt: ['quay.io'] },
    gives: ['! harbor/other-upstream'],
  },
  {
    title: 'the mark of another site is none',
    endpoints: [endpoint({ description: '[scout:sample2:quay.io]' })],
    projects: [project('quay-proxy', { public: false })],
    gives: ['! harbor/not-ours'],
  },
  {
    title: 'the address that is declared has changed: of our endpoint it is changed',
    wanted: { proxies: [{ ...quay, endpoint: { ...quay.endpoint, url: 'https://mirror.example' } }] },
    endpoints: [endpoint()],
    projects: [project('quay-proxy')],
    gives: ['change endpoint quay.io'],
  },
  {
    title: 'addresses that lead to the same registry are the same',
    endpoints: [endpoint({ url: 'https://QUAY.io:443/', description: 'mine' })],
    projects: [project('quay-proxy')],
    gives: [],
  },
  {
    title: 'Docker Hub has many addresses, and none is changed into the other',
    wanted: { proxies: [hub] },
    endpoints: [
      endpoint({
        name: 'docker.io',
        type: 'docker-hub',
        url: 'https://registry-1.docker.io',
        description: '[scout:sample:docker.io]',
      }),
    ],
    projects: [project('dockerhub-proxy')],
    gives: [],
  },
  {
    title: 'Docker Hub by an adapter that adds no library/ is warned of',
    wanted: { proxies: [hub] },
    endpoints: [endpoint({ type: 'docker-registry', url: 'https://registry-1.docker.io', description: '' })],
    projects: [project('dockerhub-proxy')],
    gives: ['! harbor/other-type'],
  },
  {
    title: 'a project that is no proxy is refused',
    projects: [project('quay-proxy', { endpoint: undefined })],
    gives: ['! harbor/no-proxy'],
  },
  {
    title: 'a proxy of another registry is refused, also where it is to be adopted',
    endpoints: [endpoint({ description: '', url: 'https://quay.io.evil.example' })],
    projects: [project('quay-proxy')],
    told: { adopt: ['quay-proxy'] },
    gives: ['! harbor/other-upstream'],
  },
  {
    title: 'a proxy whose endpoint is not listed is refused',
    projects: [project('quay-proxy')],
    gives: ['! harbor/other-upstream'],
  },
  {
    title: 'a certificate that is no longer verified is verified again',
    endpoints: [endpoint({ insecure: true })],
    projects: [project('quay-proxy')],
    gives: ['change endpoint quay.io'],
  },
  {
    title: 'openness, retention and limit are set',
    wanted: { proxies: [{ ...quay, public: false, storage: 10, keep: { keep: 'pulled', days: 9 } }] },
    endpoints: [endpoint()],
    projects: [project('quay-proxy', { keeps: { keep: 'pulled', days: 7 }, quota: { id: 5, storage: -1 } })],
    gives: ['set public quay-proxy', 'set retention quay-proxy', 'set quota quay-proxy'],
  },
  {
    title: 'a limit where Harbor counts nothing is warned of',
    wanted: { proxies: [{ ...quay, storage: 10 }] },
    endpoints: [endpoint()],
    projects: [project('quay-proxy')],
    gives: ['! harbor/no-quota'],
  },
  {
    title: 'an endpoint that the site no longer has is told of, and stays',
    wanted: { proxies: [] },
    endpoints: [endpoint()],
    gives: ['= forgotten quay.io'],
  },
  {
    title: 'a project to push to is marked before it is made',
    wanted: { proxies: [], hosted: [bundles] },
    gives: ['mark project bundles', 'create project bundles'],
  },
  {
    title: 'its mark is there from a run that was cut off',
    wanted: { proxies: [], hosted: [bundles] },
    labels: ['bundles'],
    gives: ['create project bundles'],
  },
  {
    title: 'a proxy cannot be pushed to',
    wanted: { proxies: [], hosted: [bundles] },
    projects: [project('bundles')],
    gives: ['! harbor/is-proxy'],
  },
  {
    title: 'a project to push to that somebody else made differs',
    wanted: { proxies: [], hosted: [bundles] },
    projects: [hosted({ public: true })],
    gives: ['! harbor/not-ours'],
  },
  {
    title: 'it is adopted',
    wanted: { proxies: [], hosted: [bundles] },
    projects: [hosted({ public: true })],
    told: { adopt: ['bundles'] },
    gives: ['mark project bundles', 'set public bundles'],
  },
  {
    title: 'a robot of one project belongs to it',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true })],
    told: { files: new Map([['nodes', file]]) },
    gives: ['create robot nodes (project)'],
  },
  {
    title: 'a robot of several belongs to the system',
    wanted: {
      proxies: [],
      hosted: [bundles],
      robots: [{ ...nodes, grants: [...nodes.grants, { project: 'other', access: ['repository:pull'] }] }],
    },
    projects: [hosted({ labelled: true, robots: [robot()] })],
    gives: ['create robot nodes (system)'],
  },
  {
    title: 'a robot may do more than is declared',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [
      hosted({
        labelled: true,
        robots: [robot({ beyond: [{ kind: 'system', namespace: '/', access: [] }] })],
      }),
    ],
    gives: ['change robot robot$bundles+nodes'],
  },
  {
    title: 'a robot that somebody else made is refused',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true, robots: [robot({ description: '' })] })],
    gives: ['! harbor/robot-not-ours'],
  },
  {
    title: 'it is adopted, and gets a secret only where a file is named',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true, robots: [robot({ description: '' })] })],
    told: { adopt: ['nodes'], files: new Map([['nodes', file]]) },
    gives: ['change robot robot$bundles+nodes', 'renew secret robot$bundles+nodes'],
  },
  {
    title: 'a robot whose name only ends alike is another one',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [
      hosted({ labelled: true, robots: [robot({ name: 'robot$bundles+old-nodes', description: '' })] }),
    ],
    gives: ['create robot nodes (project)'],
  },
  {
    title: 'a robot is known by its mark where Harbor has another prefix',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true, robots: [robot({ name: 'bot-bundles+nodes' })] })],
    gives: [],
  },
  {
    title: 'a robot that is disabled stays so',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true, robots: [robot({ disabled: true })] })],
    gives: ['! harbor/robot-disabled'],
  },
  {
    title: 'a file with the login of another is not overwritten',
    wanted: { proxies: [], hosted: [bundles], robots: [nodes] },
    projects: [hosted({ labelled: true })],
    told: { files: new Map([['nodes', { file: 'nodes.json', user: 'admin' }]]) },
    gives: ['! harbor/other-login'],
  },
]

for (const { title, wanted, endpoints = [], projects = [], labels = [], robots = [], told, gives } of cases)
  test(title, (t) => {
    const observed: ObservedHarbor = {
      server: 'https://harbor.example',
      endpoints,
      robots,
      labels: new Set(labels),
      projects: new Map(projects.map((one) => [one.name, one])),
    }
    const whole = {
      site: 'sample',
      host: 'harbor.example',
      proxies: [quay],
      hosted: [],
      robots: [],
      ...wanted,
    }
    const outcome = planHarbor(whole, observed, { adopt: [], files: new Map(), ...told })
    const problems = outcome.ok ? outcome.warnings : outcome.problems
    const { steps, kept } = outcome.ok ? outcome.value : { steps: [], kept: [] }
    t.deepEqual(
      [
        ...steps.map((one) => `${one.do} ${one.name}${one.do === 'create robot' ? ` (${one.level})` : ''}`),
        ...kept.filter(({ whose }) => whose === 'forgotten').map(({ name }) => `= forgotten ${name}`),
        ...problems.map(({ code }) => `! ${code}`),
      ],
      gives,
    )
    for (const one of problems) t.not(one.fix, '')
  })
