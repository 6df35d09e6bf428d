import type { Inventory, InventoryEntry, Origin } from './inventory.ts'
import type { Revision } from './history.ts'
import { hasController, isKept } from './kept.ts'
import { uidOf } from './live.ts'
import { isNamespace } from './namespaces.ts'
import { groupVersionOf, idOf, isCrd, keyOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { entriesOf, isAppliedBy } from './ownership/entries.ts'
import type { Entry } from './ownership/entries.ts'
import { isWrittenBy } from './owned-fields.ts'

/**
 * What is to be done about one object that bears the label of the set. `wanted`: ours, and in the bundle. `orphan`: ours, and not in the bundle:
 * the next apply prunes it, by its usual rules. `ours`: no bundle is known that could say. `known`: in the inventory already. `left`: nothing
 * proves that it is ours.
 */
export type FoundObject = { id: ObjectId } & (
  | { is: 'ours' }
  | { is: 'wanted'; release: string }
  | { is: 'orphan'; release: string }
  | { is: 'known' }
  | { is: 'left'; why: string }
)

/** A kind that could not be listed: what is there of it may be ours, and is not in the inventory. */
export interface NotListed {
  /** `Kind.group`; `*.group` where not even the kinds are known. */
  kind: string
  why: string
}

/** An inventory beside what is there. */
export interface SetRepair {
  set: string
  /** How the inventory was found. */
  inventory: 'lost' | 'broken' | 'whole'
  /** What is wrong with it; '' where nothing is. */
  why: string
  /** What the history says was applied last as a whole; null where nobody knows. */
  last: Origin | null
  /** The releases that the inventory will know, none of them as complete; sorted. */
  releases: string[]
  /** Sorted by object. */
  found: FoundObject[]
  notListed: NotListed[]
  /** Whether the inventory was written. */
  written: boolean
}

const managersOf = (object: KubeObject): string =>
  Array.from(
    new Set(entriesOf(object).flatMap(({ manager }) => (typeof manager === 'string' ? [manager] : []))),
  )
    .sort()
    .join(', ')

/**
 * Why nothing proves that an object is the set's, though it bears its label; undefined where it is proven: the API server's own record says that
 * our manager has applied it, and no controller has made it. Labels alone are copied by controllers, and by people.
 */
export const unprovenBy = (object: KubeObject, manager: string): string | undefined => {
  if (hasController(object)) return 'a controller owns it, which may have copied the label'
  if (entriesOf(object).some((entry) => isAppliedBy(entry, manager))) return undefined
  if (isWrittenBy(object, manager)) return 'it was made by this set and never applied, as hooks are'
  const others = managersOf(object)
  return `nothing says that this set has applied it: ${others === '' ? 'nobody is named' : `it was written by ${others}`}`
}

const ownEntry = (object: KubeObject, manager: string): Entry | undefined =>
  entriesOf(object).find((entry) => isAppliedBy(entry, manager))

/** Of an object that is served in two groups, the one in which we applied it. */
export const onceEach = (objects: KubeObject[], manager: string): KubeObject[] => {
  const chosen = new Map<string, KubeObject>()
  for (const object of objects) {
    const applied = ownEntry(object, manager)?.['apiVersion']
    const isThatGroup =
      typeof applied === 'string' && groupVersionOf(applied).group === groupVersionOf(object.apiVersion).group
    const key = uidOf(object) || keyOf(idOf(object))
    if (isThatGroup || !chosen.has(key)) chosen.set(key, object)
  }
  return Array.from(chosen.values())
}

/** Where a bundle has an object. */
export type PlaceOf = Pick<InventoryEntry, 'release' | 'phase'>

const versionOf = (object: KubeObject, manager: string): string => {
  const applied = ownEntry(object, manager)?.['apiVersion']
  const { group, version } = groupVersionOf(object.apiVersion)
  if (typeof applied !== 'string') return version
  const known = groupVersionOf(applied)
  return known.group === group ? known.version : version
}

/**
 * The entry of an object that is proven ours: by UID, and not as finished, so that the next apply sends it, or (where it is in no bundle) prunes it as
 * carefully as anything.
 */
export const entryOfFound = (
  object: KubeObject,
  place: PlaceOf | undefined,
  manager: string,
): InventoryEntry => {
  const id = idOf(object)
  return {
    id,
    version: versionOf(object, manager),
    uid: uidOf(object),
    wanted: '',
    owned: '',
    release: place?.release ?? '',
    phase: place?.phase ?? (isCrd(id) ? 'crds' : isNamespace(id) ? 'namespaces' : 'main'),
    keep: isKept(object),
    shared: false,
  }
}

/** What the history says of the last run that was for the whole set. */
export const lastWhole = (revisions: Revision[]): Origin | null => {
  const last = revisions.findLast(({ only, did }) => only === undefined && did !== 'remove')
  return last ? { bundle: last.bundle, version: last.version, sequence: last.sequence } : null
}

/** The releases that were there after the last run, and where each came from. */
export const lastReleases = (revisions: Revision[]): { [release: string]: Origin } => {
  const releases = revisions.at(-1)?.releases ?? {}
  return Object.fromEntries(
    Object.keys(releases).flatMap((name) => {
      const one = releases[name]
      return one === undefined || one.state === 'removed'
        ? []
        : [[name, { bundle: one.bundle, version: one.version, sequence: one.sequence }] as const]
    }),
  )
}

/**
 * An inventory as it can be told from what is there and from the history. No release in it is complete: the next apply sends all of it, as an
 * upgrade.
 */
export const rebuilt = (
  revisions: Revision[],
  entries: InventoryEntry[],
  siteValues: string[],
): Inventory => {
  const last = lastWhole(revisions)
  const before = lastReleases(revisions)
  const names = new Set([
    ...Object.keys(before),
    ...entries.map(({ release }) => release).filter((name) => name !== ''),
  ])
  const apart = Object.entries(before).filter(([, { bundle }]) => bundle !== last?.bundle)
  return {
    bundle: last?.bundle ?? '',
    version: last?.version ?? 'not known',
    sequence: last?.sequence ?? 0,
    generation: revisions.at(-1)?.revision ?? 0,
    state: 'applied',
    releases: Object.fromEntries(Array.from(names, (name) => [name, ''])),
    hooks: [],
    siteValues,
    filling: '',
    ...(apart.length > 0 && { apart: Object.fromEntries(apart) }),
    entries: new Map(entries.map((one) => [keyOf(one.id), one])),
  }
}

/** An inventory that is whole, with what it lacked; releases that it did not know are not complete. */
export const withFound = (there: Inventory, entries: InventoryEntry[]): Inventory => {
  const unknown = entries.map(({ release }) => release).filter((name) => name !== '')
  const releases = { ...Object.fromEntries(unknown.map((name) => [name, ''])), ...there.releases }
  return {
    ...there,
    releases,
    entries: new Map([...there.entries, ...entries.map((one) => [keyOf(one.id), one] as const)]),
  }
}
