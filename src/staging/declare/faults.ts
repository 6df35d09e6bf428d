import type { ErrorObject } from 'ajv'
import { isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { keysOfPointer, pointerOf } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'
import { suggest } from '../../core/suggest.ts'
import type { SchemaName } from './schema-files.ts'
import { errorsOf, pointerOfPart, resolved } from './schemas.ts'
import type { Schema } from './schemas.ts'

/**
 * One fault of a file's structure, before it has words. `path` leads to the value, for an unknown or missing key to the map around it.
 * `schema` is the schema that the value (or the key that is missing, or the first of those that are) should follow.
 */
export type Fault =
  | { fault: 'type'; path: Path; value: Json; schema: Schema }
  | { fault: 'value'; path: Path; value: Json; keyword: string; schema: Schema }
  | { fault: 'name'; path: Path; key: string; schema: Schema }
  | { fault: 'unknown'; path: Path; key: string; known: string[]; elsewhere: string[] }
  | { fault: 'missing'; path: Path; key: string; schema: Schema }
  | { fault: 'both'; path: Path; keys: string[] }
  | { fault: 'neither'; path: Path; keys: string[]; schema: Schema }

/** The path of an instance pointer. Steps into lists are numbers. */
const pathOf = (pointer: string, root: Json): Path => {
  let value: Json | undefined = root
  return keysOfPointer(pointer).map((key) => {
    const step = Array.isArray(value) ? Number(key) : key
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined
    return step
  })
}

/** Of the alternatives that a map may follow, the one that its keys come nearest to. */
const nearestBranch = (value: Json, branches: Schema[]): number => {
  if (!isObject(value)) return 0
  const keys = Object.keys(value)
  const score = (branch: Schema): number => {
    const known = Object.keys(branch.properties ?? {})
    const fitting = keys.filter((key) => known.includes(key) || suggest(key, known) !== undefined)
    const lacking = (branch.required ?? []).filter((key) => !keys.includes(key))
    return fitting.length - lacking.length / 10
  }
  const scores = branches.map(score)
  return scores.indexOf(Math.max(...scores))
}

/** Whether a `oneOf` is of keys, one of which a map must have; else it is of whole maps. */
const isOfKeys = (error: ErrorObject): boolean =>
  (error.schema as Schema[]).every((branch) => branch.properties === undefined)

/** Faults of a `oneOf`: of a choice of keys by name, else those of the nearest alternative alone. */
const faultsOfChoice = (name: SchemaName, error: ErrorObject, path: Path): Fault[] => {
  const branches = error.schema as Schema[]
  if (isOfKeys(error)) {
    const value = error.data as Json
    // Said as what it is by its type.
    if (!isObject(value)) return []
    const keys = branches.flatMap((branch) => branch.required ?? [])
    const present = keys.filter((key) => Object.hasOwn(value, key))
    if (present.length > 0) return [{ fault: 'both', path, keys: present }]
    const schema = (error.parentSchema as Schema).properties?.[keys[0] ?? '']
    return [{ fault: 'neither', path, keys, schema: resolved(name, schema) }]
  }
  const nearest = nearestBranch(error.data as Json, branches)
  const elsewhere = branches.flatMap((branch) => Object.keys(branch.properties ?? {}))
  return everyFault(name, error.data as Json, pointerOfPart(name, branches[nearest])).map((fault) => ({
    ...fault,
    path: [...path, ...fault.path],
    ...(fault.fault === 'unknown' ? { elsewhere } : {}),
  }))
}

const faultOf = (name: SchemaName, error: ErrorObject, path: Path): Fault | undefined => {
  const schema = error.parentSchema as Schema
  const value = error.data as Json
  const { keyword } = error
  if (error.propertyName !== undefined) return { fault: 'name', path, key: error.propertyName, schema }
  const params = error.params as { [name: string]: unknown }
  switch (keyword) {
    case 'additionalProperties': {
      const known = Object.keys(schema.properties ?? {})
      return { fault: 'unknown', path, key: String(params['additionalProperty']), known, elsewhere: [] }
    }
    case 'required': {
      const key = String(params['missingProperty'])
      return { fault: 'missing', path, key, schema: resolved(name, schema.properties?.[key]) }
    }
    case 'type':
      return { fault: 'type', path, value, schema }
    case 'uniqueItems': {
      const index = Math.max(Number(params['i']), Number(params['j']))
      return {
        fault: 'value',
        path: [...path, index],
        value: (value as Json[])[index] ?? null,
        keyword,
        schema: {},
      }
    }
    // The wrapper around what a name has against it.
    case 'propertyNames':
      return undefined
    default:
      return { fault: 'value', path, value, keyword, schema }
  }
}

const everyFault = (name: SchemaName, value: Json, part = ''): Fault[] => {
  const errors = errorsOf(name, value, part)
  const choices = errors.filter((error) => error.keyword === 'oneOf')
  // Whatever lies within a choice was said of each of its alternatives: noise.
  const inChoice = (error: ErrorObject): boolean =>
    choices.some((choice) =>
      isOfKeys(choice)
        ? error.instancePath === choice.instancePath && error.schemaPath.startsWith(`${choice.schemaPath}/`)
        : `${error.instancePath}/`.startsWith(`${choice.instancePath}/`),
    )
  return [...errors.filter((error) => !inChoice(error) && error.keyword !== 'oneOf'), ...choices].flatMap(
    (error) => {
      const path = pathOf(error.instancePath, value)
      if (error.keyword === 'oneOf') return faultsOfChoice(name, error, path)
      return faultOf(name, error, path) ?? []
    },
  )
}

/** A misspelt key is one fault, not an unknown one and a missing one. */
const withoutEchoes = (faults: Fault[]): Fault[] => {
  const seen = new Set<string>()
  for (const fault of faults)
    if (fault.fault === 'unknown') {
      const meant = suggest(fault.key, fault.known)
      if (meant !== undefined) seen.add(`missing ${pointerOf([...fault.path, meant])}`)
    }
  const missed = (fault: Fault): boolean =>
    fault.fault === 'neither' &&
    fault.keys.some((key) => seen.has(`missing ${pointerOf([...fault.path, key])}`))
  return faults.filter((fault) => {
    if (missed(fault)) return false
    const kind = fault.fault === 'type' ? 'value' : fault.fault
    const name = `${kind} ${pointerOf('key' in fault ? [...fault.path, fault.key] : fault.path)}`
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

/** Every fault of a value against its schema, each once; of a choice of maps, those of the one that is nearest. */
export const faultsOf = (name: SchemaName, value: Json): Fault[] => withoutEchoes(everyFault(name, value))
