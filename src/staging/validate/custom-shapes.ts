import { isObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { integerBoundsOf, readShape } from './shape.ts'
import type { Bound, Child, Shape } from './shape.ts'

/** What stands in allOf, anyOf, oneOf and not judges values alone: it neither names the fields that there are nor refuses null. */
const valuesOnly = (schema: JsonObject): Shape => ({ ...readShape(schema, valuesOnly), nullable: true })

const word: Child = () => valuesOnly({ type: 'string' })

/** `apiVersion`, `kind` and `metadata` belong to every object, whether its schema names them or not; the schema may judge metadata's values. */
const asWholeObject = (shape: Shape, schema: JsonObject, objectMeta: Shape): Shape => {
  const declared = isObject(schema['properties']) ? schema['properties']['metadata'] : undefined
  const metadata = isObject(declared) ? { ...objectMeta, allOf: [() => valuesOnly(declared)] } : objectMeta
  return {
    ...shape,
    properties: new Map([
      ...shape.properties,
      ['apiVersion', word],
      ['kind', word],
      ['metadata', () => metadata],
    ]),
  }
}

/** To server-side apply, a map without any named field takes all; the server then drops them, because its schema names none. */
const othersIn = (schema: JsonObject, shape: Shape): Shape['others'] => {
  const kept =
    schema['type'] !== 'object' ||
    shape.additional !== undefined ||
    schema['additionalProperties'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true
  return kept ? 'kept' : shape.properties.size === 0 ? 'dropped' : 'refused'
}

const inNumbers: readonly Bound[] = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]

/**
 * The server holds bounds as doubles and integers in their format, and refuses every value of a field whose bound, once it is a double,
 * has no place in the format: 2^63−1, which many CRDs name, becomes 2^63. Source: kube-openapi, pkg/validation/validate/validator.go.
 */
const withIntegers = (shape: Shape, schema: JsonObject): Shape => {
  if (schema['type'] !== 'integer') return shape
  const format = integerBoundsOf(schema['format'])
  const range = format.length > 0 ? format : integerBoundsOf('int64')
  const [lowest = 0, highest = 0] = range.map(([, limit]) => limit)
  const fits = (limit: number): boolean => Number.isInteger(limit) && limit >= lowest && limit <= highest
  const [possible, impossible] = [true, false].map((wanted) =>
    shape.bounds.filter(([bound, limit]) => (!inNumbers.includes(bound) || fits(Number(limit))) === wanted),
  ) as [Shape['bounds'], Shape['bounds']]
  return { ...shape, bounds: [...possible, ...range], impossible }
}

/**
 * Reads the `openAPIV3Schema` of one version of a CRD. It is a structural schema: each map in it takes the fields that it names, unless it
 * says `additionalProperties` or `x-kubernetes-preserve-unknown-fields`. Source: apiextensions-apiserver, pkg/apiserver/schema.
 */
export const customShape = (openAPIV3Schema: JsonObject, objectMeta: Shape): Shape => {
  const structural = (schema: JsonObject): Shape => {
    const shape = withIntegers(readShape(schema, structural, valuesOnly), schema)
    const plain: Shape = {
      ...shape,
      types: schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : shape.types,
      nullable: schema['nullable'] === true,
      others: othersIn(schema, shape),
    }
    return schema['x-kubernetes-embedded-resource'] === true
      ? {
          ...asWholeObject(plain, schema, objectMeta),
          required: Array.from(new Set([...plain.required, 'apiVersion', 'kind'])),
        }
      : plain
  }
  return asWholeObject(structural(openAPIV3Schema), openAPIV3Schema, objectMeta)
}
