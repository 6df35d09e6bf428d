import { isObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { readShape } from './shape.ts'
import type { Child, Shape } from './shape.ts'

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

/**
 * Reads the `openAPIV3Schema` of one version of a CRD. It is a structural schema: each map in it takes the fields that it names, unless it
 * says `additionalProperties` or `x-kubernetes-preserve-unknown-fields`. Source: apiextensions-apiserver, pkg/apiserver/schema.
 */
export const customShape = (openAPIV3Schema: JsonObject, objectMeta: Shape): Shape => {
  const structural = (schema: JsonObject): Shape => {
    const shape = readShape(schema, structural, valuesOnly)
    const plain: Shape = {
      ...shape,
      types: schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : shape.types,
      nullable: schema['nullable'] === true,
      closed:
        schema['type'] === 'object' &&
        shape.additional === undefined &&
        schema['additionalProperties'] !== true &&
        schema['x-kubernetes-preserve-unknown-fields'] !== true,
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
