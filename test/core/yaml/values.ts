import { setField } from '../../../src/core/json.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { keys, scalars } from './cases.ts'

const pieces = [
  '\n',
  '\n\n',
  ' ',
  '  ',
  '\t',
  ':',
  ': ',
  '- ',
  '-',
  '---',
  '#',
  ' #',
  '"',
  "'",
  '\\',
  '|',
  '>',
]
  .concat([
    '&a',
    '*a',
    '!',
    '!!str',
    '{',
    '}',
    '[',
    ']',
    ',',
    '?',
    '? ',
    '%',
    '@',
    '`',
    '~',
    'a',
    'b',
    'word',
  ])
  .concat(['0', '1', '9', '.', 'e', 'x', '_', '+', '=', '<<', 'yes', 'null', 'inf', 'true', '...', '\\n'])
  .concat(['\r', '\u0085', '\u2028', '\uFEFF', '\u200F', '\x07', '\x7F', '\0', 'é', '\u{1F600}', '\u00A0'])

const numbers: Json[] = [0, -1, 1.5, -0.1, 1e21, 1e-7, 5e-324, 1e300, 12345678.9, 2 ** 53 - 1]
const others: Json[] = [null, true, false, 2n ** 63n - 1n, -(2n ** 63n), [], {}]

/** The same numbers in every run. Source: mulberry32. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** Pseudo-random values made of what YAML has a meaning for; the same ones in every run. */
export const values = (count: number, seed = 1): Json[] => {
  const next = random(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  const text = (): string => Array.from({ length: below(7) }, () => pieces[below(pieces.length)]).join('')
  const value = (depth: number): Json => {
    const kind = below(20)
    if (depth > 3 || kind < 11) return text()
    if (kind < 13) return [...numbers, ...others][below(numbers.length + others.length)]!
    if (kind < 16) return Array.from({ length: below(4) }, () => value(depth + 1))
    const map: JsonObject = {}
    for (let left = below(4); left > 0; left -= 1)
      setField(map, below(20) === 0 ? '__proto__' : text(), value(depth + 1))
    return map
  }
  return Array.from({ length: count }, () => value(0))
}

/** Every scalar and key of the tables as a string, and texts of several lines. */
export const strings: string[] = [...new Set([...scalars, ...keys])]
  .concat(['', ' ', 'a ', ' a', 'a: b', 'a #b', 'a:', '- a', '? a', ': a', '\n', '\n\n', ' \n', '\t', 'a\tb'])
  .concat(['a\n', 'a\nb', 'a\nb\n', 'a\n\n', '\na', ' a\nb', '\ta\nb', '\n a\nb\n', 'a\n\n\nb', 'a \nb\t\n'])
  .concat([
    'a\n ',
    'a\n \n',
    'a\rb',
    'a\r\nb',
    '---\na',
    'a\n---\nb\n',
    '# a\nb',
    '%a\nb',
    'a\u2028b',
    'a\u0085\nb',
  ])
  .concat(['\uFEFFa', 'a\u202Eb', 'x'.repeat(3000), `${'word '.repeat(500)}\nend`])
