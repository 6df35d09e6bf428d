import { isObject, setField } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'

const isNullFor = (value: Json | undefined, schema: JsonObject): boolean =>
  value === null && schema['nullable'] !== true && schema['default'] !== undefined

const child = (schema: JsonObject, keyword: string): JsonObject | undefined =>
  isObject(schema[keyword]) ? schema[keyword] : undefined

const inMap = (map: JsonObject, schema: JsonObject): JsonObject => {
  const properties = child(schema, 'properties') ?? {}
  const others = child(schema, 'additionalProperties')
  const full: JsonObject = {}
  for (const [key, value] of Object.entries(map)) {
    const declared = Object.hasOwn(properties, key) ? properties[key] : others
    setField(full, key, isObject(declared) ? withDefaults(value, declared) : value)
  }
  for (const [key, declared] of Object.entries(properties))
    if (isObject(declared) && declared['default'] !== undefined && !Object.hasOwn(map, key))
      setField(full, key, withDefaults(declared['default'], declared))
  return full
}

/**
 * A custom resource as the API server judges what server-side apply sends: with the defaults of its schema filled in, also where null stands for a value
 * that is not nullable. A copy; the object itself stays as it is. (A create also drops such nulls without a default; an apply does not.)
 * Source: apiextensions-apiserver, pkg/apiserver/schema/defaulting/algorithm.go.
 */
export const withDefaults = (value: Json, schema: JsonObject): Json => {
  if (isNullFor(value, schema)) return withDefaults(schema['default'] as Json, schema)
  if (isObject(value)) return inMap(value, schema)
  const items = child(schema, 'items')
  return Array.isArray(value) && items ? value.map((item) => withDefaults(item, items)) : value
}
