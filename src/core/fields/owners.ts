import { canonicalJson, isObject, parseJson } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { Path } from '../pointer.ts'

const isItem = (step: string, item: Json, index: number): boolean => {
  const said = step.slice(2)
  if (step.startsWith('i:')) return Number(said) === index
  const wanted = parseJson(said)
  if (step.startsWith('v:')) return canonicalJson(item) === canonicalJson(wanted)
  return (
    isObject(item) &&
    isObject(wanted) &&
    Object.entries(wanted).every(([key, one]) => canonicalJson(item[key] ?? null) === canonicalJson(one))
  )
}

/** Whether the fields (FieldsV1) have the place at `path` of a value: itself, what is below it, or what is around it as a whole. */
const have = (fields: JsonObject, value: Json | undefined, [step, ...rest]: Path): boolean => {
  const steps = Object.keys(fields).filter((one) => one !== '.')
  if (step === undefined || steps.length === 0) return true
  if (typeof step === 'string') {
    const inner = Object.hasOwn(fields, `f:${step}`) ? fields[`f:${step}`] : undefined
    return isObject(inner) && have(inner, isObject(value) ? value[step] : undefined, rest)
  }
  const item = Array.isArray(value) ? value[step] : undefined
  return steps.some((one) => {
    const inner = fields[one]
    return !one.startsWith('f:') && item !== undefined && isItem(one, item, step) && isObject(inner)
      ? have(inner, item, rest)
      : false
  })
}

/**
 * Who owns the place at `path` of a live object, by the server's record (`metadata.managedFields`); sorted. Nobody, where no manager
 * has ever set it: the server's own defaults.
 */
export const ownersOf = (object: KubeObject, path: Path): string[] => {
  const managed = object.metadata['managedFields']
  const entries = (Array.isArray(managed) ? managed : []).filter(isObject)
  const owners = entries.flatMap(({ manager, fieldsV1 }) =>
    typeof manager === 'string' &&
    isObject(fieldsV1) &&
    Object.keys(fieldsV1).length > 0 &&
    have(fieldsV1, object, path)
      ? [manager]
      : [],
  )
  return Array.from(new Set(owners)).sort()
}
