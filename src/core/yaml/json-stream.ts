import { isObject, parseJson, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { deepest } from './parse.ts'
import { throughGo } from './scalar.ts'

/** Undefined where it is nested too deep. */
const decoded = (value: Json, left: number): Json | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return throughGo(value)
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (left === 0) return undefined
  if (!isObject(value)) {
    const items = value.map((item) => decoded(item, left - 1))
    return items.includes(undefined) ? undefined : (items as Json[])
  }
  const map: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    const field = decoded(inner, left - 1)
    if (field === undefined) return undefined
    setField(map, key.toWellFormed(), field)
  }
  return map
}

/**
 * The one JSON object that a stream is, or undefined where it is anything else. kubectl tries this before YAML where a
 * stream begins with `{`: JSON may be indented with tabs and may hold surrogate pairs, YAML may not.
 */
export const readJsonStream = (stream: string): { value: Json; line: number } | undefined => {
  const blank = /^\s*(?=\{)/.exec(stream)?.[0]
  if (blank === undefined) return undefined
  try {
    const value = decoded(parseJson(stream), deepest)
    return value === undefined ? undefined : { value, line: blank.split('\n').length }
  } catch {
    // No JSON; what is wrong with it the YAML reader will say.
    return undefined
  }
}
