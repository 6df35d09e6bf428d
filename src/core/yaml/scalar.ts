import type { Json } from '../json.ts'
import { utf8Text } from '../utf-8.ts'

/**
 * What an untagged plain scalar, or one with a tag, means to Kubernetes.
 * Source: go.yaml.in/yaml/v2 `resolve.go`, then sigs.k8s.io/yaml and k8s.io/apimachinery `util/json`, which go through JSON:
 * so `1.0` is 1, and an integer beyond 64 bits is a float.
 */

const yes = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']
const no = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']

/** Infinity and NaN are here because they are no strings; whoever asks must refuse them, for JSON cannot hold them. */
const words = new Map<string, boolean | null | number>([
  ...yes.map((word) => [word, true] as const),
  ...no.map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
])

/** Only these first characters can begin anything but a string. */
const begins = /^[-+.0-9yYnNtTfFoO~]/
const numeric = /^[-+0-9]/

const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/
const based = /^([-+]?)0([xX][0-9a-fA-F]+|[bB][01]+|[oO]?[0-7]+)$/
/** go-yaml cuts `0b` off and reads the rest as a signed number, so a sign is taken after it as well. */
const signedBinary = /^0b([-+])([01]+)$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/** Without a digit before the point, Go's ParseFloat itself judges the underscores: only between digits. */
const dotted = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)?$/

const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)
const largestUnsigned = 2n ** 64n - 1n

/** The number itself where a double holds it exactly, else the bigint. */
const narrowed = (integer: bigint): number | bigint => {
  const double = Number(integer)
  return Number.isSafeInteger(double) ? double : integer
}

/** Go's ParseInt(text, 0, 64), and ParseUint where that overflows; underscores are gone already. */
const integerOf = (text: string): number | bigint | undefined => {
  if (decimal.test(text)) {
    const double = Number(text)
    // Minus zero is no integer of Go's.
    if (Number.isSafeInteger(double)) return double === 0 ? 0 : double
  }
  const binary = signedBinary.exec(text)
  const signed = binary ? `${binary[1]}0b${binary[2]}` : text
  const match = based.exec(signed)
  if (!match && !decimal.test(text)) return undefined
  const sign = match ? match[1] : /^[-+]?/.exec(text)?.[0]
  const digits = match ? `0${/^[0-7]/.test(match[2]!) ? 'o' : ''}${match[2]!}` : text.replace(/^[-+]/, '')
  const magnitude = BigInt(digits.toLowerCase())
  const value = sign === '-' ? -magnitude : magnitude
  if (value >= smallest && value <= largest) return narrowed(value)
  // ParseUint takes no sign.
  return sign === '' && value <= largestUnsigned ? value : undefined
}

/** Go's ParseFloat; a number too large for a double is none, so `1e400` stays a string. */
const floatOf = (text: string): number | undefined => {
  if (!float.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** An integer of YAML (number or bigint), a float in its wrapper, or what a word or a string says. */
type Resolved = null | boolean | string | number | bigint | Float
class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

const resolve = (text: string): Resolved => {
  if (text === '') return null
  if (!begins.test(text)) return text
  const word = words.get(text)
  if (word !== undefined) return typeof word === 'number' ? new Float(word) : word
  if (text.startsWith('.')) {
    const value = floatOf(dotted.test(text) ? text.replaceAll('_', '') : text)
    return value === undefined ? text : new Float(value)
  }
  if (!numeric.test(text)) return text
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const integer = integerOf(plain)
  if (integer !== undefined) return integer
  const value = floatOf(plain)
  return value === undefined ? text : new Float(value)
}

/** What Go's JSON makes of a float: an integer in digits is an integer again if 64 bits hold it. */
const throughJson = (value: number): number | bigint => {
  if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return value
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const integer = BigInt(String(value))
  return integer >= smallest && integer <= largest ? integer : value
}

/** What Go makes of a number in JSON: 64 bits for an integer, a float for a larger one. */
export const throughGo = (value: number | bigint): number | bigint => {
  if (typeof value === 'number') return throughJson(value)
  return value >= smallest && value <= largest ? value : Number(value)
}

const asJson = (resolved: Resolved): Json => {
  if (resolved instanceof Float) return throughJson(resolved.value)
  return typeof resolved === 'bigint' ? throughGo(resolved) : resolved
}

/** The value of an untagged plain scalar. Gives Infinity or NaN for `.inf` and `.nan`, which the caller must refuse. */
export const plainValue = (text: string): Json => asJson(resolve(text))

/** Go's FormatFloat(value, 'g', -1, 32), with go-yaml's names for what is not finite. */
const floatKey = (value: number): string => {
  const single = Math.fround(value)
  if (Number.isNaN(single)) return '.nan'
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  if (single === 0) return Object.is(single, -0) ? '-0' : '0'
  let precision = 1
  while (precision < 9 && Math.fround(Number(single.toPrecision(precision))) !== single) precision++
  const [digits = '', power = ''] = single.toExponential(precision - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(Number(single.toPrecision(precision)))
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** What a plain scalar is as a key: always a string in JSON (`n:` is "false"). Undefined where it can be no key: null, and integers above 63 bits. */
export const plainKey = (text: string): string | undefined => {
  const resolved = resolve(text)
  if (resolved instanceof Float) return floatKey(resolved.value)
  if (resolved === null || (typeof resolved === 'bigint' && resolved > largest)) return undefined
  return String(resolved)
}

const standard = 'tag:yaml.org,2002:'
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const binaryText = (text: string): string | undefined => {
  const joined = text.replace(/[\r\n]/g, '')
  return base64.test(joined) ? utf8Text(Buffer.from(joined, 'base64')) : undefined
}

const kindOf = (resolved: Resolved): string => {
  if (resolved === null) return 'null'
  if (resolved instanceof Float) return 'float'
  if (typeof resolved === 'boolean') return 'bool'
  return typeof resolved === 'string' ? 'str' : 'int'
}

/**
 * The value of a scalar with a tag, `tag` in its long form. A tag that go-yaml does not know makes a string of it.
 * Undefined where the text is not of the type that the tag claims.
 */
export const taggedValue = (tag: string, text: string): Json | undefined => {
  const name = tag.startsWith(standard) ? tag.slice(standard.length) : ''
  if (name === 'binary') return binaryText(text)
  if (name === 'timestamp') return timestamp.test(text) ? text : undefined
  if (!['bool', 'int', 'float', 'null'].includes(name)) return text
  const resolved = resolve(text)
  if (kindOf(resolved) === name) return asJson(resolved)
  const isInteger = typeof resolved === 'number' || (typeof resolved === 'bigint' && resolved <= largest)
  return name === 'float' && isInteger ? throughJson(Number(resolved)) : undefined
}
