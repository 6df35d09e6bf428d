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

/** Lines as they are written: of each value the first one begins with `lead`, the others with `margin`. */
class Lines {
  text = ''

  sequence(list: Json[], lead: string, margin: string): void {
    let start = lead
    for (const item of list) {
      this.inside(item, `${start}- `, `${margin}  `)
      start = margin
    }
  }

  mapping(map: JsonObject, keys: string[], lead: string, margin: string): void {
    let start = lead
    for (const key of keys) {
      this.entry(key, map[key]!, start, margin)
      start = margin
    }
  }

  entry(key: string, value: Json, lead: string, margin: string): void {
    const written = inline(key)
    this.text += lead
    this.text += written.length > longestSimpleKey ? `? ${written}\n${margin}:` : `${written}:`
    const deeper = `${margin}  `
    if (!isCollection(value)) {
      this.text += ' '
      this.text += scalar(value, deeper)
      this.text += '\n'
      return
    }
    this.text += '\n'
    if (Array.isArray(value)) this.sequence(value, margin, margin)
    else this.mapping(value, Object.keys(value).sort(), deeper, deeper)
  }

  inside(value: Json, lead: string, margin: string): void {
    if (!isCollection(value)) {
      this.text += lead
      this.text += scalar(value, margin)
      this.text += '\n'
    } else if (Array.isArray(value)) this.sequence(value, lead, margin)
    else this.mapping(value, Object.keys(value).sort(), lead, margin)
  }
}

/**
 * The one YAML text of a value, ending in a newline: block style, two spaces, lists not indented, keys sorted by code unit
 * (of an object of Kubernetes apiVersion, kind and metadata first), no line folded, literal blocks for text of several lines, quotes wherever
 * any reader could see something else in a string. kubectl and our reader read back the very same value, save that half a surrogate
 * pair, which no UTF-8 holds, becomes U+FFFD. Throws TypeError for what is not JSON, NaN and infinity.
 */
export const writeYaml = (value: Json): string => {
  const lines = new Lines()
  if (isObject(value) && isCollection(value)) lines.mapping(value, topKeys(value), '', '')
  else lines.inside(value, '', '')
  return lines.text.toWellFormed()
}
