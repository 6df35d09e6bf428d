import test from 'ava'
import { heldBy } from '../../src/core/held.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem, Problems } from '../../src/core/problem.ts'
import type { Told } from '../../src/core/stepper.ts'
import { dyingAt, finished } from './dying.ts'
import { applied, bundleOf, configMap, deployment, freshSet, plannedOnly } from './set.ts'

const service = (name: string, nodePort = 0): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    type: 'NodePort',
    selector: { app: 'web' },
    ports: [{ port: 80, ...(nodePort > 0 && { nodePort }) }],
  },
})

const warningsIn = (told: Told[]): Problem[] =>
  told.flatMap((one) => (one.tell === 'warning' ? [one.problem] : []))

const scene = async (purpose: string) => {
  const { namespace, set, cluster, request } = await freshSet(purpose)
  const path = `/api/v1/namespaces/${namespace}`
  const bundle = (sequence: number, prune: 'early' | 'last', ...objects: KubeObject[]) =>
    bundleOf(set, sequence, [
      { name: 'web', namespace, policy: { prune }, objects: [...objects, deployment('web')] },
    ])
  // The server chooses the port of the old one: nobody else has it then.
  const first = await applied(cluster, bundle(1, 'last', service('old'), configMap('gone')))
  if (first.problems) throw new Refused(first.problems as Problems)
  const { body } = await request('GET', `${path}/services/old`)
  const port = body.spec.ports[0].nodePort as number
  return {
    cluster,
    port,
    renamed: (sequence: number, prune: 'early' | 'last') => bundle(sequence, prune, service('new', port)),
    thereIs: async (name: string) => (await request('GET', `${path}/services/${name}`)).status === 200,
  }
}

test('scenario 41: a renamed Service that needs the node port of the old one is found in the plan, and comes up with early prune', async (t) => {
  const { cluster, renamed, port, thereIs } = await scene('renamed')
  const late = await applied(cluster, renamed(2, 'last'))
  t.regex(late.problems?.[0]?.what ?? '', /provided port is already allocated/)
  const warnings = warningsIn(late.told).filter(({ code }) => code === 'plan/in-the-way')
  t.is(warnings.length, 1)
  t.regex(
    warnings[0]?.what ?? '',
    new RegExp(`Service .*/new needs the node port ${port}/TCP, and Service .*/old holds it`),
  )
  t.regex(warnings[0]?.fix ?? '', /`prune: early` .* of release web/)
  t.true(await thereIs('old'))

  const planned = await plannedOnly(cluster, renamed(3, 'early'))
  t.deepEqual(
    planned.plan?.waves[0]?.[0]?.prune?.map((step) => step.map((one) => `${one.do} ${one.id.name}`)),
    [['prune old'], ['prune gone']],
  )
  t.deepEqual(planned.plan?.prune, [])
  t.true(await thereIs('old'))
  const early = await applied(cluster, renamed(3, 'early'))
  t.deepEqual(early.problems, undefined)
  t.deepEqual([await thereIs('old'), await thereIs('new')], [false, true])
  t.deepEqual(
    warningsIn(early.told).filter(({ code }) => code === 'plan/in-the-way'),
    [],
  )
})

test('killed at any write of an early prune, the next run converges', async (t) => {
  for (let writes = 0; ; writes++) {
    const { cluster, renamed, thereIs } = await scene('early-killed')
    const lived = await finished(() => applied(dyingAt(cluster, writes).cluster, renamed(2, 'early')))
    t.deepEqual((await applied(cluster, renamed(2, 'early'))).problems, undefined, `write ${writes}`)
    t.deepEqual([await thereIs('old'), await thereIs('new')], [false, true], `write ${writes}`)
    if (!lived) continue
    t.true(writes >= 4)
    return
  }
})

const pods = (spec: JsonObject): KubeObject => ({
  ...deployment('web'),
  metadata: { name: 'web', namespace: 'shop' },
  spec: { template: { spec } },
})
const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data' } }
const cases: [claim: string, object: KubeObject, holds: string[]][] = [
  ['a Service with a node port', service('web', 30080), ['node port 30080/TCP']],
  [
    'a Service with a fixed address',
    { ...service('web', 0), spec: { clusterIP: '10.0.0.7', ports: [{ port: 53, protocol: 'UDP' }] } },
    ['cluster address 10.0.0.7'],
  ],
  ['a headless Service', { ...service('web', 0), spec: { clusterIP: 'None' } }, []],
  [
    'Pods with a host port',
    pods({ containers: [{ ports: [{ containerPort: 80, hostPort: 8080, protocol: 'UDP' }] }] }),
    ['host port 8080/UDP'],
  ],
  [
    'Pods in the network of the host',
    pods({ hostNetwork: true, containers: [{ ports: [{ containerPort: 9100 }] }] }),
    ['host port 9100/TCP'],
  ],
  ['Pods without either', pods({ containers: [{ ports: [{ containerPort: 80 }] }] }), []],
  ['Pods with a volume for one node', pods({ volumes: [claim] }), ['volume claim shop/data']],
  ['what has no spec', { ...configMap('web'), spec: null }, []],
]
for (const [what, object, holds] of cases)
  test(`of what nobody else can have, ${what} holds: ${holds.join() || 'nothing'}`, (t) => {
    t.deepEqual(
      heldBy(object, (name) => name === 'data'),
      holds,
    )
  })

test("a claim that several nodes can mount is nobody's alone", (t) => {
  t.deepEqual(
    heldBy(pods({ volumes: [claim] }), () => false),
    [],
  )
})
