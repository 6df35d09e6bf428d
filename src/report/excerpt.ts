import type { Excerpt } from '../core/problem.ts'
import { widthOf } from './visible.ts'

/** Lines of minified files are long: so much is shown before the place, and so much in all. */
const lead = 40
const most = 96

/** What would move the cursor is shown as one column, so that the marks stand under what they mark. */
const oneColumn = (text: string): string =>
  text
    .replaceAll('\t', ' ')
    .replace(/[\p{Cc}\p{Cs}\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu, '\uFFFD')

/**
 * The line of a file and below it marks under the columns that are meant:
 *
 *     12 |   replica: 3
 *        |   ^^^^^^^
 */
export const excerptLines = ({ line, text, from, to }: Excerpt): string[] => {
  const start = text.length <= most ? 0 : Math.max(0, from - 1 - lead)
  const shown = text.slice(start, start + most)
  const before = start > 0 ? '…' : ''
  const marked = shown.slice(from - 1 - start, Math.max(from, to - 1) - start)
  const gutter = ' '.repeat(String(line).length)
  const indent = ' '.repeat(widthOf(before + oneColumn(shown.slice(0, from - 1 - start))))
  return [
    `${line} | ${before}${oneColumn(shown)}${start + most < text.length ? '…' : ''}`,
    `${gutter} | ${indent}${'^'.repeat(Math.max(1, widthOf(oneColumn(marked))))}`,
  ]
}
