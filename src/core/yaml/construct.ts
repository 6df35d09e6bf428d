import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, getScalarValue } from 'js-yaml'
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import { setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { YamlFault } from './fault.ts'
import { deepest } from './parse.ts'
import type { Parsed } from './parse.ts'
import { plainKey, plainValue, taggedValue } from './scalar.ts'

/** A key that stands twice in a map: kubectl takes the last one and says nothing. */
interface DuplicateKey {
  key: string
  offset: number
}

export interface Constructed {
  value: Json
  /** Where the value begins in the text. */
  offset: number
  duplicates: DuplicateKey[]
  /** Whether another document follows. */
  more: boolean
}

/** YAML 1.2 takes nearly every sign, so `&a:b` is another anchor there, and another value. */
const anchorName = /^[A-Za-z0-9_-]+$/
const flowIndicator = /[,[\]{}]/

type Node = ScalarEvent | SequenceEvent | MappingEvent | AliasEvent

/** How much of a document may come out of aliases, by the number of nodes decoded so far. Source: go-yaml v2 `decode.go`. */
const allowedAliasRatio = (decoded: number): number => {
  const [low, high] = [400_000, 4_000_000]
  if (decoded <= low) return 0.99
  if (decoded >= high) return 0.1
  return 0.99 - 0.89 * ((decoded - low) / (high - low))
}

const offsetOf = (event: Node): number => {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart < 0 ? event.tagStart : event.valueStart
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start
}

const anchorOf = (text: string, event: Node): string => text.slice(event.anchorStart, event.anchorEnd)

/** The long form of a tag. `%TAG` cannot occur: kubectl cuts the stream at the `---` that must follow it. */
const longTag = (written: string): string => {
  if (written.startsWith('!<')) return written.slice(2, -1)
  return written.startsWith('!!') ? `tag:yaml.org,2002:${written.slice(2)}` : written
}

/**
 * Makes JSON of the first document's events as go-yaml v2 decodes them and sigs.k8s.io/yaml turns them into JSON:
 * keys become strings, the last of two equal keys wins, and a merge key sets its fields where it stands, over those before it.
 * Throws YamlFault. Source: go.yaml.in/yaml/v2 `decode.go`.
 */
export const construct = ({ text, events, original }: Parsed): Constructed => {
  const fault = (message: string, offset: number): YamlFault => new YamlFault(message, original(offset))
  const duplicates: DuplicateKey[] = []
  /** The collections around the one that is read, from the outermost. */
  const open: number[] = []
  let targets: Map<number, number> | undefined
  let cursor = 1
  let decoded = 0
  let aliased = 0
  let aliasDepth = 0
  let flowDepth = 0

  const enter = (event: Node): void => {
    if (event.anchorStart >= 0 && !anchorName.test(anchorOf(text, event)))
      throw fault('the name of an anchor takes letters, digits, `_` and `-`', event.anchorStart)
    decoded++
    if (aliasDepth > 0) aliased++
    if (aliased > 100 && decoded > 1000 && aliased / decoded > allowedAliasRatio(decoded))
      throw fault('the document consists of too many aliases', offsetOf(event))
  }

  const finite = (value: Json, event: ScalarEvent): Json => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw fault('infinity and NaN have no place in JSON', offsetOf(event))
    return value
  }

  /** Three places in flow collections that go-yaml divides otherwise than YAML 1.2 does; nobody writes them on purpose. */
  const refuseAmbiguous = (event: ScalarEvent | SequenceEvent | MappingEvent): void => {
    if (event.tagStart >= 0 && flowIndicator.test(text.charAt(event.tagEnd)))
      throw fault('a space must follow the tag', event.tagStart)
    if (!isPlain(event)) return
    if (text.charAt(event.valueStart) === '?')
      throw fault('a value in a flow collection must not begin with `?`', event.valueStart)
    if (/^[ \t]*:[,[\]{}]/.test(text.slice(event.valueEnd, event.valueEnd + 100)))
      throw fault('a space must follow `:`', event.valueEnd)
  }

  const scalar = (event: ScalarEvent): Json => {
    if (flowDepth > 0) refuseAmbiguous(event)
    const content = getScalarValue(text, event)
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !content.isWellFormed())
      throw fault('half a surrogate pair is no character', offsetOf(event))
    if (event.tagStart < 0)
      return event.style === SCALAR_STYLE.PLAIN ? finite(plainValue(content), event) : content
    const tag = longTag(text.slice(event.tagStart, event.tagEnd))
    const value = taggedValue(tag, content)
    if (value === undefined) throw fault(`this is no ${tag}`, offsetOf(event))
    return finite(value, event)
  }

  const isPlain = (event: Event): event is ScalarEvent =>
    event.type === EVENT_ID.SCALAR && event.tagStart < 0 && event.style === SCALAR_STYLE.PLAIN

  const keyOf = (event: Node): string => {
    if (isPlain(event)) {
      enter(event)
      if (flowDepth > 0) refuseAmbiguous(event)
      cursor++
      const key = plainKey(getScalarValue(text, event))
      if (key === undefined) throw fault('this can be no key', offsetOf(event))
      return key
    }
    const value = node()
    if (value === null || typeof value === 'object') throw fault('a key must be a string', offsetOf(event))
    return String(value)
  }

  const isMergeKey = (event: Node): boolean =>
    event.type === EVENT_ID.SCALAR &&
    (event.tagStart < 0
      ? event.style === SCALAR_STYLE.PLAIN && text.startsWith('<<', event.valueStart)
      : text.slice(event.tagStart, event.tagEnd) === '!!merge') &&
    getScalarValue(text, event) === '<<'

  const mergeOne = (into: JsonObject): void => {
    const event = events[cursor] as Node
    const target = event.type === EVENT_ID.ALIAS ? (events[targetOf(cursor)] as Node) : event
    if (target.type !== EVENT_ID.MAPPING)
      throw fault('a merge key takes a map or a list of maps', offsetOf(event))
    const source = node() as JsonObject
    for (const key of Object.keys(source)) setField(into, key, source[key] as Json)
  }

  const merge = (into: JsonObject): void => {
    const event = events[cursor] as Node
    if (event.type !== EVENT_ID.SEQUENCE) return mergeOne(into)
    enter(event)
    const sources: JsonObject[] = []
    cursor++
    while (events[cursor]!.type !== EVENT_ID.POP) {
      const source: JsonObject = {}
      mergeOne(source)
      sources.push(source)
    }
    cursor++
    // From the last to the first, as earlier ones take precedence.
    for (const source of sources.toReversed())
      for (const key of Object.keys(source)) setField(into, key, source[key] as Json)
  }

  const mapping = (): JsonObject => {
    const map: JsonObject = {}
    // Keys that came by a merge key may be written over.
    let own: Set<string> | undefined
    while (events[cursor]!.type !== EVENT_ID.POP) {
      const event = events[cursor] as Node
      if (isMergeKey(event)) {
        cursor++
        own ??= new Set(Object.keys(map))
        merge(map)
        continue
      }
      const key = keyOf(event)
      if (own === undefined ? Object.hasOwn(map, key) : own.has(key))
        duplicates.push({ key, offset: original(offsetOf(event)) })
      own?.add(key)
      setField(map, key, node())
    }
    return map
  }

  const sequence = (): Json[] => {
    const list: Json[] = []
    while (events[cursor]!.type !== EVENT_ID.POP) list.push(node())
    return list
  }

  const targetOf = (alias: number): number => {
    targets ??= aliasTargets(text, events)
    const event = events[alias] as AliasEvent
    const target = targets.get(alias)
    if (target === undefined) throw fault('no anchor before it has this name', event.anchorStart)
    if (open.includes(target)) throw fault('the value of this anchor contains itself', event.anchorStart)
    return target
  }

  const alias = (): Json => {
    const back = cursor + 1
    cursor = targetOf(cursor)
    aliasDepth++
    const value = node()
    aliasDepth--
    cursor = back
    return value
  }

  const node = (): Json => {
    const at = cursor
    const event = events[at] as Node
    enter(event)
    if (event.type === EVENT_ID.ALIAS) return alias()
    cursor++
    if (event.type === EVENT_ID.SCALAR) return scalar(event)
    if (flowDepth > 0) refuseAmbiguous(event)
    const flow = event.style === COLLECTION_STYLE.FLOW ? 1 : 0
    flowDepth += flow
    // Aliases can nest deeper than the text does.
    if (open.length === deepest) throw fault('this is nested too deep', offsetOf(event))
    open.push(at)
    const value = event.type === EVENT_ID.MAPPING ? mapping() : sequence()
    open.pop()
    flowDepth -= flow
    cursor++
    return value
  }

  const offset = original(offsetOf(events[1] as Node))
  const value = node()
  return { value, offset, duplicates, more: cursor + 1 < events.length }
}

/** Which node each alias stands for: the last one before it that bears its anchor. Indices are those of the events. */
const aliasTargets = (text: string, events: readonly Event[]): Map<number, number> => {
  const anchors = new Map<string, number>()
  const targets = new Map<number, number>()
  for (const [index, event] of events.entries()) {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) continue
    if (event.type === EVENT_ID.ALIAS) {
      const target = anchors.get(anchorOf(text, event))
      if (target !== undefined) targets.set(index, target)
    } else if (event.anchorStart >= 0) anchors.set(anchorOf(text, event), index)
  }
  return targets
}
