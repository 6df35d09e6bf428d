import { canonicalJson, isObject, parseJson, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { keysOfPointer } from '../pointer.ts'

/**
 * A set of fields in the format FieldsV1 (structured-merge-diff `fieldpath/serialize.go`): a tree of steps, `f:name` into a map,
 * `k:{"name":"app"}`, `v:"value"` or `i:0` into a list. A step without any below it is a member, and so is one with `.` below it.
 */
export type FieldSet = JsonObject

export const isEmpty = (map: JsonObject): boolean => Object.keys(map).length === 0

const matches = (item: Json, keys: Json): boolean =>
  isObject(item) &&
  isObject(keys) &&
  Object.entries(keys).every(([name, value]) => canonicalJson(item[name] ?? null) === canonicalJson(value))

/** The place of a step in a list; -1 where it is not there. */
const indexOf = (list: Json[], step: string): number => {
  const key = step.slice(2)
  if (step.startsWith('i:')) return Number(key) < list.length ? Number(key) : -1
  const wanted = parseJson(key)
  return step.startsWith('k:')
    ? list.findIndex((item) => matches(item, wanted))
    : list.findIndex((item) => canonicalJson(item) === canonicalJson(wanted))
}

/** The value at one step. Undefined: not there. */
export const stepInto = (value: Json | undefined, step: string): Json | undefined => {
  const key = step.slice(2)
  if (step.startsWith('f:')) return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return Array.isArray(value) ? value[indexOf(value, step)] : undefined
}

/** All that is in either. */
export const unionOf = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmpty(a) !== isEmpty(b)) return { ...a, ...b, '.': {} }
  const both: FieldSet = { ...a }
  for (const [step, below] of Object.entries(b)) {
    const known = Object.hasOwn(both, step) ? both[step] : undefined
    setField(both, step, isObject(known) && isObject(below) ? unionOf(known, below) : below)
  }
  return both
}

/** What is in `a` and was cut out of it in `b`. */
export const cutOut = (a: FieldSet, b: FieldSet): FieldSet => {
  const gone: FieldSet = {}
  for (const [step, below] of Object.entries(a)) {
    const kept = Object.hasOwn(b, step) ? b[step] : undefined
    const lost = isObject(kept) && isObject(below) ? cutOut(below, kept) : below
    if (kept === undefined || (isObject(lost) && !isEmpty(lost))) setField(gone, step, lost)
  }
  return gone
}

/** The name that a JSON pointer has for a step of a field set: the key of a map, the index in the list that is there. */
const nameOfStep = (step: string, value: Json | undefined): string =>
  step.startsWith('f:') ? step.slice(2) : Array.isArray(value) ? String(indexOf(value, step)) : ''

/**
 * What is left of a set without what lies at, and below, a JSON pointer (`*` stands for any one step); undefined where nothing is left.
 * `value` is the object, for the places of list items. What is a member only as a whole stays.
 */
export const withoutPointer = (
  fields: FieldSet,
  value: Json | undefined,
  pointer: string,
): FieldSet | undefined => {
  const cut = (set: FieldSet, at: Json | undefined, [name, ...rest]: string[]): FieldSet | undefined => {
    if (name === undefined) return undefined
    const left: FieldSet = {}
    for (const [step, below] of Object.entries(set)) {
      const isMeant = step !== '.' && (name === '*' || nameOfStep(step, at) === name)
      // Not below a step that is a member as a whole.
      const isWhole = isObject(below) && isEmpty(below) && rest.length > 0
      const kept = isMeant && isObject(below) && !isWhole ? cut(below, stepInto(at, step), rest) : below
      if (kept !== undefined) setField(left, step, kept)
    }
    return isEmpty(left) && !isEmpty(set) ? undefined : left
  }
  return cut(fields, value, keysOfPointer(pointer))
}

/** Go's `%v` of a value in a path; texts are quoted. */
const quoted = (value: Json): string =>
  typeof value === 'object' ? canonicalJson(value) : JSON.stringify(value)

/** A step as the API server writes it in a conflict: `.spec`, `[name="app"]`, `[="a"]`, `[0]`. */
const wordOfStep = (step: string): string => {
  const key = step.slice(2)
  if (step.startsWith('f:')) return `.${key}`
  if (step.startsWith('i:')) return `[${key}]`
  const value = parseJson(key)
  if (step.startsWith('v:') || !isObject(value)) return `[=${quoted(value)}]`
  const names = Object.keys(value).sort()
  return `[${names.map((name) => `${name}=${quoted(value[name] as Json)}`).join(',')}]`
}

/**
 * The steps to a field by the words that the API server has for it, looked up in sets that hold it: the words alone are ambiguous, because
 * names may have dots. Undefined where no set has it.
 */
export const stepsOf = (field: string, sets: FieldSet[]): string[] | undefined => {
  const find = (set: FieldSet, before: string): string[] | undefined => {
    for (const [step, below] of Object.entries(set)) {
      if (step === '.') continue
      const words = before + wordOfStep(step)
      if (words === field) return [step]
      const found = field.startsWith(words) && isObject(below) ? find(below, words) : undefined
      if (found) return [step, ...found]
    }
    return undefined
  }
  for (const set of sets) {
    const found = find(set, '')
    if (found) return found
  }
  return undefined
}

/** An item as it is declared may lack keys that the server fills in (the protocol of a port). */
const mayMatch = (item: Json, keys: Json): boolean =>
  isObject(item) &&
  isObject(keys) &&
  Object.entries(keys).some(([name]) => Object.hasOwn(item, name)) &&
  Object.entries(keys).every(
    ([name, value]) =>
      !Object.hasOwn(item, name) || canonicalJson(item[name] as Json) === canonicalJson(value),
  )

const declaredIndexOf = (list: Json[], step: string): number => {
  const exact = indexOf(list, step)
  if (exact >= 0 || !step.startsWith('k:')) return exact
  const keys = parseJson(step.slice(2))
  const found = list.flatMap((item, index) => (mayMatch(item, keys) ? [index] : []))
  return found.length === 1 ? (found[0] as number) : -1
}

/** A copy of a value without what the steps lead to; undefined where it is not there, or not to be told from others. */
export const withoutSteps = (value: Json | undefined, steps: string[]): Json | undefined => {
  const [step, ...rest] = steps
  if (step === undefined || value === undefined) return undefined
  const key = step.slice(2)
  if (step.startsWith('f:')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    const copy: JsonObject = { ...value }
    if (rest.length === 0) {
      delete copy[key]
      return copy
    }
    const below = withoutSteps(value[key], rest)
    if (below === undefined) return undefined
    setField(copy, key, below)
    return copy
  }
  if (!Array.isArray(value)) return undefined
  const index = declaredIndexOf(value, step)
  if (index < 0) return undefined
  if (rest.length === 0) return value.toSpliced(index, 1)
  const below = withoutSteps(value[index], rest)
  return below === undefined ? undefined : value.with(index, below)
}
