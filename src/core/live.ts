import type { Discovery } from './effects/cluster.ts'
import type { Inventory } from './inventory.ts'
import type { KubeObject } from './object.ts'

/** What is on the cluster of all that a bundle and its inventory speak of. */
export interface Live {
  discovery: Discovery
  /** By key: objects that bear our label, whole. */
  members: Map<string, KubeObject>
  /** By key: objects that are there under a name that we want or had, without our label; metadata alone. */
  others: Map<string, KubeObject>
  inventory: { content: Inventory; resourceVersion: string } | undefined
}

export const uidOf = (object: KubeObject): string => {
  const uid = object.metadata['uid']
  return typeof uid === 'string' ? uid : ''
}

/** What a conditional write must name, so that it fails where somebody has written since. */
export const resourceVersionOf = (object: KubeObject): string => {
  const version = object.metadata['resourceVersion']
  return typeof version === 'string' ? version : ''
}
