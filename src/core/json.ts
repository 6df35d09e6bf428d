import { utf8Text } from './utf-8.ts'

/**
 * JSON as Kubernetes means it. An integer beyond 2^53 is a `bigint` and every other number is a `number`;
 * so nothing that a manifest says is rounded on its way (CRDs do say `maximum: 9223372036854775807`).
 */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

/**
 * Only a text with a run of 16 digits, where a number can begin, can hold an integer that a double cannot: a reviver costs 8 times as much, and in
 * one of forty digests there is such a run somewhere. What stands before it is looked at last: digits are rarer.
 */
const mayHoldBigInteger = /\d{16}(?<=(?:^|[\s:,[])-?\d{16})/

/** Go reads an integer of more than 64 bits as a float, and so does the API server. */
const fitsInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value

type Source = { source?: string }
const keepInteger = (_key: string, value: unknown, context?: Source): unknown => {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  if (context?.source === undefined || !/^-?\d+$/.test(context.source)) return value
  const exact = BigInt(context.source)
  return fitsInt64(exact) ? exact : value
}

/** Reads JSON without rounding an integer. Throws SyntaxError as JSON.parse does. */
export const parseJson = (text: string): Json =>
  (mayHoldBigInteger.test(text)
    ? JSON.parse(text, keepInteger as (key: string, value: unknown) => unknown)
    : JSON.parse(text)) as Json

/** The value of a JSON text in UTF-8, or undefined where the bytes are none. */
export const jsonOf = (bytes: Uint8Array): Json | undefined => {
  const text = utf8Text(bytes)
  try {
    return text === undefined ? undefined : parseJson(text)
  } catch {
    return undefined
  }
}

type RawJson = { rawJSON(text: string): unknown }
const writeInteger = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? (JSON as unknown as RawJson).rawJSON(value.toString()) : value

/** Writes JSON; a `bigint` is written as the integer that it is. `indent` is in spaces. */
export const printJson = (value: unknown, indent?: number): string => {
  try {
    return JSON.stringify(value, undefined, indent)
  } catch (error) {
    // A bigint somewhere. Most texts hold none, and to be asked for every value costs ten times as much.
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, writeInteger, indent)
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets a key even where it is named `__proto__`: an assignment would change the prototype and lose the field. */
export const setField = (target: JsonObject, key: string, value: Json): void => {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** The same value with the keys of every map in code unit order: what digests and files are made of. */
export const sortKeys = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isObject(value)) return value
  const sorted: JsonObject = {}
  for (const key of Object.keys(value).sort()) setField(sorted, key, sortKeys(value[key] as Json))
  return sorted
}

/** One text for one value: sorted keys, no white space. */
export const canonicalJson = (value: Json): string => printJson(sortKeys(value))
