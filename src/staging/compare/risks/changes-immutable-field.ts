import { groupKindOf } from '../../../core/object.ts'
import type { Judged, RiskRule } from '../risk-rule.ts'

/** Pointers below which a kind refuses changes, and among them those that it takes. Source: the validation of Kubernetes' API types. */
interface Immutable {
  fixed: string[]
  free?: string[]
}

const byKind: { [groupKind: string]: Immutable } = {
  'Deployment.apps': { fixed: ['/spec/selector'] },
  'DaemonSet.apps': { fixed: ['/spec/selector'] },
  'ReplicaSet.apps': { fixed: ['/spec/selector'] },
  'StatefulSet.apps': {
    fixed: ['/spec'],
    free: [
      '/spec/replicas',
      '/spec/ordinals',
      '/spec/template',
      '/spec/updateStrategy',
      '/spec/revisionHistoryLimit',
      '/spec/persistentVolumeClaimRetentionPolicy',
      '/spec/minReadySeconds',
    ],
  },
  'Job.batch': {
    fixed: ['/spec/selector', '/spec/template', '/spec/completionMode', '/spec/podFailurePolicy'],
  },
  Service: { fixed: ['/spec/clusterIP', '/spec/clusterIPs'] },
  PersistentVolumeClaim: { fixed: ['/spec'], free: ['/spec/resources', '/spec/volumeAttributesClassName'] },
  'StorageClass.storage.k8s.io': {
    fixed: ['/provisioner', '/parameters', '/reclaimPolicy', '/volumeBindingMode'],
  },
  'RoleBinding.rbac.authorization.k8s.io': { fixed: ['/roleRef'] },
  'ClusterRoleBinding.rbac.authorization.k8s.io': { fixed: ['/roleRef'] },
  'CustomResourceDefinition.apiextensions.k8s.io': { fixed: ['/spec/group', '/spec/scope'] },
  Secret: { fixed: ['/type'] },
}

const isBelow = (pointer: string, root: string): boolean => pointer === root || pointer.startsWith(`${root}/`)

/** A hook is deleted before it is made again, and its fields may change. */
const isHook = ({ after }: Judged): boolean => after?.metadata.annotations?.['helm.sh/hook'] !== undefined

const fixedOf = ({ id, before }: Judged): Immutable => {
  const groupKind = groupKindOf(id)
  const { fixed = [], free = [] } = Object.hasOwn(byKind, groupKind)
    ? (byKind[groupKind] ?? { fixed: [] })
    : {}
  const frozen = before?.['immutable'] === true && (groupKind === 'Secret' || groupKind === 'ConfigMap')
  return { fixed: frozen ? [...fixed, '/data', '/binaryData', '/stringData', '/immutable'] : fixed, free }
}

export const changesImmutableField: RiskRule = {
  id: 'changes-immutable-field',
  title: 'Changes an immutable field',
  level: 'danger',
  why: 'The API server refuses the change; the object must be deleted and made again.',
  examples: [
    {
      title: 'the selector of a Deployment',
      before: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { selector: { matchLabels: { app: 'web' } } },
      },
      after: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { selector: { matchLabels: { app: 'shop' } } },
      },
      finds: ['spec.selector.matchLabels.app cannot change'],
    },
    {
      title: 'the replicas of a StatefulSet',
      before: { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { replicas: 1 } },
      after: { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { replicas: 3 } },
      finds: [],
    },
    {
      title: 'the data of an immutable Secret, whose value is not told',
      before: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        immutable: true,
        data: { key: 'b2xk' },
      },
      after: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        immutable: true,
        data: { key: 'bmV3' },
      },
      finds: ['data.key cannot change'],
    },
    {
      title: 'the template of a Job that is a hook',
      before: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
        spec: { template: { spec: { restartPolicy: 'Never' } } },
      },
      after: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
        spec: { template: { spec: { restartPolicy: 'OnFailure' } } },
      },
      finds: [],
    },
  ],
  check: (change) => {
    if (isHook(change)) return []
    const { fixed, free = [] } = fixedOf(change)
    return change.fields
      .filter(({ pointer }) => fixed.some((root) => isBelow(pointer, root)))
      .filter(({ pointer }) => !free.some((root) => isBelow(pointer, root)))
      .map(({ name }) => `${name} cannot change`)
  },
}
