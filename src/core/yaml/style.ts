import { plainValue } from './scalar.ts'

/**
 * What would be read as something else, or not be seen by who reviews a diff: control characters, the line ends of YAML 1.1,
 * byte order marks, and the marks that change the direction of text.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/

/** A plain scalar never begins like this; `-x` and `--x` may stand, as arguments of commands do. */
const plainStart = /^(?!\.\.\.)(?:--?[A-Za-z]|[^\s\-?:,[\]{}#&*!|>'"%@`=<~+])/
/** Only signs that numbers, dates and times of any YAML are made of: quoted, whatever some reader makes of it. */
const numberLike = /^[-+.0-9][-+.:0-9_eExXoObBa-fA-FtTzZ]*$/
const breaksPlain = /[\t\r\n]|:(?:\s|$)|\s#|\s$/

/** Whether every reader takes it for this very string without quotes: go-yaml, YAML 1.2, and the YAML 1.1 of other tools. */
const canBePlain = (text: string): boolean =>
  plainStart.test(text) &&
  !breaksPlain.test(text) &&
  !numberLike.test(text) &&
  !unprintable.test(text) &&
  plainValue(text) === text

const escapes: { [character: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
}

const escaped = (character: string): string => {
  const known = escapes[character]
  if (known !== undefined) return known
  const code = character.codePointAt(0)!.toString(16).toUpperCase()
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}

const toEscape = new RegExp(`["\\\\\\t\\r\\n]|${unprintable.source}`, 'g')
const doubleQuoted = (text: string): string => `"${text.replace(toEscape, escaped)}"`

const written = new Map<string, string>()
/** Keys and short values come again and again; more of them than this are no longer remembered. */
const mostWritten = 20_000
const longestWritten = 40

/** A string on one line, as key or value: plain where it can be, else in the quotes that need fewer escapes. */
export const inline = (text: string): string => {
  if (text.length > longestWritten) return quotedWhereNeeded(text)
  const known = written.get(text)
  if (known !== undefined) return known
  const fresh = quotedWhereNeeded(text)
  if (written.size < mostWritten) written.set(text, fresh)
  return fresh
}

const quotedWhereNeeded = (text: string): string => {
  if (canBePlain(text)) return text
  const single = /["\\]/.test(text) && !/['\t\r\n]/.test(text) && !unprintable.test(text)
  return single ? `'${text}'` : doubleQuoted(text)
}

/** Whether a literal block holds it exactly. Tabs and trailing spaces it does; a lone carriage return would end a line. */
export const canBeBlock = (text: string): boolean =>
  text.includes('\n') && /\S/.test(text) && !text.includes('\r') && !unprintable.test(text)

/** A literal block: `|`, its marks, and its lines below `margin`. Blank lines stay empty; spaces at the end of a line stay. */
export const literalBlock = (text: string, margin: string): string => {
  const width = /^[ \t\n]/.test(text) ? '2' : ''
  const chomping = !text.endsWith('\n') ? '-' : /\n\n$|^\n$/.test(text) ? '+' : ''
  const body = chomping === '-' ? text : text.slice(0, -1)
  const lines = body.split('\n').map((line) => (line === '' ? '' : margin + line))
  return `|${width}${chomping}\n${lines.join('\n')}`
}
