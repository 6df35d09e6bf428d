import type { Discovery } from './effects/cluster.ts'
import type { Inventory } from './inventory.ts'
import { keyOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import type { Problem } from './problem.ts'
import type { LiveStore } from './site-values/store.ts'

/** What is on the cluster of all that a bundle and its inventory speak of. */
export interface Live {
  discovery: Discovery
  /** By key: objects that bear our label, whole. */
  members: Map<string, KubeObject>
  /** By key: objects that are there under a name that we want or had, without our label; metadata alone. */
  others: Map<string, KubeObject>
  /** `shards`: the names of the Secrets that hold its entries, where they are too many for one. */
  inventory: { content: Inventory; resourceVersion: string; shards?: string[] } | undefined
  /** The site values that the control plane keeps; undefined where there are none, or none are needed. */
  store?: LiveStore | undefined
  /** What is wrong with the Secrets that people supply: told with the site values that they have not supplied. */
  unsupplied?: Problem[]
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

export const isBeingDeleted = (object: KubeObject): boolean =>
  object.metadata['deletionTimestamp'] !== undefined

const atKey = (live: Live, id: ObjectId): KubeObject | undefined =>
  live.members.get(keyOf(id)) ?? live.others.get(keyOf(id))

/** Whether an object, or the Namespace that it is in, is being deleted: what is there of it now will not be there for long. */
export const isGoing = (live: Live, id: ObjectId): boolean =>
  [id, { group: '', kind: 'Namespace', namespace: '', name: id.namespace }].some((one) => {
    const object = atKey(live, one)
    return object !== undefined && isBeingDeleted(object)
  })
