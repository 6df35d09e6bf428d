import { canonicalJson, isObject, setField } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { isKeyed, keyedDigest } from './keyed-digest.ts'
import type { KubeObject } from './object.ts'
import { entriesOf, fieldsOf, isAppliedBy } from './ownership/entries.ts'
import { isEmpty, stepInto } from './ownership/field-set.ts'
import { shortDigest } from './short-digest.ts'

const isBlank = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)

/**
 * What an object holds at the paths in `fields`; undefined where nothing of it counts. A leaf that we left blank (`annotations: null`,
 * `data: {}`) is there for others to fill: neither what they put there counts nor that the path leaves our fields when they do.
 * (A value of ours that they replace or remove leaves our fields as well, and that is seen by its missing here.)
 */
const valuesAt = (fields: JsonObject, value: Json | undefined, others: JsonObject[]): Json | undefined => {
  const found: JsonObject = {}
  if ('.' in fields) found['.'] = value !== undefined
  const steps = Object.keys(fields).filter((step) => step !== '.')
  if (steps.length === 0 && !isBlank(value) && others.every(isEmpty)) found['is'] = value as Json
  for (const step of steps) {
    const narrowed = others.map((other) => other[step] ?? null).filter(isObject)
    const below = valuesAt(fields[step] as JsonObject, stepInto(value, step), narrowed)
    if (below !== undefined) setField(found, step, below)
  }
  return isEmpty(found) ? undefined : found
}

/**
 * A digest of the live values at every path that `manager` has applied, or '' where it owns nothing. Live is compared with live, so
 * neither defaulting nor the spelling of quantities matters; status and other managers' fields don't count; an edit of
 * a field of ours by anybody does. With a `key` it is a keyed one: for objects that hold site values.
 */
export const ownedDigest = (live: KubeObject, manager: string, key?: Uint8Array): string => {
  const entries = entriesOf(live)
  const ours = entries.filter((entry) => isAppliedBy(entry, manager)).map(fieldsOf)
  if (ours.length === 0) return ''
  const others = entries.filter((entry) => !isAppliedBy(entry, manager)).map(fieldsOf)
  const values = canonicalJson(ours.map((fields) => valuesAt(fields, live, others) ?? null))
  return key === undefined ? shortDigest(values) : keyedDigest(key, values)
}

/** Whether what we own in an object is as it was when `owned` was noted; `key` is that of the set's site values, where it has any. */
export const isAsLeft = (
  owned: string,
  live: KubeObject,
  manager: string,
  key: Uint8Array | undefined,
): boolean => owned === ownedDigest(live, manager, isKeyed(owned) ? key : undefined)

/** Whether the server's record names `manager` as one who wrote this object, by whatever operation. */
export const isWrittenBy = (live: KubeObject, manager: string): boolean =>
  entriesOf(live).some((one) => one['manager'] === manager)
