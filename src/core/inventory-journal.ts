import { gunzipSync } from 'node:zlib'
import { annotations, inventoryNamespace, labels, parentName, setIdOf } from './applyset.ts'
import { sha256 } from './digest.ts'
import { parentId } from './inventory.ts'
import type { Inventory, InventoryEntry, Origin } from './inventory.ts'
import { numberOf, textOf } from './fields-of.ts'
import { canonicalJson, isObject, parseJson } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { annotationOf, labelOf } from './metadata.ts'
import { keyOf } from './object.ts'
import type { KubeObject } from './object.ts'
import { bad, good, problem } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'
import { phases } from './records.ts'

/** A journal that holds its entries itself, and one that names the Secrets which hold them. */
const whole = 1
const inShards = 2
const largestUnpacked = 256 * 1024 * 1024

const listIn = (map: JsonObject, name: string): Json[] => {
  const value = map[name]
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  return value
}

const numbersIn = (map: JsonObject): { [name: string]: number } =>
  Object.fromEntries(Object.keys(map).map((name) => [name, numberOf(map, name)]))

const entryPhases: string[] = [...phases, 'namespaces']
const phaseOf = (value: string): InventoryEntry['phase'] => {
  if (!entryPhases.includes(value)) throw new TypeError(`${value} is no phase`)
  return value as InventoryEntry['phase']
}

const readEntry = (value: Json): InventoryEntry => {
  if (!isObject(value)) throw new TypeError('an entry is no map')
  return {
    id: {
      group: textOf(value, 'group'),
      kind: textOf(value, 'kind'),
      namespace: textOf(value, 'namespace'),
      name: textOf(value, 'name'),
    },
    version: textOf(value, 'version'),
    uid: textOf(value, 'uid'),
    wanted: textOf(value, 'wanted'),
    owned: textOf(value, 'owned'),
    release: textOf(value, 'release'),
    phase: phaseOf(textOf(value, 'phase')),
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

/** Entries as JSON, the same text for the same content. */
export const entriesText = (entries: Map<string, InventoryEntry>): string =>
  canonicalJson(
    Array.from(entries.keys())
      .sort()
      .map((key) => writeEntry(entries.get(key) as InventoryEntry)),
  )

/** The inventory as JSON, the same text for the same content; with `shards`, the digests of the parts that hold its entries in their place. */
export const journalOf = ({ entries, ...head }: Inventory, shards: string[] = []): string =>
  shards.length > 0
    ? canonicalJson({ ...head, format: inShards, shards })
    : `${canonicalJson({ ...head, format: whole }).slice(0, -1)},"entries":${entriesText(entries)}}`

/** The name of the Secret that holds the entries of this digest: other entries are always another Secret. */
export const shardName = (set: string, digest: string): string =>
  `${parentName(set)}.${digest.replace(/^sha256:/, '').slice(0, 16)}`

const readOrigin = (value: Json | undefined): Origin => {
  if (!isObject(value)) throw new TypeError('the origin of a release is no map')
  return {
    bundle: textOf(value, 'bundle'),
    version: textOf(value, 'version'),
    sequence: numberOf(value, 'sequence'),
  }
}

const unpacked = (secret: KubeObject, field: string): string => {
  const data = secret['data']
  const packed = isObject(data) ? data[field] : undefined
  if (typeof packed !== 'string') throw new TypeError(`it has no ${field}`)
  return gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: largestUnpacked }).toString()
}

const bodyOf = (secret: KubeObject): JsonObject => {
  const body = parseJson(unpacked(secret, 'journal'))
  if (!isObject(body) || (body['format'] !== whole && body['format'] !== inShards))
    throw new TypeError('its format is not known')
  return body
}

const digestsIn = (body: JsonObject): string[] =>
  body['format'] === inShards
    ? listIn(body, 'shards').map((one) => {
        if (typeof one !== 'string') throw new TypeError('a shard is named by no digest')
        return one
      })
    : []

/** Whether a Secret of that name holds just what its name says. */
export const isShard = (secret: KubeObject, set: string): boolean => {
  try {
    return shardName(set, sha256(unpacked(secret, 'entries'))) === secret.metadata.name
  } catch {
    return false
  }
}

/** The entries of a shard, if it is exactly the one that is meant. */
const entriesIn = (set: string, digest: string, shards: ReadonlyMap<string, KubeObject>): Json[] => {
  const name = shardName(set, digest)
  const shard = shards.get(name)
  if (shard === undefined) throw new TypeError(`its part ${name} is missing`)
  const content = unpacked(shard, 'entries')
  if (sha256(content) !== digest) throw new TypeError(`its part ${name} is not what it was`)
  const entries = parseJson(content)
  if (!Array.isArray(entries)) throw new TypeError(`its part ${name} is no list`)
  return entries
}

const readJournal = (secret: KubeObject, set: string, shards: ReadonlyMap<string, KubeObject>): Inventory => {
  const body = bodyOf(secret)
  const releases = isObject(body['releases']) ? body['releases'] : {}
  const listed =
    body['format'] === whole
      ? listIn(body, 'entries')
      : digestsIn(body).flatMap((digest) => entriesIn(set, digest, shards))
  const entries = listed.map(readEntry)
  return {
    bundle: textOf(body, 'bundle'),
    version: textOf(body, 'version'),
    sequence: numberOf(body, 'sequence'),
    generation: numberOf(body, 'generation'),
    state: textOf(body, 'state') === 'applied' ? 'applied' : 'applying',
    ...(typeof body['runs'] === 'number' && { runs: body['runs'] }),
    releases: Object.fromEntries(Object.keys(releases).map((name) => [name, textOf(releases, name)])),
    hooks: listIn(body, 'hooks').filter((one) => typeof one === 'string'),
    siteValues: (Array.isArray(body['siteValues']) ? body['siteValues'] : []).filter(
      (one) => typeof one === 'string',
    ),
    filling: typeof body['filling'] === 'string' ? body['filling'] : '',
    ...(isObject(body['generations']) && { generations: numbersIn(body['generations']) }),
    ...(isObject(body['apart']) && {
      apart: Object.fromEntries(
        Object.entries(body['apart']).map(([name, from]) => [name, readOrigin(from)]),
      ),
    }),
    ...(typeof body['purpose'] === 'string' && { purpose: body['purpose'] }),
    entries: new Map(entries.map((one) => [keyOf(one.id), one])),
  }
}

const refusal = (set: string, code: Problem['code'], what: string, fix: string): Outcome<never> =>
  bad([problem({ code, fault: 'world', what, where: [{ in: 'object', object: parentId(set) }], fix })])

const broken = (set: string, error: unknown): Outcome<never> =>
  refusal(
    set,
    'apply/broken-inventory',
    `The inventory in the Secret ${inventoryNamespace}/${parentName(set)} cannot be read: ${(error as Error).message}.`,
    `Without it nothing can be pruned safely, so nothing is applied. scout-apply repair --set ${set} --dry-run shows how it can be rebuilt from what is provably of this set; or restore the Secret from a backup.`,
  )

/**
 * The names of the Secrets that hold the entries of an inventory too large for one; [] where it holds them itself. Refused: a Secret
 * that another tool or another set made, and one that cannot be read.
 */
export const shardsNamedBy = (secret: KubeObject, set: string): Outcome<string[]> => {
  const tooling = annotationOf(secret, annotations.tooling) ?? 'nothing'
  if (tooling.split('/')[0] !== 'scout-apply' || labelOf(secret, labels.id) !== setIdOf(set))
    return refusal(
      set,
      'apply/foreign-inventory',
      `The Secret ${inventoryNamespace}/${parentName(set)} is not the inventory of ${set}: it was made by ${tooling}.`,
      'Rename that Secret or the site: two owners of one inventory would delete what the other one made.',
    )
  try {
    return good(digestsIn(bodyOf(secret)).map((digest) => shardName(set, digest)))
  } catch (error) {
    return broken(set, error)
  }
}

/**
 * Reads the inventory of a set from its live Secret, and from those that it names (`shards`, by name). Refused: a Secret that another tool
 * or another set made, and one that cannot be read or lacks a part (never taken for an empty one: that would orphan everything).
 */
export const inventoryOf = (
  secret: KubeObject,
  set: string,
  shards: ReadonlyMap<string, KubeObject> = new Map(),
): Outcome<Inventory> => {
  const named = shardsNamedBy(secret, set)
  if (!named.ok) return named
  try {
    return good(readJournal(secret, set, shards))
  } catch (error) {
    return broken(set, error)
  }
}
