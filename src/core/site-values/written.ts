/** A value that takes a placeholder's place. */
export interface Filling {
  /** `RELEASE/NAME`, for problems. */
  id: string
  /** The value. Of one that is made, line ends at its end don't count. */
  text: string
  /**
   * A recipe made it, in the form of what the chart made up itself: what the chart's own could stand in, it can. false: people chose it, and
   * it may hold anything.
   */
  made: boolean
}

/** Letters that mean themselves in YAML, JSON, URLs, shells and configuration files of any kind. */
const harmless = /^[A-Za-z0-9._~-]*$/

/** Signs that no line of a text holds; some of them end a line for some readers of YAML. Line ends and tabs are none. */
const control = /(?![\n\t]|\r\n)[\p{Cc}\u2028\u2029]/u

/** What stands before and after a part of a text on its first and last line. */
const aroundOf = (text: string, start: number, end: number): { before: string; after: string } => {
  const newline = text.indexOf('\n', end)
  return {
    before: text.slice(text.lastIndexOf('\n', start - 1) + 1, start),
    after: text.slice(end, newline < 0 ? text.length : newline),
  }
}

const isBlank = (text: string): boolean => /^[ \t]*$/.test(text)

/**
 * How a value is written where `text` has its placeholder, or the value itself, from `start` to `end`; undefined where it could break the
 * text or say something else in it. Masking and substituting both go by this, so that one undoes the other:
 * - it is the whole text: as it is;
 * - it has its lines to itself: as it is, the white space before it repeated on each of its further lines (`nindent`); of line ends at its end
 *   there is no second one before that of the text. What people chose is refused where it holds control characters;
 * - it is a part of a line: as it is where it is harmless, or made. The line ends of one that is made and has several are
 *   written `\n`, as in the quotes of JSON and YAML. What people chose is refused.
 */
export const writtenAt = (
  text: string,
  start: number,
  end: number,
  { text: value, made }: Omit<Filling, 'id'>,
): string | undefined => {
  const bare = value.replace(/\n+$/, '')
  const meant = made ? bare : value
  if (start === 0 && end === text.length) return meant
  if (!made && control.test(value)) return undefined
  const { before, after } = aroundOf(text, start, end)
  if (isBlank(before) && isBlank(after)) {
    const own = text[end] === '\n' ? bare : meant
    return own.replaceAll('\n', `\n${before}`)
  }
  if (harmless.test(meant)) return meant
  return made ? meant.replaceAll('\n', '\\n') : undefined
}
