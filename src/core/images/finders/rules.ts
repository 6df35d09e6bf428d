import { isObject } from '../../json.ts'
import type { Json, JsonObject } from '../../json.ts'
import { groupKindOf, groupVersionOf } from '../../object.ts'
import { keysOfPointer, pointerOf } from '../../pointer.ts'
import type { Path } from '../../pointer.ts'
import { none } from '../finder.ts'
import type { Finder, Hit, HitPart } from '../finder.ts'
import { listed } from '../listed.ts'
import { mapOfRule } from '../map-parts.ts'
import { parseReference } from '../reference.ts'
import type { ImageRule } from '../rule.ts'
import { readStructure } from '../structure.ts'
import type { Structure } from '../structure.ts'

/** What a rule's path leads to. `at` is the way to it, or to the string that it stands in, and `inner` the way from there. */
interface Place {
  value: Json
  at: Path
  text?: { structure: Structure; inner: Path }
}

const step = (value: Json, key: string): [string | number, Json][] => {
  if (Array.isArray(value))
    return key === '*'
      ? value.map((item, index) => [index, item])
      : /^\d{1,6}$/.test(key) && value[Number(key)] !== undefined
        ? [[Number(key), value[Number(key)] as Json]]
        : []
  if (!isObject(value)) return []
  if (key === '*') return Object.entries(value)
  return Object.hasOwn(value, key) ? [[key, value[key] as Json]] : []
}

/** The places that a way leads to; `open`: a text that it ends at is meant as the map that it holds. */
const follow = (place: Place, [key, ...rest]: string[], open = false): Place[] => {
  const isText = typeof place.value === 'string' && place.text === undefined
  if (key === undefined && !(open && isText)) return [place]
  if (typeof place.value === 'string') {
    // A text in a text has no place of its own.
    const structure = place.text === undefined ? readStructure(place.value) : undefined
    if (structure === undefined) return []
    return structure.documents.flatMap((value, index) =>
      follow(
        { value, at: place.at, text: { structure, inner: [index] } },
        key === undefined ? [] : [key, ...rest],
      ),
    )
  }
  return step(place.value, key ?? '').flatMap(([one, value]) =>
    follow(
      place.text === undefined
        ? { value, at: [...place.at, one] }
        : { value, at: place.at, text: { ...place.text, inner: [...place.text.inner, one] } },
      rest,
      open,
    ),
  )
}

/** What a way (the keys of a rule's path) leads to in a value; of a text that it ends at what that holds, where it is YAML or JSON. */
export const valuesAt = (value: Json, way: string[]): Json[] => {
  const inside = follow({ value, at: [] }, way, true)
  return (inside.length > 0 ? inside : follow({ value, at: [] }, way)).map((place) => place.value)
}

/** A part of what stands at a place, with the offsets in the text around it; undefined where it has none. */
const inText = (part: HitPart, { at, text }: Place): HitPart | undefined => {
  if (text === undefined) return { ...part, at: [...at, ...part.at] }
  const inner = [...text.inner, ...part.at]
  const span = text.structure.spanOf(inner)
  if (span === undefined) return undefined
  const [start, end] = part.span ?? [0, span[1] - span[0]]
  return { ...part, at, span: [span[0] + start, span[0] + end], inner: pointerOf(inner.slice(1)) }
}

const hitsAt = (rule: ImageRule, place: Place, root: JsonObject, isRegistry: () => boolean): Hit[] => {
  const { value } = place
  if (rule.form === 'map') {
    if (!isObject(value)) return none
    const [defaults] =
      rule.defaults === undefined ? [] : follow({ value: root, at: [] }, keysOfPointer(rule.defaults))
    // The way to what is inherited begins with a step that no way within the map has.
    const inherited = isObject(defaults?.value) ? { map: defaults.value, at: [''] } : undefined
    const hit = mapOfRule(value, inherited)
    if (hit === undefined) return none
    const parts = hit.parts.flatMap((part) =>
      part.at.length === 1
        ? (inText(part, place) ?? [])
        : ((defaults && inText({ ...part, at: part.at.slice(1) }, defaults)) ?? []),
    )
    return parts.length === hit.parts.length ? [{ ...hit, parts: parts as Hit['parts'] }] : none
  }
  if (typeof value !== 'string' || value === '') return none
  const found: Hit[] =
    rule.form === 'list'
      ? listed(value, 'image', isRegistry)
      : 'malformed' in parseReference(value)
        ? none
        : [
            {
              form: rule.form,
              parts: [{ role: rule.form === 'registry' ? 'registry' : 'reference', at: [], text: value }],
            },
          ]
  return found.flatMap((hit) => {
    const part = inText(hit.parts[0], place)
    return part === undefined ? [] : [{ ...hit, tier: 'B' as const, parts: [part] as [HitPart] }]
  })
}

/** The places that rules name, of objects and of documents in texts that say what they are. */
export const byRules = (rules: ImageRule[]): Finder => {
  const byKind = Map.groupBy(rules, ({ kind }) => kind)
  return {
    id: 'rule',
    tier: 'B',
    finds:
      'what a rule names by group, kind and path: those of src/core/images/given/, and images.finders of site.yaml',
    inMap: (map) => {
      const { apiVersion, kind } = map
      if (typeof apiVersion !== 'string' || typeof kind !== 'string') return none
      const own = byKind.get(groupKindOf({ group: groupVersionOf(apiVersion).group, kind }))
      if (own === undefined) return none
      // Whatever the host: the rule says that it is an image.
      return own.flatMap((rule) =>
        follow({ value: map, at: [] }, keysOfPointer(rule.path), rule.form === 'map').flatMap((place) =>
          hitsAt(rule, place, map, () => true),
        ),
      )
    },
  }
}
