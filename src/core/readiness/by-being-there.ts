import { ready } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/**
 * Kinds that no controller reports on, or whose reports say nothing of whether they work. An Ingress gets its address from a controller that
 * may not be told to publish one; a CronJob's first run may be a month away.
 */
export const byBeingThere: ReadinessRule = {
  kinds: [
    'ClusterRole.rbac.authorization.k8s.io',
    'ClusterRoleBinding.rbac.authorization.k8s.io',
    'ConfigMap',
    'CronJob.batch',
    'Ingress.networking.k8s.io',
    'IngressClass.networking.k8s.io',
    'LimitRange',
    'NetworkPolicy.networking.k8s.io',
    'PriorityClass.scheduling.k8s.io',
    'ResourceQuota',
    'Role.rbac.authorization.k8s.io',
    'RoleBinding.rbac.authorization.k8s.io',
    'RuntimeClass.node.k8s.io',
    'Secret',
    'ServiceAccount',
    'StorageClass.storage.k8s.io',
  ],
  readyWhen: 'it is there',
  judge: () => ready,
}
