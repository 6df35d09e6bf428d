import { writtenAt } from '../../../core/site-values/written.ts'

export interface Occurrence {
  start: number
  end: number
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

/** How a value of several lines can stand where its first line was found: as it is, indented, or with its line ends escaped. */
const formsAt = (text: string, start: number, value: string): string[] => {
  const before = text.slice(lineStart(text, start), start)
  const indented = /^[ \t]+$/.test(before) ? [value.replaceAll('\n', `\n${before}`)] : []
  return [...indented, value, value.replaceAll('\n', '\\n')]
}

const isWordSign = (sign: string | undefined): boolean => sign !== undefined && /[A-Za-z0-9_-]/.test(sign)

/**
 * Where a value stands in a text such that a placeholder in its place can be replaced by it again: as it is, each line indented alike, or
 * with `\n` for its line ends in the middle of a line. `asWord`: only where no letter, digit, `_` or `-` is next to it.
 */
export const occurrencesOf = (value: string, text: string, asWord: boolean): Occurrence[] => {
  const found: Occurrence[] = []
  const newline = value.indexOf('\n')
  const first = newline < 0 ? value : value.slice(0, newline)
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    const form = newline < 0 ? value : formsAt(text, start, value).find((one) => text.startsWith(one, start))
    if (form === undefined) continue
    const end = start + form.length
    if (asWord && (isWordSign(text[start - 1]) || isWordSign(text[end]))) continue
    if (writtenAt(text, start, end, { text: value, made: true }) !== form) continue
    found.push({ start, end })
    start = end - 1
  }
  return found
}
