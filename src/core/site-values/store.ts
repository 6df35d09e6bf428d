import { inventoryNamespace, setIdOf } from '../applyset.ts'
import type { Parts } from '../effects/maker.ts'
import { textOf } from '../fields-of.ts'
import { canonicalJson, isObject, jsonOf, printJson } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { keyedDigest } from '../keyed-digest.ts'
import { labelOf } from '../metadata.ts'
import type { KubeObject, ObjectId } from '../object.ts'
import { bad, good, problem } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { shortDigest } from '../short-digest.ts'
import { utf8Text } from '../utf-8.ts'
import type { Part, Recipe } from './recipe.ts'

/** One site value as the control plane keeps it. */
export interface StoredValue {
  parts: Parts
  /** Digest of the recipe by which it was made. */
  recipe: string
  /** Keyed digest of what it was made of; '' where that is nothing, or not known. */
  of: string
  /** Counts how often it was made or given. */
  generation: number
}

/** The site values of a set, by id. */
export interface Store {
  /** For digests of what holds site values: 32 random bytes. */
  key: Uint8Array
  values: Map<string, StoredValue>
}

/** A store as it was read. `edited`: ids of values that are not as they were written. */
export interface LiveStore {
  content: Store
  edited: string[]
  resourceVersion: string
}

const storeFormat = 1
const label = 'scout.airgap/site-values'
const type = 'scout.airgap/site-values'
const keyLength = 32
/** A Secret holds 1 MiB. */
const largestStore = 900 * 1024
const longestName = 253
const parts: Part[] = ['value', 'certificate', 'key', 'public']

export const recipeDigest = (recipe: Recipe): string => shortDigest(canonicalJson(recipe))

/** Where a set keeps its site values. The name can be that of no inventory (`scout-SET`). */
export const storeId = (set: string): ObjectId => {
  const whole = `scout.site-values.${set}`
  const name =
    whole.length <= longestName
      ? whole
      : `${whole.slice(0, longestName - 17)}-${Buffer.from(shortDigest(set)).toString('hex').slice(0, 16)}`
  return { group: '', kind: 'Secret', namespace: inventoryNamespace, name }
}

/** `RELEASE/NAME`, so that it can be the key of a Secret; neither name may hold a `_`. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}\/[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/
const dataKeyOf = (id: string, part: string): string => `${id.replace('/', '_')}.${part}`

const digestOf = ({ key }: Store, set: string, id: string, value: StoredValue): string =>
  keyedDigest(key, canonicalJson([set, id, { ...value, parts: { ...value.parts } }]))

/** The metadata of a store: all of it but the values. */
const metadataOf = (store: Store, set: string): string =>
  canonicalJson({
    format: storeFormat,
    set,
    values: Object.fromEntries(
      Array.from(store.values, ([id, value]) => [
        id,
        {
          recipe: value.recipe,
          of: value.of,
          generation: value.generation,
          parts: Object.keys(value.parts),
          digest: digestOf(store, set, id, value),
        },
      ]),
    ),
  })

const refusal = (set: string, code: Problem['code'], what: string, fix: string): Outcome<never> =>
  bad([problem({ code, fault: 'world', what, where: [{ in: 'object', object: storeId(set) }], fix })])

const restoreIt =
  'Restore it from a backup: scout-apply site-values BUNDLE restore FILE --identity FILE --replace. Nothing is made anew and nothing is written until then.'

const decoded = (data: JsonObject, name: string): string | undefined => {
  const value = data[name]
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? utf8Text(bytes) : undefined
}

/** One value; undefined where it is not as it was written. */
const readValue = (
  store: Store,
  set: string,
  id: string,
  described: Json | undefined,
  data: JsonObject,
): StoredValue | undefined => {
  if (!isObject(described) || !Array.isArray(described['parts'])) return undefined
  const names = described['parts'].filter((one) => parts.some((part) => part === one)) as Part[]
  const texts = names.flatMap((part) => {
    const found = decoded(data, dataKeyOf(id, part))
    return found === undefined ? [] : [[part, found] as const]
  })
  const { recipe, of, generation, digest } = described
  if (typeof recipe !== 'string' || typeof of !== 'string' || typeof generation !== 'number') return undefined
  const value = { parts: Object.fromEntries(texts) as Parts, recipe, of, generation }
  return digest === digestOf(store, set, id, value) ? value : undefined
}

const readData = (data: JsonObject, set: string): Omit<LiveStore, 'resourceVersion'> => {
  const metadata = jsonOf(Buffer.from(textOf(data, 'metadata'), 'base64'))
  if (!isObject(metadata)) throw new TypeError('its metadata is no JSON')
  if (metadata['format'] !== storeFormat)
    throw new TypeError(
      `it has format ${printJson(metadata['format'] ?? null)}, and this program knows ${storeFormat}`,
    )
  if (metadata['set'] !== set) throw new TypeError('it holds the values of another set')
  const key = Buffer.from(textOf(data, 'key'), 'base64')
  if (key.length !== keyLength) throw new TypeError('its key is damaged')
  const described = metadata['values']
  if (!isObject(described)) throw new TypeError('its metadata lists no values')
  const content: Store = { key, values: new Map() }
  const edited: string[] = []
  const known = new Set(['metadata', 'key'])
  for (const [id, one] of Object.entries(described)) {
    for (const part of parts) known.add(dataKeyOf(id, part))
    const value = readValue(content, set, id, one, data)
    if (value) content.values.set(id, value)
    else edited.push(id)
  }
  const foreign = Object.keys(data).filter((name) => !known.has(name))
  if (foreign.length > 0) throw new TypeError(`it has keys that are not its own: ${foreign.join(', ')}`)
  return { content, edited: edited.sort() }
}

/**
 * Reads the store of a set from its live Secret. Refused: one that another set or a person made, one in an unknown format, one
 * that cannot be read (never taken for an empty one: everything would be made anew). Values that were edited by hand are only named.
 */
export const storeOf = (secret: KubeObject, set: string): Outcome<LiveStore> => {
  const { namespace, name } = storeId(set)
  if (secret['type'] !== type || labelOf(secret, label) !== setIdOf(set))
    return refusal(
      set,
      'apply/foreign-site-values',
      `The Secret ${namespace}/${name} does not hold the site values of ${set}: it was made by somebody else, or for another set.`,
      'Find out who made it. If nobody needs it, delete it and run this again.',
    )
  const { data, metadata } = secret
  const { resourceVersion } = metadata
  try {
    if (!isObject(data)) throw new TypeError('it is empty')
    const version = typeof resourceVersion === 'string' ? resourceVersion : ''
    return good({ ...readData(data, set), resourceVersion: version })
  } catch (error) {
    return refusal(
      set,
      'apply/broken-site-values',
      `The site values in the Secret ${namespace}/${name} cannot be read: ${(error as Error).message}.`,
      restoreIt,
    )
  }
}

/** Refused for values that were edited by hand and are needed as they were. */
export const unlessEdited = (set: string, edited: string[]): Problem[] =>
  edited.map((id) =>
    problem({
      code: 'apply/edited-site-value',
      fault: 'world',
      what: `The site value ${id} in the Secret ${storeId(set).namespace}/${storeId(set).name} is not as it was written: somebody has edited it by hand, or a part of it is missing.`,
      where: [{ in: 'object', object: storeId(set) }],
      why: 'A value that nobody vouches for would be rolled out to all who use it.',
      fix: `Make a new one: scout-apply site-values BUNDLE rotate ${id} (or supply ${id}); or restore a backup: scout-apply site-values BUNDLE restore FILE --identity FILE --replace.`,
    }),
  )

/** The Secret of a store; `resourceVersion` is that of the live one, undefined for a new one. Too large: refused, before anything is written. */
export const secretOfStore = (
  store: Store,
  set: string,
  resourceVersion: string | undefined,
): Outcome<KubeObject> => {
  const { namespace, name } = storeId(set)
  const strange = Array.from(store.values.keys()).filter((id) => !idForm.test(id))
  if (strange.length > 0)
    return refusal(
      set,
      'apply/bad-site-value',
      `These cannot be the ids of site values: ${strange.map((id) => JSON.stringify(id)).join(', ')}.`,
      'Name them RELEASE/NAME, with letters, digits, - and . alone.',
    )
  const texts: [string, string | Uint8Array][] = [
    ['metadata', metadataOf(store, set)],
    ['key', store.key],
    ...Array.from(store.values).flatMap(([id, value]) =>
      Object.entries(value.parts).map(([part, one]): [string, string] => [dataKeyOf(id, part), one]),
    ),
  ]
  const size = texts.reduce((sum, [key, one]) => sum + key.length + Buffer.byteLength(one), 0)
  if (size > largestStore)
    return refusal(
      set,
      'apply/site-values-too-large',
      `The site values of ${set} take ${Math.ceil(size / 1024)} KiB, and a Secret has room for ${largestStore / 1024} KiB.`,
      'Take out what is not used (scout-apply site-values BUNDLE list, forget), or keep large files in Secrets of their own.',
    )
  return good({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { [label]: setIdOf(set) },
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    type,
    data: Object.fromEntries(texts.map(([key, one]) => [key, Buffer.from(one).toString('base64')])),
  })
}
