import { shortened, visible } from './visible.ts'

const longestName = 150

/** The longest run of backticks in a text. */
const longestRun = (text: string): number =>
  Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))

/**
 * Somebody else's text on one line as code, in which neither Markdown, HTML nor GitLab's references (`@all`, `#1`) mean anything.
 */
export const code = (text: string): string => {
  const line = shortened(visible(text), longestName)
  const fence = '`'.repeat(longestRun(line) + 1)
  const space = line === '' || /^[` ]|[` ]$/.test(line) ? ' ' : ''
  return `${fence}${space}${line}${space}${fence}`
}

/**
 * The same inside an HTML element, such as `<summary>`, where backticks mean nothing: all punctuation that HTML or Markdown could
 * read is written by its number, which neither takes for structure.
 */
export const htmlCode = (text: string): string =>
  `<code>${shortened(visible(text), longestName).replace(/[^\p{L}\p{N} .,/:…()-]/gu, (one) => `&#${one.codePointAt(0)};`)}</code>`

/** The same in a cell of a table, whose pipes end it even in backticks, and a backslash before them doesn't help after another one. */
export const cell = (text: string): string => (text.includes('|') ? htmlCode(text) : code(text))

/** A block of lines as code of a language. Its fence is longer than any run of backticks in it, so nothing in it ends it. */
export const codeBlock = (language: string, lines: string[]): string => {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`
}
