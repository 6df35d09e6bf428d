import { gunzipSync, gzipSync } from 'node:zlib'
import {
  annotations,
  inventoryNamespace,
  labels,
  parentAnnotations,
  parentName,
  setIdOf,
} from './applyset.ts'
import { canonicalJson, isObject, parseJson } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { annotationOf, labelOf } from './metadata.ts'
import { keyOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { bad, good, problem } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'
import { phases } from './records.ts'
import type { Phase } from './records.ts'
import { shortDigest } from './short-digest.ts'
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

/** The record of a set: what it has on the cluster, and how far the last run came. */
export interface Inventory {
  bundle: string
  version: string
  sequence: number
  /** Counts the runs that changed something; a run that was cut short is taken up under its number. */
  generation: number
  state: 'applying' | 'applied'
  /** By name: the digest of each release that is there in full, its hooks included; '' where it was once and is being changed. */
  releases: { [release: string]: string }
  /** The hooks that this generation has finished: `EVENT KEY`. */
  hooks: string[]
  /** Ids of the site values that stand in what was applied last: one that the store has not any more is lost, and not to be made anew. */
  siteValues: string[]
  /** Keyed digest of all values that stand in it; '' without any. A run is taken up only with the same ones. */
  filling: string
  /** By keyOf. */
  entries: Map<string, InventoryEntry>
}

const journalFormat = 1
/** etcd takes 1.5 MiB a request and a Secret 1 MiB; base64 adds a third. */
const largestJournal = 700 * 1024
const largestUnpacked = 256 * 1024 * 1024

const text = (map: JsonObject, name: string): string => {
  const value = map[name]
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`)
  return value
}
const count = (map: JsonObject, name: string): number => {
  const value = map[name]
  if (typeof value !== 'number') throw new TypeError(`${name} is no number`)
  return value
}
const listIn = (map: JsonObject, name: string): Json[] => {
  const value = map[name]
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  return value
}

const entryPhases: string[] = [...phases, 'namespaces']
const phaseOf = (value: string): InventoryEntry['phase'] => {
  if (!entryPhases.includes(value)) throw new TypeError(`${value} is no phase`)
  return value as InventoryEntry['phase']
}

const readEntry = (value: Json): InventoryEntry => {
  if (!isObject(value)) throw new TypeError('an entry is no map')
  return {
    id: {
      group: text(value, 'group'),
      kind: text(value, 'kind'),
      namespace: text(value, 'namespace'),
      name: text(value, 'name'),
    },
    version: text(value, 'version'),
    uid: text(value, 'uid'),
    wanted: text(value, 'wanted'),
    owned: text(value, 'owned'),
    release: text(value, 'release'),
    phase: phaseOf(text(value, 'phase')),
    keep: value['keep'] === true,
    shared: value['shared'] === true,
  }
}

const writeEntry = ({ id, keep, shared, ...rest }: InventoryEntry): JsonObject => ({
  ...id,
  ...rest,
  ...(keep && { keep }),
  ...(shared && { shared }),
})

/** Whether a run was cut short that wanted just this: it is taken up, and what it has finished is not run again. */
export const isInterrupted = (
  inventory: Pick<Inventory, 'state' | 'bundle' | 'filling'> | undefined,
  wanted: Wanted,
): boolean =>
  inventory?.state === 'applying' &&
  inventory.bundle === wanted.digest &&
  inventory.filling === (wanted.filled?.digest ?? '')

/** The inventory as JSON, the same text for the same content. */
export const journalOf = (inventory: Inventory): string =>
  canonicalJson({
    ...inventory,
    format: journalFormat,
    entries: Array.from(inventory.entries.keys())
      .sort()
      .map((key) => writeEntry(inventory.entries.get(key) as InventoryEntry)),
  })

const readJournal = (journal: string): Inventory => {
  const body = parseJson(journal)
  if (!isObject(body) || body['format'] !== journalFormat) throw new TypeError('its format is not known')
  const releases = isObject(body['releases']) ? body['releases'] : {}
  const entries = listIn(body, 'entries').map(readEntry)
  return {
    bundle: text(body, 'bundle'),
    version: text(body, 'version'),
    sequence: count(body, 'sequence'),
    generation: count(body, 'generation'),
    state: text(body, 'state') === 'applied' ? 'applied' : 'applying',
    releases: Object.fromEntries(Object.keys(releases).map((name) => [name, text(releases, name)])),
    hooks: listIn(body, 'hooks').filter((one) => typeof one === 'string'),
    siteValues: (Array.isArray(body['siteValues']) ? body['siteValues'] : []).filter(
      (one) => typeof one === 'string',
    ),
    filling: typeof body['filling'] === 'string' ? body['filling'] : '',
    entries: new Map(entries.map((one) => [keyOf(one.id), one])),
  }
}

/** The id of a set's inventory Secret. */
export const parentId = (set: string): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace: inventoryNamespace,
  name: parentName(set),
})

const refusal = (set: string, code: Problem['code'], what: string, fix: string): Outcome<never> =>
  bad([problem({ code, fault: 'world', what, where: [{ in: 'object', object: parentId(set) }], fix })])

/**
 * Reads the inventory of a set from its live Secret. Refused: a Secret that another tool or another set made, and one that
 * cannot be read (never taken for an empty one: that would orphan everything).
 */
export const inventoryOf = (secret: KubeObject, set: string): Outcome<Inventory> => {
  const where = `${inventoryNamespace}/${parentName(set)}`
  const tooling = annotationOf(secret, annotations.tooling) ?? 'nothing'
  if (tooling.split('/')[0] !== 'scout-apply' || labelOf(secret, labels.id) !== setIdOf(set))
    return refusal(
      set,
      'apply/foreign-inventory',
      `The Secret ${where} is not the inventory of ${set}: it was made by ${tooling}.`,
      'Rename that Secret or the site: two owners of one inventory would delete what the other one made.',
    )
  const data = secret['data']
  const packed = isObject(data) ? data['journal'] : undefined
  try {
    if (typeof packed !== 'string') throw new TypeError('it has no journal')
    const bytes = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: largestUnpacked })
    return good(readJournal(bytes.toString()))
  } catch (error) {
    return refusal(
      set,
      'apply/broken-inventory',
      `The inventory in the Secret ${where} cannot be read: ${(error as Error).message}.`,
      'Restore the Secret from a backup. Without it nothing can be pruned safely, so nothing is applied.',
    )
  }
}

/**
 * An inventory as large as this one will be once all is known: what is not known yet packs well, and what will take its place does not.
 * One that will be too large is refused before anything is applied, not after.
 */
const whenKnown = (inventory: Inventory): Inventory => ({
  ...inventory,
  entries: new Map(
    Array.from(inventory.entries, ([key, entry]) => [
      key,
      {
        ...entry,
        uid: entry.uid || `${shortDigest(`uid ${key}`)}-${shortDigest(key).slice(0, 13)}`,
        wanted: entry.wanted || shortDigest(`wanted ${key}`),
        owned: entry.owned || shortDigest(`owned ${key}`),
      },
    ]),
  ),
})

/** The Secret that holds an inventory; `resourceVersion` is that of the live one, or undefined for a new one. */
export const secretOf = (
  inventory: Inventory,
  set: string,
  tooling: string,
  resourceVersion: string | undefined,
): Outcome<KubeObject> => {
  const pack = (content: Inventory): string => gzipSync(journalOf(content), { level: 9 }).toString('base64')
  const packed = pack(inventory)
  if (Math.max(packed.length, pack(whenKnown(inventory)).length) > largestJournal)
    return refusal(
      set,
      'apply/inventory-too-large',
      `The inventory of ${set} has ${inventory.entries.size} objects, too many for one Secret.`,
      'Split the environment into two sites: an inventory over several Secrets is not supported yet.',
    )
  const members = Array.from(inventory.entries.values(), (one) => one.id)
  return good({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: parentName(set),
      namespace: inventoryNamespace,
      labels: { [labels.id]: setIdOf(set) },
      annotations: parentAnnotations(members, tooling),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    type: 'scout.airgap/inventory',
    data: { journal: packed },
  })
}
