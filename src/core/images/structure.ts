import { EVENT_ID, SCALAR_STYLE, getScalarValue, parseEvents } from 'js-yaml'
import type { Event, ScalarEvent } from 'js-yaml'
import { isObject, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Path } from '../pointer.ts'

/** A text that is YAML or JSON: its documents as one list, and where a string of them stands in it as it is written. */
export interface Structure {
  documents: Json[]
  /** Undefined where the string is not written letter by letter (escapes, folded lines). */
  spanOf(path: Path): [start: number, end: number] | undefined
}

/** Text that is nested deeper, or longer, is not looked into as a structure; its tokens are looked at all the same. */
const deepest = 100
const longest = 4 * 1024 * 1024

const nothing = new Set(['', '~', 'null'])

/** A key of a map has no place of its own. */
const noPlace = {}

/** A map or a list begins a document that can hold an image: `key:` or `- ` or a bracket. */
const begins = /(?:^|\n)[ \t]{0,200}(?:[-{[]|["']?[\w./-]{1,200}["']?[ \t]{0,20}:)/

/**
 * Reads a text as YAML (of which JSON is a part), or says undefined. Every scalar is a string, aliases are null: images are looked for in it,
 * and nothing else. So nothing in it can grow.
 */
export const readStructure = (text: string): Structure | undefined => {
  if (text.length > longest || !begins.test(text)) return undefined
  let events: Event[]
  try {
    events = parseEvents(text, { maxDepth: deepest })
  } catch {
    return undefined
  }
  const { documents } = build(text, events)
  // A sentence is a document, too.
  if (documents.every((one) => typeof one !== 'object' || one === null)) return undefined
  // Most texts hold no image, and nobody asks where anything stands in them.
  let placed: Built | undefined
  return {
    documents,
    spanOf: (path) => {
      placed ??= build(text, events, new Map())
      let at: Json | undefined = placed.documents
      for (const step of path.slice(0, -1))
        at = Array.isArray(at) ? at[step as number] : isObject(at) ? at[step] : undefined
      return typeof at === 'object' && at !== null
        ? placed.spans?.get(at)?.get(path[path.length - 1] as string | number)
        : undefined
    },
  }
}

/** By the map or the list, and the key or the index in it: where a string stands. */
type Spans = Map<object, Map<string | number, [start: number, end: number]>>

interface Built {
  documents: Json[]
  spans: Spans | undefined
}

/** The values of the events, and, where `spans` is given, where their strings stand. */
const build = (text: string, events: Event[], spans?: Spans): Built => {
  const documents: Json[] = []
  let cursor = 0
  const scalar = (event: ScalarEvent, around: object, step: string | number): string | null => {
    const { valueStart: start, valueEnd: end, style } = event
    const value = start < 0 ? '' : getScalarValue(text, event)
    if (style === SCALAR_STYLE.PLAIN && nothing.has(value)) return null
    if (spans === undefined) return value
    const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
    const own = spans.get(around) ?? new Map<string | number, [number, number]>()
    // Escapes and folded lines are not there letter by letter. Of two equal keys the last one counts.
    if (isBlock || text.slice(start, end) !== value) own.delete(step)
    else spans.set(around, own.set(step, [start, end]))
    return value
  }
  const node = (around: object, step: string | number): Json => {
    const event = events[cursor] as Event
    cursor += 1
    if (event.type === EVENT_ID.SCALAR) return scalar(event, around, step)
    if (event.type === EVENT_ID.MAPPING) {
      const map: JsonObject = {}
      while (events[cursor]!.type !== EVENT_ID.POP) {
        const key = node(noPlace, '')
        const name = typeof key === 'string' ? key : ''
        spans?.get(map)?.delete(name)
        setField(map, name, node(map, name))
      }
      cursor += 1
      return map
    }
    if (event.type === EVENT_ID.SEQUENCE) {
      const list: Json[] = []
      while (events[cursor]!.type !== EVENT_ID.POP) list.push(node(list, list.length))
      cursor += 1
      return list
    }
    return null
  }
  while (cursor < events.length) {
    const event = events[cursor] as Event
    cursor += 1
    if (event.type === EVENT_ID.DOCUMENT && events[cursor]!.type !== EVENT_ID.POP)
      documents.push(node(documents, documents.length))
  }
  return { documents, spans }
}
