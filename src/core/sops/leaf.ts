import { isUtf8 } from 'node:buffer'
import type { Json } from '../json.ts'
import { plainValue, throughGo } from '../yaml/scalar.ts'

/** What sops calls the types of values; `null` it neither encrypts nor counts, a `comment` is no value at all. */
export type LeafType = 'str' | 'int' | 'float' | 'bool' | 'time' | 'bytes' | 'comment' | 'null'

/** A value as sops encrypts and counts it: its type, and the bytes of its one text (`True`, `-7`, `0.1`). */
export interface Leaf {
  type: LeafType
  bytes: Uint8Array
}

const encoder = new TextEncoder()
const leaf = (type: LeafType, text: string): Leaf => ({ type, bytes: encoder.encode(text) })

const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)

/** Go's FormatFloat(value, 'f', -1, 64): the fewest digits that give the number back, and no exponent. */
export const floatText = (value: number): string => {
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '', power] = String(value).split('e')
  if (power === undefined) return mantissa
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const point = whole.length + Number(power)
  const digits = whole + fraction
  const sign = value < 0 ? '-' : ''
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

const time =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)$/

/** A time as Go's MarshalText writes it (RFC 3339, no zeros at the end of a fraction), or undefined where it is none. */
const timeText = (text: string): string | undefined => {
  const [, year, month, day, hour, minute, second, fraction = '', zone] = time.exec(text) ?? []
  // The 30th of February would become the 1st of March.
  if (year === undefined || new Date(`${year}-${month}-${day}`).getUTCDate() !== Number(day)) return undefined
  const rest = fraction.replace(/\.?0+$/, '')
  const offset = zone === '+00:00' || zone === '-00:00' ? 'Z' : zone
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${rest}${offset}`
}

const shortTime =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/

/** An untagged plain scalar of YAML that go-yaml v3 takes for a time. Source: go.yaml.in/yaml/v3 `resolve.go`, parseTimestamp. */
const plainTime = (text: string): string | undefined => {
  const match = shortTime.exec(text)
  if (!match) return undefined
  const [, year, month = '', day = '', between, hour = '0', minute = '0', second = '0', fraction, zone] =
    match
  // A zone stands behind `T`, and must; behind a space it must not.
  if (between !== undefined && (between === ' ') !== (zone === undefined)) return undefined
  const two = (number: string): string => number.padStart(2, '0')
  const part = fraction === undefined ? '' : `.${fraction.slice(0, 9)}`
  return timeText(
    `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${part}${zone ?? 'Z'}`,
  )
}

/** YAML 1.1 takes these for booleans, go-yaml v3 (where nothing says that one is wanted) for text. */
const formerBooleans = /^(?:[yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$/

/**
 * What sops takes an untagged plain scalar for. Undefined for infinity and NaN, which JSON cannot hold.
 * Source: go.yaml.in/yaml/v3 `resolve.go`, by its differences from version 2.
 */
export const plainLeaf = (text: string): Leaf | undefined => {
  if (formerBooleans.test(text)) return leaf('str', text)
  const instant = plainTime(text)
  if (instant !== undefined) return leaf('time', instant)
  return leafOf(plainValue(text))
}

/**
 * The leaf of a value. Undefined where sops has none for it: an integer beyond 64 bits, a number that is not finite,
 * text with half a surrogate pair.
 */
export const leafOf = (value: Json): Leaf | undefined => {
  if (value === null) return leaf('null', '')
  if (typeof value === 'boolean') return leaf('bool', value ? 'True' : 'False')
  if (typeof value === 'string') return value.isWellFormed() ? leaf('str', value) : undefined
  if (typeof value === 'bigint')
    return value >= smallest && value <= largest ? leaf('int', String(value)) : undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isSafeInteger(value)
    ? leaf('int', String(value === 0 ? 0 : value))
    : leaf('float', floatText(value))
}

const parsed: { [type: string]: (text: string) => string | undefined } = {
  str: (text) => text,
  comment: (text) => text,
  int: (text) => {
    if (!/^[-+]?\d{1,30}$/.test(text)) return undefined
    const value = BigInt(text.replace('+', ''))
    return value >= smallest && value <= largest ? String(value) : undefined
  },
  float: (text) => {
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined
    const value = Number(text)
    return Number.isFinite(value) ? floatText(value) : undefined
  },
  bool: (text) => {
    if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return 'True'
    return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? 'False' : undefined
  },
  time: timeText,
}

/** Whether sops knows the type of a value that is encrypted. */
export const isLeafType = (type: string): type is Exclude<LeafType, 'null'> =>
  type === 'bytes' || Object.hasOwn(parsed, type)

/** The leaf of decrypted bytes, its text in the one form that is counted; undefined where they are not of that type. */
export const decryptedLeaf = (type: Exclude<LeafType, 'null'>, bytes: Uint8Array): Leaf | undefined => {
  if (type === 'bytes' || type === 'str' || type === 'comment') return { type, bytes }
  const text = parsed[type]?.(Buffer.from(bytes).toString('latin1'))
  return text === undefined ? undefined : leaf(type, text)
}

/** The value of a leaf in JSON; a time is its text. Undefined where bytes are no text. */
export const valueOf = ({ type, bytes }: Leaf): Json | undefined => {
  if (type === 'null') return null
  if (!isUtf8(bytes)) return undefined
  const text = Buffer.from(bytes).toString('utf8')
  if (type === 'bool') return text === 'True'
  if (type === 'int') return throughGo(Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))
  return type === 'float' ? throughGo(Number(text)) : text
}
