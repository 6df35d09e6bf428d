import { isBare, judge } from './judge.ts'
import type { Evidence } from './judge.ts'
import type { Hit } from './finder.ts'
import { none } from './finder.ts'
import type { IsRegistry } from './registries.ts'
import type { Path } from '../pointer.ts'

/** Where items of a list begin and end: at commas, blanks and line ends. `4.2.0=` before an item belongs to the operator. */
const items = /[^\s,;]+/g
const named = /^[\w./-]{1,64}=(?=.)/

/** A longer value is a text, and is looked through as one. */
const longest = 16 * 1024

/** A value that opens like JSON or like a path or is full of blanks is no list of images. */
const isOther = (text: string): boolean => text.length > longest || /^[\s]*[[{]/.test(text)

/**
 * The images of a value that is one, or a list of them (`a,b`, lines `4.2.0=quay.io/…`). All items have to be images; a text in which one
 * stands somewhere is none. `at` is the way to the value, `from` where the value begins in its string.
 */
export const listed = (
  text: string,
  evidence: Evidence,
  isRegistry: IsRegistry,
  at: Path = [],
  from = 0,
): Hit[] => {
  if (isOther(text)) return none
  const found: Hit[] = []
  let count = 0
  for (const match of text.matchAll(items)) {
    count += 1
    const item = match[0]
    const name = named.exec(item)?.[0] ?? ''
    const value = item.slice(name.length)
    // Only a list names its items.
    const tier = judge(value, evidence, isRegistry)
    if (tier === undefined) return none
    const start = from + match.index + name.length
    const whole = from === 0 && value.length === text.length
    found.push({
      tier,
      parts: [
        { role: 'reference', at, text: value, ...(whole ? {} : { span: [start, start + value.length] }) },
      ],
    })
  }
  return count === 0 ? none : found
}

/** A value that is nothing but one word where an image is wanted: perhaps one. */
export const bareSuspect = (text: string, at: Path, span?: [number, number]): Hit[] =>
  isBare(text) && !/^(?:true|false|none|null|default|auto|\d[\d.]*)$/.test(text)
    ? [{ tier: 'C', parts: [{ role: 'reference', at, text, ...(span && { span }) }] }]
    : none
