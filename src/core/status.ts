import type { InventoryEntry, Inventory } from './inventory.ts'
import type { ObjectId } from './object.ts'

/** How one object of a set is. `drifted`: a field that we applied has another value now. */
export interface ObjectStatus {
  id: ObjectId
  release: string
  phase: InventoryEntry['phase']
  state: 'ready' | 'waiting' | 'failed' | 'missing' | 'replaced' | 'unknown'
  /** What it waits for, or what is wrong; '' where nothing is. */
  why: string
  drifted: boolean
}

/** How a set is: what was applied last, and every object of it, sorted by release and name. */
export interface SetStatus {
  set: string
  /** Null where nothing was ever applied. */
  applied: Pick<Inventory, 'bundle' | 'version' | 'sequence' | 'generation' | 'state'> | null
  objects: ObjectStatus[]
}
