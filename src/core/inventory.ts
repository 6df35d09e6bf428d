import { inventoryNamespace, parentName } from './applyset.ts'
import type { ObjectId } from './object.ts'
import type { Phase } from './records.ts'
import type { Wanted } from './wanted.ts'

/** What is known of one object that the set has put on the cluster, or is about to. */
export interface InventoryEntry {
  id: ObjectId
  version: string
  /** '' until the server has told it. */
  uid: string
  /** Digest of the object as the bundle had it; '' until it is applied. */
  wanted: string
  /** Digest of the live values of what we own in it, as they were after the apply; '' until then. */
  owned: string
  /** '' for the namespaces that releases live in. */
  release: string
  phase: Phase | 'namespaces'
  /** The bundle said that it must outlive its release. */
  keep: boolean
  /** A Namespace that is somebody else's too: we set labels on it, and it is no member. */
  shared: boolean
}

/** Which bundle something came from. */
export type Origin = { bundle: string; version: string; sequence: number }

/** What `releases` says of one that is being removed: its hooks before that have run, and it is not there in full any more. */
export const beingRemoved = '-'

/** The record of a set: what it has on the cluster, and how far the last run came. The bundle is the last that was applied as a whole. */
export interface Inventory {
  bundle: string
  version: string
  sequence: number
  /** Counts the runs that changed something; a run that was cut short is taken up under its number. */
  generation: number
  state: 'applying' | 'applied'
  /** How many runs were begun under this number; left out where it was one. */
  runs?: number
  /** By name: the digest of each release that is there in full, its hooks included; '' where it was once and is being changed. */
  releases: { [release: string]: string }
  /** The hooks that this generation has finished: `EVENT KEY`. */
  hooks: string[]
  /** Ids of the site values that stand in what was applied last: one that the store has not any more is lost, and not to be made anew. */
  siteValues: string[]
  /** Keyed digest of all values that stand in it; '' without any. A run is taken up only with the same ones. */
  filling: string
  /** By id: how often each site value that is kept had been made by the last run of a whole bundle that came to its end. */
  generations?: { [id: string]: number }
  /** By release: where it came from, if that is another bundle than the one above. */
  apart?: { [release: string]: Origin }
  /** What the run is for that goes on, or that was cut short, where that is not a whole bundle. */
  purpose?: string
  /** By keyOf. */
  entries: Map<string, InventoryEntry>
}

/** Whether a run was cut short that wanted just this: it is taken up, and what it has finished is not run again. */
export const isInterrupted = (
  inventory: Pick<Inventory, 'state' | 'bundle' | 'filling' | 'purpose'> | undefined,
  wanted: Wanted,
): boolean =>
  inventory?.state === 'applying' &&
  inventory.purpose === wanted.purpose &&
  (wanted.part !== undefined || inventory.bundle === wanted.digest) &&
  inventory.filling === (wanted.filled?.digest ?? '')

/** The id of a set's inventory Secret. */
export const parentId = (set: string): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace: inventoryNamespace,
  name: parentName(set),
})
