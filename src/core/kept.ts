import type { KubeObject } from './object.ts'

/** Whether an object says of itself that it outlives its release: Helm's annotation, or ours. */
export const isKept = ({ metadata: { annotations = {} } }: KubeObject): boolean =>
  ['helm.sh/resource-policy', 'scout.airgap/prune'].some(
    (name) => annotations[name]?.trim().toLowerCase() === 'keep',
  )
