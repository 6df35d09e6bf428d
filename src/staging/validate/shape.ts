import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { customFormat } from './formats.ts'
import type { Format } from './formats.ts'
import { goPattern } from './pattern.ts'
import type { Pattern } from './pattern.ts'

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'

/** One schema, read: everything that judging a value needs, and nothing of how it was written. */
export interface Shape {
  types: readonly JsonType[] | undefined
  /** null stands for itself. Where it does not, it is an error. */
  nullable: boolean
  /** null stands for an absent field: so Go decodes it. */
  nullIsAbsent: boolean
  properties: Map<string, Child>
  /** What the keys that are no properties hold; undefined where nothing is said of them. */
  additional: Child | undefined
  /** What the server does with other keys than the properties: it refuses them, drops them without a word, or keeps them. */
  others: 'refused' | 'dropped' | 'kept'
  items: Child | undefined
  required: string[]
  enum: Json[] | undefined
  format: { name: string; test: Format } | undefined
  pattern: { source: string; test: Pattern | undefined } | undefined
  /** Bounds as pairs of keyword and number, for those keywords that are there. */
  bounds: [Bound, number | bigint][]
  /** Those of the bounds that the server cannot compare an integer with: it then refuses every value. */
  impossible: [Bound, number | bigint][]
  /** For lists whose items must differ: in these keys, or, where there are none, as a whole. */
  unique: string[] | undefined
  /** The value of the field where it is left out. */
  fallback: Json | undefined
  allOf: Child[]
  anyOf: Child[]
  oneOf: Child[]
  not: Child | undefined
}

/** A shape is made when a value needs it first: a CRD of a megabyte costs only what its objects use. */
export type Child = () => Shape

const boundKeywords = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const
export type Bound = (typeof boundKeywords)[number]

const types: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean']

const once = (make: Child): Child => {
  let made: Shape | undefined
  return () => (made ??= make())
}

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const isNumber = (value: Json | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

/** OpenAPI's `exclusiveMinimum: true` makes `minimum` exclusive. */
const boundsOf = (schema: JsonObject): [Bound, number | bigint][] =>
  boundKeywords.flatMap((keyword): [Bound, number | bigint][] => {
    if (keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') return []
    const value = schema[keyword]
    if (!isNumber(value)) return []
    if (keyword === 'minimum' && schema['exclusiveMinimum'] === true) return [['exclusiveMinimum', value]]
    if (keyword === 'maximum' && schema['exclusiveMaximum'] === true) return [['exclusiveMaximum', value]]
    return [[keyword, value]]
  })

const integerRanges: { [format: string]: [number | bigint, number | bigint] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2n ** 64n - 1n],
}

/** The bounds of the integers that have this format; none for a format that is not one of integers. */
export const integerBoundsOf = (format: Json | undefined): [Bound, number | bigint][] => {
  const range =
    typeof format === 'string' && Object.hasOwn(integerRanges, format) ? integerRanges[format] : undefined
  return range
    ? [
        ['minimum', range[0]],
        ['maximum', range[1]],
      ]
    : []
}

const listKeysOf = (schema: JsonObject): string[] | undefined => {
  if (schema['x-kubernetes-list-type'] === 'set') return []
  const keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys)) return undefined
  return keys.filter((key) => typeof key === 'string')
}

const patternOf = (schema: JsonObject): Shape['pattern'] =>
  typeof schema['pattern'] === 'string'
    ? { source: schema['pattern'], test: goPattern(schema['pattern']) }
    : undefined

const formatOf = (schema: JsonObject): Shape['format'] => {
  const name = schema['format']
  const test = typeof name === 'string' ? customFormat(name) : undefined
  return typeof name === 'string' && test ? { name, test } : undefined
}

/**
 * What every dialect of schemas writes in the same way; a dialect overrides what it means differently. `childOf` reads the
 * schemas of fields and items, `alternativeOf` those in allOf, anyOf, oneOf and not.
 */
export const readShape = (
  schema: JsonObject,
  childOf: (schema: JsonObject) => Shape,
  alternativeOf: (schema: JsonObject) => Shape = childOf,
): Shape => {
  const child = (value: JsonObject): Child => once(() => childOf(value))
  const alternative = (value: JsonObject): Child => once(() => alternativeOf(value))
  const { type, properties, additionalProperties, items, not, required } = schema
  return {
    types: typeof type === 'string' && types.includes(type) ? [type as JsonType] : undefined,
    nullable: false,
    nullIsAbsent: false,
    properties: new Map(
      Object.entries(isObject(properties) ? properties : {}).flatMap(([name, value]): [string, Child][] =>
        isObject(value) ? [[name, child(value)]] : [],
      ),
    ),
    additional: isObject(additionalProperties) ? child(additionalProperties) : undefined,
    others: 'kept',
    items: isObject(items) ? child(items) : undefined,
    required: Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [],
    enum: Array.isArray(schema['enum']) ? schema['enum'] : undefined,
    format: formatOf(schema),
    pattern: patternOf(schema),
    bounds: boundsOf(schema),
    impossible: [],
    unique: listKeysOf(schema),
    fallback: schema['default'],
    allOf: list(schema['allOf']).map(alternative),
    anyOf: list(schema['anyOf']).map(alternative),
    oneOf: list(schema['oneOf']).map(alternative),
    not: isObject(not) ? alternative(not) : undefined,
  }
}
