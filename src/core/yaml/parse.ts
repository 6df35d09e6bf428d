import { YAMLException, parseEvents } from 'js-yaml'
import type { Event } from 'js-yaml'
import { YamlFault } from './fault.ts'

export interface Parsed {
  events: Event[]
  /** The text that the events' offsets count in: the given one, with lines indented where it was needed. */
  text: string
  /** The offset in the given text of an offset in `text`. */
  original: (offset: number) => number
}

/** Collections within each other. Go stops at 10,000, but no object has so many, and the parser is recursive. */
export const deepest = 1000

const deficient = 'deficient indentation'

/** Without the tag that the parser quotes: a secret value can read as one (`password: !a!b`), and no message may hold it. */
const plainReason = (reason: string): string => reason.replace(/: .*|"[^]*"/, '')

/** Each indented line costs a parse up to it; so many characters, of one document, are a fraction of a second. */
const budget = 30_000_000

/** How many characters may still be parsed again, in all documents of a stream. */
export interface Effort {
  left: number
}

/** A stream can be thousands of documents of the worst kind; so many characters are some seconds. */
export const effortForStream = (): Effort => ({ left: 300_000_000 })

/** More than any parent of a flow collection is indented by, and too little to matter. */
const indent = ' '.repeat(256)

/**
 * Parses one document. YAML 1.2 wants every line of a flow collection or a quoted scalar indented deeper than its parent;
 * go-yaml (YAML 1.1) does not care, and charts do write `]` and `}` below the key. Spaces at the start of such a line mean
 * nothing, so it is indented, and the text parsed again. Throws YamlFault with an offset in the given text.
 */
export const parseLeniently = (given: string, effort: Effort): Parsed => {
  const inserted: number[] = []
  const original = (offset: number): number =>
    inserted.reduceRight(
      (at, start) => (at >= start + indent.length ? at - indent.length : Math.min(at, start)),
      offset,
    )
  let text = given
  let spent = 0
  for (;;) {
    try {
      return { events: parseEvents(text, { maxDepth: deepest }), text, original }
    } catch (fault) {
      if (!(fault instanceof YAMLException)) throw fault
      const position = fault.mark?.position ?? 0
      spent += position
      effort.left -= position
      const start = text.lastIndexOf('\n', position - 1) + 1
      // In the middle of a line the same complaint is about a tab, and to indent that line would make it a child of the one above.
      const blank = text.slice(start, position).trim() === '' && !text.startsWith(indent, start)
      if (fault.reason !== deficient || !blank || spent > budget || effort.left < 0)
        throw new YamlFault(plainReason(fault.reason), original(position))
      text = text.slice(0, start) + indent + text.slice(start)
      inserted.push(start)
    }
  }
}
