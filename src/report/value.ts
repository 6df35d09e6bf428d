import type { Shown } from '../core/comparison.ts'
import { isObject, printJson } from '../core/json.ts'
import type { Json } from '../core/json.ts'
import { counted } from './count.ts'
import { shortened, visible } from './visible.ts'

/** A line of a report is at most so many characters of somebody else's text. */
export const longestLine = 300

/** A word that starts with a digit and can be no number, date or time: `10Gi`, `1.2.3-rc1`. */
const measure = /^\d[\d.-]*[A-Za-z][\w.-]*$/
const words = /^-{0,2}[\p{L}/.$_*][\p{L}\p{N}\p{P}\p{S} ]*$/u
const reserved = /^(?:true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$/i

/** A string that reads as itself: not as a number, a boolean, null or a quoted one. */
const isPlain = (text: string): boolean =>
  (words.test(text) || measure.test(text)) &&
  !text.endsWith(' ') &&
  !reserved.test(text) &&
  Number.isNaN(Number(text))

/** A scalar on one line; strings that could be taken for something else in quotes. */
export const scalarWords = (value: Json): string => {
  const text = typeof value === 'string' && isPlain(value) ? value : printJson(value)
  return shortened(visible(text), longestLine)
}

/** A value as lines: a scalar is one, a text one a line, a map or list is written as indented JSON. */
export const valueLines = (shown: Shown): string[] => {
  if (shown.show === 'masked') return [`(masked, ${counted(shown.bytes, 'byte')})`]
  const { value } = shown
  if (typeof value === 'string' && value.includes('\n'))
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => shortened(visible(line), longestLine))
  if (Array.isArray(value) || isObject(value))
    return printJson(value, 2)
      .split('\n')
      .map((line) => shortened(visible(line), longestLine))
  return [scalarWords(value)]
}
