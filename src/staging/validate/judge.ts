import { canonicalJson, isObject, setField } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Path } from '../../core/pointer.ts'
import type { Bound, JsonType, Shape } from './shape.ts'

/** What is wrong with a value, at the place where it is wrong. No finding holds the value itself: it may be a secret. */
export type Finding = { at: Path } & (
  | { is: 'unknown-field'; known: string[] }
  | { is: 'dropped-field' }
  | { is: 'missing-field' }
  | { is: 'wrong-type'; wanted: readonly JsonType[]; found: JsonType | 'null' }
  | { is: 'bad-value'; enum: Json[] }
  | { is: 'bad-value'; format: string }
  | { is: 'bad-value'; pattern: string }
  | { is: 'bad-value'; bound: Bound; limit: number | bigint }
  | { is: 'impossible-bound'; bound: Bound; limit: number | bigint }
  | { is: 'duplicate-item'; first: number; keys: { [key: string]: Json } }
  | { is: 'no-alternative'; fitting: number; missing: string[] }
  | { is: 'excluded' }
  | { is: 'unchecked-pattern'; pattern: string }
)

/**
 * How much of a value counts: `types` judges which fields there are and of which type, `whole` everything.
 * A server drops the status that it is sent, but only after it has read it.
 */
export type Depth = 'types' | 'whole'

const typeOf = (value: Json): JsonType | 'null' => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'bigint' ? 'integer' : (typeof value as 'object' | 'string' | 'boolean')
}

const fits = (found: JsonType | 'null', wanted: readonly JsonType[]): boolean =>
  wanted.some((type) => type === found || (type === 'number' && found === 'integer'))

const same = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b))

/** Go counts characters, not UTF-16 units. */
const lengthOf = (text: string): number => Array.from(text).length

type Measured = { string?: number; array?: number; object?: number; number?: number | bigint }

const measure = (value: Json): Measured => {
  if (typeof value === 'string') return { string: lengthOf(value) }
  if (typeof value === 'number' || typeof value === 'bigint') return { number: value }
  if (Array.isArray(value)) return { array: value.length }
  return isObject(value) ? { object: Object.keys(value).length } : {}
}

const isWithin: Record<Bound, (size: Measured, limit: number | bigint) => boolean> = {
  minimum: ({ number }, limit) => number === undefined || number >= limit,
  maximum: ({ number }, limit) => number === undefined || number <= limit,
  exclusiveMinimum: ({ number }, limit) => number === undefined || number > limit,
  exclusiveMaximum: ({ number }, limit) => number === undefined || number < limit,
  multipleOf: ({ number }, limit) => number === undefined || Number.isInteger(Number(number) / Number(limit)),
  minLength: ({ string }, limit) => string === undefined || string >= limit,
  maxLength: ({ string }, limit) => string === undefined || string <= limit,
  minItems: ({ array }, limit) => array === undefined || array >= limit,
  maxItems: ({ array }, limit) => array === undefined || array <= limit,
  minProperties: ({ object }, limit) => object === undefined || object >= limit,
  maxProperties: ({ object }, limit) => object === undefined || object <= limit,
}

/** An item's keys with their values, defaults filled in; undefined where one of them is nowhere: then there is nothing to compare. */
const keysOf = (item: Json, keys: string[], shape: Shape | undefined): JsonObject | undefined => {
  if (!isObject(item)) return undefined
  const found: JsonObject = {}
  for (const key of keys) {
    const value = (Object.hasOwn(item, key) ? item[key] : null) ?? shape?.properties.get(key)?.().fallback
    if (value === undefined) return undefined
    setField(found, key, value)
  }
  return found
}

/** The fields of which each alternative lacks one, where that is all that any of them has against the value; else none. */
const missingIn = (verdicts: Finding[][], depth: number): string[] => {
  const lacks = verdicts.map(([only, ...more]) =>
    only?.is === 'missing-field' && more.length === 0 && only.at.length === depth + 1
      ? String(only.at[depth])
      : undefined,
  )
  return lacks.every((name) => name !== undefined) ? lacks : []
}

type Fault = Finding extends infer One ? (One extends Finding ? Omit<One, 'at'> : never) : never

/**
 * Everything that an object's shape has against it, in the order of the object. `statusDepth` says how much of `status` counts.
 */
export const judge = (object: Json, root: Shape, statusDepth: Depth): Finding[] => {
  let findings: Finding[] = []
  const path: Path = []

  const report = (fault: Fault, ...below: Path): void => {
    findings.push({ at: [...path, ...below], ...fault } as Finding)
  }

  const judgeFormat = (value: Json, { format }: Shape): void => {
    if (format && typeof value === 'string' && !format.test(value))
      report({ is: 'bad-value', format: format.name })
  }

  const judgePattern = (value: string, { source, test }: NonNullable<Shape['pattern']>): void => {
    if (test === undefined) report({ is: 'unchecked-pattern', pattern: source })
    else if (!test.test(value)) report({ is: 'bad-value', pattern: source })
  }

  const judgeWorth = (value: Json, shape: Shape): void => {
    // To Go, the empty text is the absent one; the server fills in the default.
    const absent = value === '' && shape.nullIsAbsent
    if (shape.enum && !absent && !shape.enum.some((one) => same(one, value)))
      report({ is: 'bad-value', enum: shape.enum })
    judgeFormat(value, shape)
    if (shape.pattern && typeof value === 'string') judgePattern(value, shape.pattern)
    for (const [bound, limit] of shape.impossible) report({ is: 'impossible-bound', bound, limit })
    if (shape.bounds.length === 0) return
    const size = measure(value)
    for (const [bound, limit] of shape.bounds)
      if (!isWithin[bound](size, limit)) report({ is: 'bad-value', bound, limit })
  }

  const judgeUnique = (items: Json[], keys: string[], shape: Shape): void => {
    const seen = new Map<string, number>()
    items.forEach((item, index) => {
      const identity = keys.length === 0 ? item : keysOf(item, keys, shape.items?.())
      if (identity === undefined) return
      const text = canonicalJson(identity)
      const first = seen.get(text)
      if (first === undefined) seen.set(text, index)
      else
        report(
          { is: 'duplicate-item', first, keys: isObject(identity) && keys.length > 0 ? identity : {} },
          index,
        )
    })
  }

  const judgeItems = (items: Json[], shape: Shape, depth: Depth): void => {
    const each = shape.items?.()
    if (each)
      items.forEach((item, index) => {
        path.push(index)
        visit(item, each, depth)
        path.pop()
      })
    if (shape.unique && depth === 'whole') judgeUnique(items, shape.unique, shape)
  }

  const judgeFields = (map: JsonObject, shape: Shape, depth: Depth): void => {
    for (const key of Object.keys(map)) {
      const child = shape.properties.get(key) ?? shape.additional
      if (child) {
        path.push(key)
        visit(map[key] as Json, child(), path.length === 1 && key === 'status' ? statusDepth : depth)
        path.pop()
      } else if (shape.others === 'refused')
        report({ is: 'unknown-field', known: Array.from(shape.properties.keys()) }, key)
      else if (shape.others === 'dropped') report({ is: 'dropped-field' }, key)
    }
    if (depth !== 'whole') return
    for (const key of shape.required)
      if (!Object.hasOwn(map, key) || (map[key] === null && shape.nullIsAbsent))
        report({ is: 'missing-field' }, key)
  }

  /** What one alternative alone has against the value. */
  const against = (value: Json, alternative: Shape): Finding[] => {
    const others = findings
    findings = []
    visit(value, alternative, 'whole')
    const found = findings
    findings = others
    return found.filter((one) => one.is !== 'unchecked-pattern')
  }

  const judgeAlternatives = (value: Json, shape: Shape): void => {
    for (const part of shape.allOf) visit(value, part(), 'whole')
    for (const [alternatives, exactlyOne] of [
      [shape.anyOf, false],
      [shape.oneOf, true],
    ] as const) {
      if (alternatives.length === 0) continue
      const verdicts = alternatives.map((alternative) => against(value, alternative()))
      const fitting = verdicts.filter((verdict) => verdict.length === 0).length
      if (exactlyOne ? fitting !== 1 : fitting === 0)
        report({ is: 'no-alternative', fitting, missing: missingIn(verdicts, path.length) })
    }
    if (shape.not && against(value, shape.not()).length === 0) report({ is: 'excluded' })
  }

  const visit = (value: Json, shape: Shape, depth: Depth): void => {
    const found = typeOf(value)
    if (found === 'null') {
      if (!shape.nullable && shape.types) report({ is: 'wrong-type', wanted: shape.types, found })
      return
    }
    if (shape.types && !fits(found, shape.types)) {
      report({ is: 'wrong-type', wanted: shape.types, found })
      return
    }
    if (depth === 'whole') judgeWorth(value, shape)
    // A decoder of Go reads formats; a custom resource has none.
    else if (depth === 'types' && shape.nullIsAbsent) judgeFormat(value, shape)
    if (Array.isArray(value)) judgeItems(value, shape, depth)
    else if (isObject(value)) judgeFields(value, shape, depth)
    if (depth === 'whole') judgeAlternatives(value, shape)
  }

  visit(object, root, 'whole')
  return findings
}
