import { canonicalJson, isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { schemas } from './schema-files.ts'
import type { SchemaName } from './schema-files.ts'

type Check = (argument: Json, value: Json, schema: { [keyword: string]: Json }, root: Json) => boolean

const types: { [type: string]: (value: Json) => boolean } = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isSafeInteger,
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
}

const isScalar = (value: Json): boolean => value === null || typeof value !== 'object'

const patterns = new Map<string, RegExp>()
const patternOf = (source: string): RegExp => {
  const known = patterns.get(source) ?? new RegExp(source, 'u')
  patterns.set(source, known)
  return known
}

const yes: Check = () => true

/** What each keyword asks of a value; of a value that is not of its type, nothing. Any other keyword is not understood here. */
const checks = new Map<string, Check>(
  Object.entries<Check>({
    $schema: yes,
    title: yes,
    description: yes,
    examples: yes,
    default: yes,
    definitions: yes,
    patternErrorMessage: yes,
    type: (type, value) => [type].flat().some((one) => types[one as string]?.(value) === true),
    enum: (choices, value) => isScalar(value) && (choices as Json[]).includes(value),
    const: (wanted, value) => isScalar(value) && wanted === value,
    pattern: (source, value) => typeof value !== 'string' || patternOf(source as string).test(value),
    // In UTF-16 units, which are never fewer than characters.
    maxLength: (most, value) => typeof value !== 'string' || value.length <= (most as number),
    minLength: (least, value) => typeof value !== 'string' || Array.from(value).length >= (least as number),
    minimum: (least, value) => typeof value !== 'number' || value >= (least as number),
    maximum: (most, value) => typeof value !== 'number' || value <= (most as number),
    minItems: (least, value) => !Array.isArray(value) || value.length >= (least as number),
    uniqueItems: (wanted, value) =>
      wanted !== true || !Array.isArray(value) || new Set(value.map(canonicalJson)).size === value.length,
    items: (item, value, _schema, root) =>
      !Array.isArray(value) || value.every((one) => isSound(item, one, root)),
    minProperties: (least, value) => !isObject(value) || Object.keys(value).length >= (least as number),
    required: (keys, value) =>
      !isObject(value) || (keys as string[]).every((key) => Object.hasOwn(value, key)),
    propertyNames: (name, value, _schema, root) =>
      !isObject(value) || Object.keys(value).every((key) => isSound(name, key, root)),
    properties: (properties, value, _schema, root) =>
      !isObject(value) ||
      Object.entries(properties as { [key: string]: Json }).every(
        ([key, schema]) => !Object.hasOwn(value, key) || isSound(schema, value[key] as Json, root),
      ),
    additionalProperties: (further, value, { properties }, root) =>
      !isObject(value) ||
      Object.entries(value).every(
        ([key, inner]) =>
          (isObject(properties) && Object.hasOwn(properties, key)) ||
          (further !== false && isSound(further, inner, root)),
      ),
    oneOf: (branches, value, _schema, root) =>
      (branches as Json[]).filter((branch) => isSound(branch, value, root)).length === 1,
    $ref: (to, value, _schema, root) => {
      const [, name = ''] = /^#\/definitions\/(\w+)$/.exec(to as string) ?? []
      const definitions = isObject(root) && isObject(root['definitions']) ? root['definitions'] : {}
      return Object.hasOwn(definitions, name) && isSound(definitions[name] as Json, value, root)
    },
  }),
)

const isSound = (schema: Json, value: Json, root: Json): boolean =>
  schema === true ||
  (isObject(schema) &&
    Object.entries(schema).every(
      ([keyword, argument]) => checks.get(keyword)?.(argument, value, schema, root) ?? false,
    ))

/**
 * Whether a value surely follows its schema. Where it may not, or where a keyword is not understood here, ajv has to be asked, which says
 * what is wrong: to load it and to have it compile the schemas takes longer than all else that is done with what people write.
 */
export const follows = (name: SchemaName, value: Json): boolean =>
  isSound(schemas[name] as unknown as Json, value, schemas[name] as unknown as Json)
