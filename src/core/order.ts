import { groupKindOf, isCrd } from './object.ts'
import type { ObjectId } from './object.ts'

/**
 * The order within a release: each line is applied together, and after the one before. It is Helm's install order, coarser (what
 * doesn't need each other goes at once), with custom resources before webhooks unless their own operator is in the release.
 */
const lines: [name: string, kinds: string[]][] = [
  ['namespaces', ['Namespace']],
  [
    'classes',
    [
      'StorageClass.storage.k8s.io',
      'IngressClass.networking.k8s.io',
      'PriorityClass.scheduling.k8s.io',
      'RuntimeClass.node.k8s.io',
      'VolumeSnapshotClass.snapshot.storage.k8s.io',
      'GatewayClass.gateway.networking.k8s.io',
      'CSIDriver.storage.k8s.io',
      'DeviceClass.resource.k8s.io',
    ],
  ],
  [
    'policies',
    ['ResourceQuota', 'LimitRange', 'NetworkPolicy.networking.k8s.io', 'PodDisruptionBudget.policy'],
  ],
  [
    'access',
    [
      'ServiceAccount',
      'ClusterRole.rbac.authorization.k8s.io',
      'ClusterRoleBinding.rbac.authorization.k8s.io',
      'Role.rbac.authorization.k8s.io',
      'RoleBinding.rbac.authorization.k8s.io',
    ],
  ],
  ['configuration', ['ConfigMap', 'Secret']],
  ['storage', ['PersistentVolume', 'PersistentVolumeClaim']],
  ['services', ['Service', 'Endpoints', 'EndpointSlice.discovery.k8s.io']],
  [
    'workloads',
    [
      'Deployment.apps',
      'StatefulSet.apps',
      'DaemonSet.apps',
      'ReplicaSet.apps',
      'ReplicationController',
      'Pod',
      'Job.batch',
      'CronJob.batch',
      'HorizontalPodAutoscaler.autoscaling',
      'Ingress.networking.k8s.io',
    ],
  ],
  ['custom resources', []],
  [
    'webhooks and APIs',
    [
      'MutatingWebhookConfiguration.admissionregistration.k8s.io',
      'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
      'APIService.apiregistration.k8s.io',
    ],
  ],
  ['own custom resources', []],
]

const lineOf = new Map(lines.flatMap(([, kinds], at) => kinds.map((kind) => [kind, at] as const)))
const foreign = lines.findIndex(([name]) => name === 'custom resources')
const own = lines.length - 1

/** The groups that Kubernetes itself serves; their kinds without a line of their own go with the policies. */
const builtIn = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'policy',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])
const policies = lines.findIndex(([name]) => name === 'policies')

const rankOf = (id: ObjectId, ownKinds: Set<string>): number => {
  const groupKind = groupKindOf(id)
  if (ownKinds.has(groupKind)) return own
  return lineOf.get(groupKind) ?? (builtIn.has(id.group) ? policies : foreign)
}

/** Whether an object is a custom resource: it may need its controller to be deleted. */
export const isCustom = (id: ObjectId): boolean => rankOf(id, new Set()) === foreign

/** A line of objects that are applied together. */
export interface Line<T> {
  name: string
  /** The workloads of the lines before must be ready first: they are the controllers of what is in this one. */
  afterWorkloads: boolean
  objects: T[]
}

/**
 * A release's objects (without CRDs and hooks) in the order in which they are applied. `ownKinds` are the `Kind.group` that CRDs
 * of the same release define: its custom resources wait for its workloads, which are their controllers.
 */
export const inOrder = <T extends { id: ObjectId }>(objects: T[], ownKinds: Set<string>): Line<T>[] =>
  lines.flatMap(([name], at) => {
    const here = objects.filter((one) => rankOf(one.id, ownKinds) === at)
    return here.length === 0 ? [] : [{ name, afterWorkloads: at === own, objects: here }]
  })

/**
 * The order in which objects of releases that are gone are deleted: the reverse. Custom resources first, while their controllers are
 * there to finalize them; then webhooks, so that none is left without its server; CRDs and Namespaces last.
 */
export const inReverse = <T extends { id: ObjectId }>(objects: T[]): T[][] => {
  const rank = ({ id }: T): number => {
    if (id.group === '' && id.kind === 'Namespace') return -2
    if (isCrd(id)) return -1
    const at = rankOf(id, new Set())
    return at === foreign ? own : at
  }
  const ranks = Array.from(new Set(objects.map(rank))).sort((a, b) => b - a)
  return ranks.map((wanted) => objects.filter((one) => rank(one) === wanted))
}
