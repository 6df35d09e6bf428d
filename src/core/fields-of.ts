import type { JsonObject } from './json.ts'

/** The text in a field of a record that we once wrote. Throws a TypeError that names the field where it is another thing, or missing. */
export const textOf = (map: JsonObject, name: string): string => {
  const value = map[name]
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`)
  return value
}

/** The same of a number. */
export const numberOf = (map: JsonObject, name: string): number => {
  const value = map[name]
  if (typeof value !== 'number') throw new TypeError(`${name} is no number`)
  return value
}
