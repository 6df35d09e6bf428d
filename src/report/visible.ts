import { grouped } from './count.ts'
/**
 * What a terminal would act on rather than show, or what a reader could be deceived by: control characters (ESC, CR, the C1 ones),
 * marks that turn the direction of text (CVE-2021-42574), what has no width (zero width space, byte order mark), line separators, and
 * halves of surrogate pairs.
 */
const hidden =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu

const short: { [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (character: string): string =>
  short[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`

/** The text on one line, with whatever a terminal would act on written as an escape: `\n`, `\u{1B}`. */
export const visible = (text: string): string => text.replace(hidden, escaped)

/** The lines of a text, each made visible; tabs are kept as two spaces. A last line break makes no line of its own. */
export const visibleLines = (text: string): string[] =>
  text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => visible(line.replaceAll('\t', '  ')))

/** The text cut to so many characters, with how many it had. Never cuts a surrogate pair in half. */
export const shortened = (text: string, most: number): string => {
  if (text.length <= most) return text
  const cut = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
  return `${cut}… (${grouped(text.length)} characters)`
}

const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u

/** Columns that a visible text takes: 2 for East Asian wide characters and emoji, none for marks that combine. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text) width += /\p{Mn}|\p{Me}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/**
 * The text in lines of at most so many columns, broken between words where that is possible; at most `most` lines, the last one cut where
 * something is left.
 */
export const wrapped = (text: string, columns: number, most: number): string[] => {
  const lines: string[] = []
  let rest = text
  while (rest !== '' && lines.length < most - 1 && widthOf(rest) > columns) {
    const whole = fitted(rest, columns + 1).replace(/…$/, '')
    const space = whole.lastIndexOf(' ')
    const cut = space > whole.length / 2 ? space : Math.max(1, whole.length)
    lines.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  return rest === '' ? lines : [...lines, fitted(rest, columns)]
}

/** The text cut to a number of columns, its last one an ellipsis where something was cut. */
export const fitted = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text
  let fits = ''
  let width = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > columns - 1) break
    fits += character
  }
  return columns > 0 ? `${fits}…` : ''
}
