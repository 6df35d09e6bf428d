import { isObject, setField } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'

const isMissing = (value: Json | undefined, schema: JsonObject): boolean =>
  value === undefined || (value === null && schema['nullable'] !== true)

const child = (schema: JsonObject, keyword: string): JsonObject | undefined =>
  isObject(schema[keyword]) ? schema[keyword] : undefined

const fieldsWithDefaults = (
  map: JsonObject,
  properties: JsonObject,
  others: JsonObject | undefined,
): JsonObject => {
  const full: JsonObject = {}
  for (const [key, value] of Object.entries(map)) {
    const declared = Object.hasOwn(properties, key) ? properties[key] : others
    if (!isObject(declared)) setField(full, key, value)
    else if (!isMissing(value, declared)) setField(full, key, withDefaults(value, declared))
  }
  for (const [key, declared] of Object.entries(properties)) {
    if (!isObject(declared) || declared['default'] === undefined || Object.hasOwn(full, key)) continue
    setField(full, key, withDefaults(declared['default'], declared))
  }
  return full
}

/**
 * A custom resource as the API server judges it: with the defaults of its schema filled in, and without the nulls of fields
 * that are not nullable. A copy; the object itself stays as it is.
 * Source: apiextensions-apiserver, pkg/apiserver/schema/defaulting: `Default`, then `PruneNonNullableNullsWithoutDefaults`.
 */
export const withDefaults = (value: Json, schema: JsonObject): Json => {
  if (isObject(value))
    return fieldsWithDefaults(value, child(schema, 'properties') ?? {}, child(schema, 'additionalProperties'))
  const items = child(schema, 'items')
  if (!Array.isArray(value) || items === undefined) return value
  return value.map((item) =>
    isMissing(item, items) && items['default'] !== undefined ? items['default'] : withDefaults(item, items),
  )
}
