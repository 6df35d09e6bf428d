import { Ajv } from 'ajv'
import type { ErrorObject } from 'ajv'
import type { Json } from '../../core/json.ts'
import { pointerOf } from '../../core/pointer.ts'
import { schemas } from './schema-files.ts'
import type { SchemaName } from './schema-files.ts'

/** The parts of a schema that messages are made of. */
export interface Schema {
  $ref?: string
  type?: string
  enum?: (string | number)[]
  pattern?: string
  patternErrorMessage?: string
  examples?: Json[]
  required?: string[]
  properties?: { [key: string]: Schema }
}

let compiler: Ajv | undefined

/** Made when it is first needed: `scout --help` must not wait for it. */
const ajv = (): Ajv => {
  if (compiler !== undefined) return compiler
  compiler = new Ajv({ allErrors: true, verbose: true, ownProperties: true, allowUnionTypes: true })
  // An annotation for editors (VS Code knows it), and the words that our own messages use.
  compiler.addVocabulary(['patternErrorMessage'])
  for (const [name, schema] of Object.entries(schemas)) compiler.addSchema(schema, name)
  return compiler
}

/**
 * What a schema, or the part of it at the JSON pointer `part`, has against a value.
 * Each error carries the schema and the data that it is about (`verbose`).
 */
export const errorsOf = (name: SchemaName, value: Json, part = ''): ErrorObject[] => {
  const validate = ajv().getSchema(`${name}#${part}`)
  if (validate === undefined) throw new Error(`no schema ${name}#${part}`)
  return validate(value) === true ? [] : (validate.errors ?? [])
}

/** The JSON pointer of a part of a schema, as an error carries it (`verbose`): its own path begins anew at each reference. */
export const pointerOfPart = (name: SchemaName, part: unknown): string | undefined => {
  const within = (schema: unknown, pointer: string): string | undefined => {
    if (schema === part) return pointer
    if (typeof schema !== 'object' || schema === null) return undefined
    for (const [key, inner] of Object.entries(schema)) {
      const found = within(inner, pointer + pointerOf([key]))
      if (found !== undefined) return found
    }
    return undefined
  }
  return within(schemas[name], '')
}

/** The schema itself in place of a reference to one of the file's definitions. */
export const resolved = (name: SchemaName, schema: Schema = {}): Schema => {
  const definition = schema.$ref?.replace('#/definitions/', '')
  if (definition === undefined) return schema
  return (schemas[name] as { definitions?: { [key: string]: Schema } }).definitions?.[definition] ?? {}
}
