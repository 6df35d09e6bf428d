import { isObject } from './json.ts'
import { annotationOf } from './metadata.ts'
import type { KubeObject } from './object.ts'

/** Whether an object says of itself that it outlives its release: Helm's annotation, or ours. */
export const isKept = (object: KubeObject): boolean =>
  ['helm.sh/resource-policy', 'scout.airgap/prune'].some(
    (name) => annotationOf(object, name)?.trim().toLowerCase() === 'keep',
  )

/** Whether a controller says that an object is its own. */
export const hasController = (object: KubeObject): boolean => {
  const owners = object.metadata['ownerReferences']
  return Array.isArray(owners) && owners.some((one) => isObject(one) && one['controller'] === true)
}
