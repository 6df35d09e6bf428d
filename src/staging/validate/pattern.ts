/** What Go's RE2 writes in another way than JavaScript, and how JavaScript says it. */
const translations: [RegExp, string][] = [
  [/\(\?P</g, '(?<'],
  [/\\A/g, '^'],
  [/\\z/g, '$'],
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

const compile = (source: string, flags: string): RegExp | undefined => {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/**
 * The RegExp that finds what a pattern of Go's regexp package finds, or undefined where there is none: such a pattern cannot be
 * checked here. First with `u`, in which characters are code points as in Go; without it where the pattern
 * escapes letters that need none, which Go allows and `u` forbids.
 */
export const goPattern = (pattern: string): RegExp | undefined => {
  const flags = leadingFlags.exec(pattern)?.[1] ?? ''
  const source = translations.reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    pattern.replace(leadingFlags, ''),
  )
  return compile(source, `${flags}u`) ?? compile(source, flags)
}
