import { setFlagsFromString } from 'node:v8'

// Go's patterns are matched in linear time, and nobody who wrote one had to fear `^(a+)+$`. V8 has such an engine as well,
// which takes over where backtracking gets out of hand; it knows no flag `u`, hence `plain` below.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** Whether a text has what a pattern asks for. */
export interface Pattern {
  test(text: string): boolean
}

/** What Go's RE2 writes in another way than JavaScript, and how JavaScript says it. */
const translations: [RegExp, string][] = [
  [/\(\?P</g, '(?<'],
  [/\\A/g, '^'],
  [/\\z/g, '$$'],
  [/\\x\{/g, '\\u{'],
  [/\\([pP])([A-Z])/g, '\\$1{$2}'],
  [/\[:alnum:\]/g, 'a-zA-Z0-9'],
  [/\[:alpha:\]/g, 'a-zA-Z'],
  [/\[:digit:\]/g, '0-9'],
  [/\[:lower:\]/g, 'a-z'],
  [/\[:upper:\]/g, 'A-Z'],
  [/\[:space:\]/g, '\\s'],
  [/\[:xdigit:\]/g, '0-9a-fA-F'],
]

/** `(?i)` at the start holds for the whole pattern; JavaScript has flags for that. */
const leadingFlags = /^\(\?([ims]+)\)/

/** Without the flag `u` these mean something else, which nobody meant: `\Qa.b\E` would be a Q, and so on. */
const meansOther = /\\(?:[pPQECa]|u\{)|\[:/

const surrogate = /[\uD800-\uDFFF]/

const compile = (source: string, flags: string): RegExp | undefined => {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/**
 * Finds what a pattern of Go's regexp package finds, or is undefined where there is none: such a pattern cannot be checked
 * here. To Go characters are code points, as to JavaScript with `u`. Where a text is of single units anyway, and where the
 * pattern escapes letters that need none, which Go allows and `u` forbids, it is compiled without.
 */
export const goPattern = (pattern: string): Pattern | undefined => {
  const flags = leadingFlags.exec(pattern)?.[1] ?? ''
  const source = translations.reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    pattern.replace(leadingFlags, ''),
  )
  const whole = compile(source, `${flags}u`)
  const plain = meansOther.test(source) || surrogate.test(source) ? undefined : compile(source, flags)
  if (whole === undefined || plain === undefined) return whole ?? plain
  return { test: (text) => (surrogate.test(text) ? whole : plain).test(text) }
}
