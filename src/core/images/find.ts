import { isObject, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { groupVersionOf } from '../object.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { utf8Text } from '../utf-8.ts'
import { isBuiltInGroup } from './built-in.ts'
import { Claims } from './claims.ts'
import type { Finder, Here, Hit, HitPart } from './finder.ts'
import { assignment } from './finders/assignment.ts'
import { crdDefault } from './finders/crd-default.ts'
import { env, namedText } from './finders/env.ts'
import { flatMap } from './finders/flat-map.ts'
import { flags } from './finders/flags.ts'
import { imageField } from './finders/image-field.ts'
import { imageMap } from './finders/image-map.ts'
import { podSpec } from './finders/pod-spec.ts'
import { byRules } from './finders/rules.ts'
import { suspect } from './finders/suspect.ts'
import type { FoundImage, Part } from './found.ts'
import { givenRules } from './given/given.ts'
import { parseReference, printReference } from './reference.ts'
import { registries } from './registries.ts'
import type { IsRegistry } from './registries.ts'
import type { ImageRule } from './rule.ts'
import { readStructure } from './structure.ts'

/** In the order in which they may claim a string. */
const findersWith = (rules: ImageRule[]): Finder[] => [
  byRules(rules),
  podSpec,
  imageMap,
  flatMap,
  imageField,
  env,
  flags,
  namedText,
  crdDefault,
  assignment,
  suspect,
]

/** All finders, as docs/images.md lists them. */
export const finders: Finder[] = findersWith(givenRules)

/** What a search knows: whose hosts are registries, and the ways in which images are written. */
export interface Search {
  isRegistry: IsRegistry
  inMap: Finder[]
  inText: Finder[]
}

/** A search that knows the well-known registries and the given rules, and these hosts and rules besides. */
export const searchFor = (hosts: string[] = [], rules: ImageRule[] = []): Search => {
  const all = findersWith([...rules, ...givenRules])
  return {
    isRegistry: registries(hosts),
    inMap: all.filter((finder) => finder.inMap !== undefined),
    inText: all.filter((finder) => finder.inText !== undefined),
  }
}

/** Their values are names and prose: never an image. */
const skipped = new Set(['labels', 'matchLabels', 'managedFields', 'ownerReferences', 'caBundle'])

/** Objects are not nested deeper; what is, is not looked at. */
const deepest = 200

const mayHoldStructure = /image|registry|repository|containers/i

/** The object with the data of a Secret decoded, where it is text. */
export const decoded = (object: JsonObject): JsonObject => {
  const data = object['data']
  if (object['kind'] !== 'Secret' || !isObject(data)) return object
  const texts: JsonObject = {}
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string') continue
    const bytes = Buffer.from(value, 'base64')
    const text = bytes.toString('base64') === value ? utf8Text(bytes) : undefined
    if (text !== undefined) setField(texts, key, text)
  }
  return { ...object, data: texts }
}

/** One run over one object. */
class Run {
  readonly found: FoundImage[] = []
  readonly claims = new Claims()
  readonly search: Search
  readonly isSecret: boolean

  constructor(search: Search, isSecret: boolean) {
    this.search = search
    this.isSecret = isSecret
  }

  /** Whether no string of the hit belongs to a find before it. Of a reference in several fields, images may share all but the name. */
  #claim(parts: Part[], form: FoundImage['form']): boolean {
    const named = parts.filter(({ role }) => role === 'repository' || role === 'name')
    const own = form === 'map' && named.length > 0 ? named : parts
    const spanOf = ({ span }: Part): [number, number] => span ?? [0, Infinity]
    if (own.some((part) => this.claims.isTaken(pointerOf(part.path), spanOf(part)))) return false
    for (const part of parts) {
      const pointer = pointerOf(part.path)
      if (!this.claims.isTaken(pointer, spanOf(part))) this.claims.take(pointer, spanOf(part))
    }
    return true
  }

  #add(finder: Finder, hit: Hit, parts: Part[]): void {
    const [first] = parts
    if (first === undefined) return
    const form = hit.form ?? 'reference'
    const tier = hit.tier ?? finder.tier
    // A word of a Secret may be a secret: nothing of it is told on mere suspicion, but where a registry's host stands before it.
    if (this.isSecret && tier === 'C' && finder.id !== suspect.id) return
    if (!this.#claim(parts, form)) return
    const parsed = form === 'reference' ? parseReference(first.text) : undefined
    // A node takes `latest` where a pod's spec says nothing; of other fields only the operator knows.
    const isWhole =
      parsed && !('malformed' in parsed) && (tier === 'A' || (parsed.tag ?? parsed.digest) !== undefined)
    const reference = isWhole ? printReference(parsed) : hit.whole?.reference
    this.found.push({
      rule: finder.id,
      tier,
      form,
      text: hit.whole?.text ?? first.text,
      ...(reference !== undefined && { reference }),
      parts: parts as FoundImage['parts'],
    })
  }

  #part({ role, at, text, span, inner }: HitPart, path: Path): Part {
    const full = [...path, ...at]
    return {
      role,
      path: full,
      text,
      ...(span && { span }),
      ...(this.isSecret && full[0] === 'data' && { base64: true as const }),
      ...(inner !== undefined && { inner }),
    }
  }

  map(map: JsonObject, here: Here): void {
    for (const finder of this.search.inMap) {
      const hits = finder.inMap!(map, here)
      for (const hit of hits)
        this.#add(
          finder,
          hit,
          hit.parts.map((part) => this.#part(part, here.path)),
        )
    }
  }

  /** A string: the structure that it holds, then the text that it is. */
  text(text: string, here: Here): void {
    if (text.length < 5) return
    if ((text.includes('\n') || text.startsWith('{') || text.startsWith('[')) && mayHoldStructure.test(text))
      this.#structure(text, here)
    for (const finder of this.search.inText) {
      const hits = finder.inText!(text, here)
      for (const hit of hits)
        this.#add(
          finder,
          hit,
          hit.parts.map((part) => this.#part(part, here.path)),
        )
    }
  }

  #structure(text: string, here: Here): void {
    const structure = readStructure(text)
    if (structure === undefined) return
    const { documents, spanOf } = structure
    const alone = documents.length === 1
    const visit = (value: Json, inner: Here): void => {
      if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) {
          inner.path.push(index)
          visit(item, inner)
          inner.path.pop()
        }
        return
      }
      if (!isObject(value)) return
      for (const finder of this.search.inMap)
        for (const hit of finder.inMap!(value, inner)) {
          const parts = hit.parts.map((part) => {
            const at = [...inner.path, ...part.at]
            const span = spanOf(at)
            if (span === undefined) return undefined
            const [start, end] = part.span ?? [0, span[1] - span[0]]
            const within = pointerOf(alone ? at.slice(1) : at)
            return this.#part(
              { ...part, at: [], span: [span[0] + start, span[0] + end], inner: within },
              here.path,
            )
          })
          // What is written with escapes or folded has no place that could be changed; its tokens are suspects.
          if (parts.every((part) => part !== undefined)) this.#add(finder, hit, parts)
        }
      for (const key in value) {
        inner.path.push(key)
        visit(value[key] as Json, inner)
        inner.path.pop()
      }
    }
    for (const [index, document] of documents.entries()) {
      const { apiVersion, kind } = isObject(document) ? document : {}
      const inner: Here = {
        scope: 'text',
        group: typeof apiVersion === 'string' ? groupVersionOf(apiVersion).group : '',
        kind: typeof kind === 'string' ? kind : '',
        path: [index],
        isRegistry: here.isRegistry,
      }
      visit(document, inner)
    }
  }
}

const walk = (value: Json, here: Here, run: Run): void => {
  if (typeof value === 'string') return run.text(value, here)
  if (typeof value !== 'object' || value === null || here.path.length > deepest) return
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      here.path.push(index)
      walk(value[index] as Json, here, run)
      here.path.pop()
    }
    return
  }
  run.map(value, here)
  for (const key in value) {
    if (skipped.has(key)) continue
    here.path.push(key)
    walk(value[key] as Json, here, run)
    here.path.pop()
  }
}

const usual = searchFor()

/**
 * All images of an object, the sure ones and the suspects (tier C), in the order of the object. Pure, and one pass: of a
 * CustomResourceDefinition the defaults alone are looked at.
 */
export const findImages = (value: Json, search: Search = usual): FoundImage[] => {
  if (!isObject(value)) return []
  const { apiVersion, kind } = value
  const group = typeof apiVersion === 'string' ? groupVersionOf(apiVersion).group : ''
  const here: Here = {
    scope: isBuiltInGroup(group) ? 'object' : 'custom',
    group,
    kind: typeof kind === 'string' ? kind : '',
    path: [],
    isRegistry: search.isRegistry,
  }
  const run = new Run(search, group === '' && kind === 'Secret')
  if (group === 'apiextensions.k8s.io') run.map(value, here)
  else walk(run.isSecret ? decoded(value) : value, here, run)
  return run.found
}
