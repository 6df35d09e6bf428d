import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KindSchemas } from '../../core/target.ts'
import { builtInFormats } from './formats.ts'
import { integerBoundsOf, readShape } from './shape.ts'
import type { JsonType, Shape } from './shape.ts'

/** Types with decoders of their own, of which OpenAPI tells less than the decoder asks. */
const ownDecoders: { [name: string]: { types?: JsonType[]; format?: string } } = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { types: ['string', 'number'], format: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { types: ['integer', 'string'], format: 'int32' },
  // What lies below these is read without strictness: a field that a schema in `items` does not know is dropped silently.
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': {
    types: ['object', 'array'],
  },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': {
    types: ['object', 'boolean'],
  },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': {
    types: ['object', 'array'],
  },
}

const formatOf = (name: Json | undefined): Shape['format'] => {
  const test = typeof name === 'string' ? builtInFormats[name] : undefined
  return typeof name === 'string' && test ? { name, test } : undefined
}

const prefix = '#/definitions/'

/** The definition that a schema points to: `{$ref}`, or `{allOf: [{$ref}], default}` where a field has a default. */
const referenceOf = (schema: JsonObject): string | undefined => {
  const only = Array.isArray(schema['allOf']) && schema['allOf'].length === 1 ? schema['allOf'][0] : schema
  const reference = isObject(only) ? only['$ref'] : undefined
  return typeof reference === 'string' ? reference.slice(prefix.length) : undefined
}

/** To Go a boolean that is left out is false, so no server can ask for one, whatever its OpenAPI says. */
const isBoolean = (schema: JsonObject, name: string): boolean => {
  const property = isObject(schema['properties']) ? schema['properties'][name] : undefined
  return isObject(property) && property['type'] === 'boolean'
}

/**
 * Reads the definitions of built-in kinds, each when it is first asked for. They mean what Go's decoder of the API server does: null
 * is an absent field, a map with named fields takes no others, and integers have the size that they are stored in.
 */
export const builtInShapes = (schemas: KindSchemas): ((definition: string) => Shape) => {
  const read = new Map<string, Shape>()
  const childOf = (schema: JsonObject): Shape => {
    const reference = referenceOf(schema)
    if (reference !== undefined) return definition(reference)
    const shape = readShape(schema, childOf)
    return {
      ...shape,
      nullable: true,
      nullIsAbsent: true,
      others: shape.properties.size > 0 && shape.additional === undefined ? 'refused' : 'kept',
      required: shape.required.filter((name) => !isBoolean(schema, name)),
      format: formatOf(schema['format']),
      bounds: [...shape.bounds, ...integerBoundsOf(schema['format'])],
    }
  }
  const definition = (name: string): Shape => {
    const known = read.get(name)
    if (known) return known
    const own = ownDecoders[name]
    const shape = childOf(own ? {} : (schemas.definitions[name] ?? {}))
    const made = own
      ? { ...shape, types: own.types, format: formatOf(own.format), bounds: integerBoundsOf(own.format) }
      : shape
    read.set(name, made)
    return made
  }
  return definition
}
