import type { Place } from './recipe.ts'
import { writtenAt } from './written.ts'

/** A value as it stands in a text: from where to where, and what it is once indentation and escapes of the text are taken away. */
export interface Cut {
  start: number
  end: number
  value: string
}

const isBlank = (text: string): boolean => /^[ \t]+$/.test(text)

/** The value that is written like this there; undefined where a placeholder in its place could not be filled so again. */
const valueAt = (text: string, start: number, end: number): string | undefined => {
  const raw = text.slice(start, end)
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const forms = [raw]
  if (isBlank(before)) forms.push(raw.replaceAll(`\n${before}`, '\n'))
  if (raw.startsWith('-----BEGIN ')) forms.unshift(raw.replaceAll('\\n', '\n'))
  return forms.find((value) => writtenAt(text, start, end, { text: value, made: true }) === raw)
}

/** Where a block of PEM that begins here ends; what follows it is never looked for inside of it. */
const afterBlock = (text: string, start: number): number => {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text.slice(start, start + 80))?.[1]
  const last = `-----END ${label}-----`
  const found = label === undefined ? -1 : text.indexOf(last, start)
  return found < 0 ? start : found + last.length
}

/**
 * What stands between the first `after` and the next `before` in a text ('' for its start and its end). The line ends at its end, also those written
 * `\n`, are no part of a value. undefined where the text around it is not there, or nothing stands between; `unfit` where a
 * placeholder there could not be replaced by that value again (several lines in the middle of one).
 */
export const cutOut = (
  text: string,
  { after, before }: Pick<Place, 'after' | 'before'>,
): Cut | 'unfit' | undefined => {
  const found = after === '' ? 0 : text.indexOf(after)
  if (found < 0) return undefined
  const start = found + after.length
  const stop = before === '' ? text.length : text.indexOf(before, afterBlock(text, start))
  if (stop < 0) return undefined
  const raw = text.slice(start, stop)
  const end = start + raw.replace(raw.startsWith('-----BEGIN ') ? /(?:\\n|\n)+$/ : /\n+$/, '').length
  if (end === start) return undefined
  const value = valueAt(text, start, end)
  return value === undefined ? 'unfit' : { start, end, value }
}
