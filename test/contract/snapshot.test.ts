import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { snapshot } from '../../src/control-plane/snapshot/snapshot.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { printSnapshot } from '../../src/core/snapshot.ts'
import { withCrds } from '../../src/core/stand-in/crds.ts'
import type { Discovered } from '../../src/core/stand-in/knowledge.ts'
import { findAccess } from '../../src/system/cluster-access.ts'
import { describe } from '../../src/system/cluster-discovery.ts'
import { requester } from '../../src/system/cluster-request.ts'
import { openCluster } from '../../src/system/cluster.ts'
import type { StoppableControlPlane } from '../control-plane/start.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { root } from '../line/site.ts'

// A control plane of its own: discovery is of the whole cluster, and others install CRDs.

const crdOf = (kind: string, group: string, versions: string[], more: object = {}): KubeObject => {
  const [singular, plural] = [kind.toLowerCase(), `${kind.toLowerCase()}s`]
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        ...more,
      })),
    },
  } as unknown as KubeObject
}

const subresources = {
  status: {},
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
}
const crds = [
  crdOf('Thing', 'things.example', ['v1beta1', 'v1', 'v2alpha1'], { subresources }),
  crdOf('Other', 'things.example', ['v1']),
  crdOf('Item', 'an.example', ['v1']),
]

const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.dead.example' },
  spec: {
    group: 'dead.example',
    version: 'v1',
    service: { namespace: 'default', name: 'gone' },
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
  },
}

const table = JSON.parse(
  await readFile(join(root, 'schemas/kubernetes/1.36/discovery.json'), 'utf8'),
) as Discovered

let controlPlane: StoppableControlPlane
let cluster: Cluster
test.before('a bare API server', async (t) => {
  t.timeout(5 * 60_000)
  controlPlane = await startControlPlane({ without: ['kube-controller-manager', 'kube-scheduler', 'kwok'] })
  const opened = await openCluster({ kubeconfig: controlPlane.kubeconfig }, {})
  if (!opened.ok) throw new Error(opened.problem.what)
  ;({ cluster } = opened)
})
test.after.always(() => controlPlane.stop())

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100))
}

const taken = async (without: string[] = []) => {
  const outcome = await snapshot({ cluster: 'here', include: [], without }, { cluster })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ what }) => what).join('\n'))
  return outcome.value
}

/** The same content in one order: that of a list of resources means nothing, and plain discovery has another one of groups. */
const sorted = ({ groups, resources, kubernetes }: Discovered): Discovered => ({
  kubernetes,
  groups: groups.toSorted((a, b) => (a.group < b.group ? -1 : 1)),
  resources: resources.toSorted((a, b) =>
    `${a.group}/${a.version}/${a.plural}` < `${b.group}/${b.version}/${b.plural}` ? -1 : 1,
  ),
})

/** What a server says to a client that asks for plain discovery, group version by group version, as servers before 1.27 are asked. */
const plainly = async (): Promise<Discovered> => {
  const found = await findAccess(controlPlane.kubeconfig, {})
  if (!found.ok) throw new Error(found.problem.what)
  const send = requester(found.access, { first: 5000, later: 5000, silence: 5000 })
  const reply = await describe(
    (request) => send({ ...request, accept: 'application/json' }),
    found.access.server,
  )
  found.access.close()
  if (!reply.ok) throw new Error(reply.refusal.message)
  return reply.value.discovered
}

test.serial(
  'a snapshot of a bare server says of its discovery what the built-in table says, however it is asked',
  async (t) => {
    const { kubernetes, discovery } = await taken()
    t.deepEqual({ kubernetes, ...discovery }, table)
    t.deepEqual(sorted(await plainly()), sorted(table))
  },
)

test.serial('with CRDs a snapshot has what is worked out of the CRDs alone, and the CRDs', async (t) => {
  for (const crd of crds) {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    t.is((await controlPlane.request('POST', path, { body: crd })).status, 201)
  }
  const wanted = withCrds(table, crds)
  const groups = new Set(wanted.groups.map(({ group }) => group))
  await until(async () => {
    const { discovery } = await taken()
    return discovery.resources.length === wanted.resources.length && discovery.groups.length === groups.size
  })
  const { kubernetes, discovery, objects } = await taken()
  t.deepEqual(sorted({ kubernetes, ...discovery }), sorted(wanted))
  t.deepEqual(discovery.groups, wanted.groups)
  t.deepEqual(sorted(await plainly()), sorted(wanted))
  t.deepEqual(
    objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ metadata }) => metadata.name),
    ['items.an.example', 'others.things.example', 'things.things.example'],
  )
})

test.serial('one state gives one text, whatever the server writes for itself in between', async (t) => {
  const before = printSnapshot(await taken())
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/items.an.example'
  // Away and back again: another resourceVersion, and other managed fields.
  for (const value of ['1', null]) {
    const body = { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value } } }
    const { status } = await controlPlane.request('PATCH', path, {
      body,
      type: 'application/merge-patch+json',
    })
    t.is(status, 200)
    t.is(printSnapshot(await taken()), before)
  }
  for (const word of ['resourceVersion', 'managedFields', 'last-applied', '"uid"', '"status":{"acc'])
    t.false(before.includes(word), word)
})

test.serial('a group whose server is down is named, and left out only by name', async (t) => {
  const before = printSnapshot(await taken())
  await controlPlane.request('POST', '/apis/apiregistration.k8s.io/v1/apiservices', { body: apiService })
  await until(async () => {
    const found = await cluster.describe()
    return found.ok && found.value.silent.includes('dead.example')
  })
  const outcome = await snapshot({ cluster: 'here', include: [], without: [] }, { cluster })
  if (outcome.ok) return t.fail('it was taken')
  t.like(outcome.problems, { length: 1, 0: { code: 'snapshot/silent-api', fault: 'world' } })
  t.regex(outcome.problems[0].what, /dead\.example/)
  t.is(printSnapshot(await taken(['dead.example'])), before)
})
