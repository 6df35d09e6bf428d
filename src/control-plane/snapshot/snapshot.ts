import type { SnapshotFile } from '../../core/declared.generated.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import { groupKindOf, idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { snapshotFormat } from '../../core/snapshot.ts'
import type { DiscoveredResource } from '../../core/stand-in/knowledge.ts'
import { includedKind } from './include.ts'
import { kept, namespaceOf } from './object.ts'

interface Asked {
  /** The name of this cluster. */
  cluster: string
  /** Kinds that are taken beside the usual ones: `ConfigMap`, `Issuer.cert-manager.io`. */
  include: string[]
  /** API groups that are left out, as if they were not served. */
  without: string[]
}

type Kind = Pick<ObjectId, 'group' | 'kind'>

const namespaces: Kind = { group: '', kind: 'Namespace' }

/** What decides how things are made on a cluster, and no secret is ever in it. */
const usual: Kind[] = [
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  { group: 'storage.k8s.io', kind: 'StorageClass' },
  { group: 'networking.k8s.io', kind: 'IngressClass' },
  { group: 'scheduling.k8s.io', kind: 'PriorityClass' },
  { group: 'node.k8s.io', kind: 'RuntimeClass' },
  namespaces,
]

const silentApi = (group: string, server: string): Problem =>
  problem({
    code: 'snapshot/silent-api',
    fault: 'world',
    what: `The server of the API group ${group} does not answer.`,
    where: [{ in: 'cluster', server }],
    why: 'Charts would be told that there is no such API, and nobody would know.',
    fix: `See \`kubectl get apiservices\` and mend what serves it; or leave the group out on purpose: --without ${group}.`,
  })

const keyOfResource = ({ group, version, plural }: DiscoveredResource): string =>
  `${group}/${version}/${plural}`

const by =
  <T>(key: (one: T) => string) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : 1

const listed = async (cluster: Cluster, resource: DiscoveredResource): Promise<Outcome<KubeObject[]>> => {
  const reply = await cluster.list(resource, {})
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
  // What is being deleted will not be there when the bundle comes.
  const there = reply.value.filter(({ metadata }) => metadata['deletionTimestamp'] === undefined)
  return good(there.map(groupKindOf(resource) === groupKindOf(namespaces) ? namespaceOf : kept))
}

const clusterIdOf = async (cluster: Cluster, resources: DiscoveredResource[]): Promise<Outcome<string>> => {
  const kind = resources.find((one) => groupKindOf(one) === groupKindOf(namespaces))
  const reply = kind && (await cluster.get({ kind, namespace: '', name: 'kube-system' }))
  if (reply?.ok === false) return bad([problemOfRefusal(reply.refusal)])
  const uid = reply?.value?.metadata['uid']
  return typeof uid === 'string'
    ? good(uid)
    : bad([
        problem({
          code: 'snapshot/no-kube-system',
          fault: 'world',
          what: 'There is no namespace kube-system, whose UID says which cluster this is.',
          where: [{ in: 'cluster', server: cluster.server }],
          fix: 'Check that the kubeconfig leads to a Kubernetes cluster.',
        }),
      ])
}

/**
 * Takes a snapshot of what a cluster serves and of some of what lies in it, for rendering elsewhere. The same state gives the same
 * content. Nothing is written, and no Secret is read. Groups whose server does not answer are refused, unless they are left out by name.
 */
export const snapshot = async (
  { cluster: name, include, without }: Asked,
  { cluster }: { cluster: Cluster },
): Promise<Outcome<SnapshotFile>> => {
  const description = await cluster.describe()
  if (!description.ok) return bad([problemOfRefusal(description.refusal)])
  const { discovered, silent } = description.value
  const isTaken = ({ group }: { group: string }): boolean => !without.includes(group)
  const groups = discovered.groups.filter(isTaken)
  const resources = discovered.resources.filter((one) => isTaken(one) && one.kind !== '')
  const asked = include.map((word) => includedKind(word, resources))
  const found = [
    ...silent
      .filter((group) => isTaken({ group }))
      .sort()
      .map((group) => silentApi(group, cluster.server)),
    ...asked.flatMap((one) => ('problem' in one ? [one.problem] : [])),
  ]
  if (found.length > 0) return bad(found as Problems)

  const wanted = [
    ...usual.flatMap((kind) => resources.find((one) => groupKindOf(one) === groupKindOf(kind)) ?? []),
    ...asked.flatMap((one) => ('resource' in one ? [one.resource] : [])),
  ]
  const kinds = new Map(wanted.map((one) => [groupKindOf(one), one]))
  const [clusterId, lists] = await Promise.all([
    clusterIdOf(cluster, resources),
    Promise.all(Array.from(kinds.values(), (kind) => listed(cluster, kind))),
  ])
  const objects = all(lists)
  if (!clusterId.ok || !objects.ok)
    return bad([clusterId, objects].flatMap((one) => (one.ok ? [] : one.problems)) as Problems)
  return good({
    format: snapshotFormat,
    cluster: name,
    clusterId: clusterId.value,
    kubernetes: discovered.kubernetes,
    discovery: { groups, resources: resources.toSorted(by(keyOfResource)) },
    objects: objects.value.flat().sort(by((object) => keyOf(idOf(object)))),
  })
}
