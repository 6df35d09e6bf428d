import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { canBeBlock, inline, literalBlock } from './style.ts'

/** What an object is comes first, as everyone writes it. */
const leading = ['apiVersion', 'kind', 'metadata']

const topKeys = (map: JsonObject): string[] => {
  const keys = Object.keys(map).sort()
  if (typeof map['apiVersion'] !== 'string' || typeof map['kind'] !== 'string') return keys
  return [
    ...leading.filter((key) => Object.hasOwn(map, key)),
    ...keys.filter((key) => !leading.includes(key)),
  ]
}

/** Go's scanner gives a key up after 1024 characters, unless `?` announces it. */
const longestSimpleKey = 1000

const number = (value: number): string => {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`)
  return String(value === 0 ? 0 : value)
}

const isEmpty = (value: Json[] | JsonObject): boolean =>
  Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0

/** A scalar or an empty collection, in what remains of the line; a block's lines stand below `margin`. */
const scalar = (value: Json, margin: string): string => {
  if (typeof value === 'string')
    return canBeBlock(value) && margin !== '' ? literalBlock(value, margin) : inline(value)
  if (typeof value === 'number') return number(value)
  if (Array.isArray(value)) return '[]'
  return isObject(value) ? '{}' : String(value)
}

const isCollection = (value: Json): value is Json[] | JsonObject =>
  typeof value === 'object' && value !== null && !isEmpty(value)

/** Texts on lines of their own. V8 copies what `+=` joins once, in the end; `join` would copy it anew at each level. */
const joined = <T>(parts: T[], margin: string, textOf: (part: T) => string): string => {
  let text = ''
  for (const part of parts) text += `${text === '' ? '' : `\n${margin}`}${textOf(part)}`
  return text
}

/** The lines of a list whose dashes stand at `margin`, the first one without it: the caller has placed it already. */
const sequence = (list: Json[], margin: string): string =>
  joined(list, margin, (item) => `- ${inside(item, `${margin}  `)}`)

const entry = (key: string, value: Json, margin: string): string => {
  const written = inline(key)
  const start = written.length > longestSimpleKey ? `? ${written}\n${margin}:` : `${written}:`
  if (!isCollection(value)) return `${start} ${scalar(value, `${margin}  `)}`
  if (Array.isArray(value)) return `${start}\n${margin}${sequence(value, margin)}`
  return `${start}\n${margin}  ${mapping(value, Object.keys(value).sort(), `${margin}  `)}`
}

const mapping = (map: JsonObject, keys: string[], margin: string): string =>
  joined(keys, margin, (key) => entry(key, map[key]!, margin))

/** A value right behind a dash, whose own lines go on at `margin`. */
const inside = (value: Json, margin: string): string => {
  if (!isCollection(value)) return scalar(value, margin)
  return Array.isArray(value) ? sequence(value, margin) : mapping(value, Object.keys(value).sort(), margin)
}

/**
 * The one YAML text of a value, ending in a newline: block style, two spaces, lists not indented, keys sorted by code unit
 * (of an object of Kubernetes apiVersion, kind and metadata first), no line folded, literal blocks for text of several lines, quotes wherever
 * any reader could see something else in a string. kubectl and our reader read back the very same value, save that half a surrogate
 * pair, which no UTF-8 holds, becomes U+FFFD. Throws TypeError for what is not JSON, NaN and infinity.
 */
export const writeYaml = (value: Json): string => {
  const text = isObject(value) && isCollection(value) ? mapping(value, topKeys(value), '') : rootOf(value)
  return `${text.toWellFormed()}\n`
}

const rootOf = (value: Json): string => (isCollection(value) ? inside(value, '') : scalar(value, ''))
