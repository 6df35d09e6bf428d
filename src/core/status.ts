import type { AuditRecord } from './audit.ts'
import type { InventoryEntry, Inventory } from './inventory.ts'
import type { ObjectId } from './object.ts'

/** A warning about an object or a Pod of it. */
export interface StatusEvent {
  reason: string
  message: string
  /** How often. */
  count: number
  /** When last, as the server writes times; '' where it does not say. */
  last: string
}

/** How one object of a set is. `drifted`: a field that we applied has another value now. */
export interface ObjectStatus {
  id: ObjectId
  release: string
  phase: InventoryEntry['phase']
  state: 'ready' | 'waiting' | 'failed' | 'missing' | 'replaced' | 'unknown'
  /** What it waits for, or what is wrong, down to its Pods; '' where nothing is. */
  why: string
  drifted: boolean
  /** Where it is not ready: the last warnings about it and what is below it, the newest last. */
  events: StatusEvent[]
}

/** How a release is: as its worst object is. */
export interface ReleaseStatus {
  /** '' for the namespaces that releases live in. */
  name: string
  state: ObjectStatus['state']
  objects: number
  ready: number
  drifted: number
}

/** The last run that is on record. */
export type LastRun = Pick<AuditRecord, 'does' | 'result' | 'user' | 'run' | 'problems' | 'ended'> & {
  version: string
}

/** How a set is: what was applied last, its releases, and every object of it, sorted by release and name. */
export interface SetStatus {
  set: string
  /** Null where nothing was ever applied. */
  applied: Pick<Inventory, 'bundle' | 'version' | 'sequence' | 'generation' | 'state'> | null
  /** Null where there is no record, or it cannot be read. */
  lastRun: LastRun | null
  releases: ReleaseStatus[]
  objects: ObjectStatus[]
}

/** States, the worst first. */
export const statesByWeight: ObjectStatus['state'][] = [
  'failed',
  'missing',
  'replaced',
  'waiting',
  'unknown',
  'ready',
]

/** The releases of objects, in their order: how many of each are ready, and its worst state. */
export const releasesOf = (objects: ObjectStatus[]): ReleaseStatus[] =>
  Array.from(
    Map.groupBy(objects, ({ release }) => release),
    ([name, own]) => ({
      name,
      state: statesByWeight.find((state) => own.some((one) => one.state === state)) ?? 'ready',
      objects: own.length,
      ready: own.filter(({ state }) => state === 'ready').length,
      drifted: own.filter(({ drifted }) => drifted).length,
    }),
  )

/** What a status tells of a run on record. */
export const lastRunOf = ({ does, result, user, run, problems, ended, bundle }: AuditRecord): LastRun => ({
  does,
  result,
  user,
  run,
  problems,
  ended,
  version: bundle.version,
})
