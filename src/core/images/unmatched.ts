import type { Json } from '../json.ts'
import { groupKindOf, groupVersionOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { keysOfPointer, pointerOf } from '../pointer.ts'
import { suggest } from '../suggest.ts'
import { decoded, findImages } from './find.ts'
import type { Search } from './find.ts'
import { byRules, valuesAt } from './finders/rules.ts'
import type { ImageRule } from './rule.ts'

/** A rule that found nothing: what is wrong with it, as far as it can be told, and what was most likely meant. */
export interface UnmatchedRule {
  rule: ImageRule
  /** `kind`: there is no object of it. `path`: nothing stands there. `value`: what stands there is not of its form. */
  wrong: 'kind' | 'path' | 'value'
  /** The kind, or the path, that is nearest. */
  meant?: string
}

const kindOf = ({ apiVersion, kind }: KubeObject): string =>
  groupKindOf({ group: groupVersionOf(apiVersion).group, kind })

/** The object as rules see it. */
const seen = (object: KubeObject): Json => (object.kind === 'Secret' ? decoded(object) : object)

const keysIn = (value: Json): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : []

/** How far a path leads in these objects, and the key that was meant where it leads no further; undefined where nothing is wrong: what stands there is empty. */
const wrongIn = (path: string, objects: KubeObject[]): Omit<UnmatchedRule, 'rule'> | undefined => {
  const keys = keysOfPointer(path)
  const values = objects.map(seen)
  const at = (way: string[]): Json[] => values.flatMap((value) => valuesAt(value, way))
  for (const [index, key] of keys.entries()) {
    const way = keys.slice(0, index)
    const known = Array.from(new Set(at(way).flatMap(keysIn)))
    if (known.includes(key) || (key === '*' && known.length > 0)) continue
    const meant = suggest(key, known) ?? (known.length === 1 ? known[0] : undefined)
    return { wrong: 'path', ...(meant !== undefined && { meant: pointerOf([...way, meant]) }) }
  }
  const isEmpty = at(keys).some((value) => value === '' || value === null)
  return isEmpty ? undefined : { wrong: 'value' }
}

/** The rules that find nothing in any of these objects, nor in the documents that their texts hold. Pure. */
export const unmatchedRules = (rules: ImageRule[], objects: KubeObject[]): UnmatchedRule[] =>
  rules.flatMap((rule) => {
    const search: Search = { isRegistry: () => true, inMap: [byRules([rule])], inText: [] }
    const finds = (object: KubeObject): boolean => findImages(object, search).length > 0
    const own = objects.filter((one) => kindOf(one) === rule.kind)
    // The documents of texts are looked at last: most rules are found before.
    if (own.some(finds) || objects.some((one) => kindOf(one) !== rule.kind && finds(one))) return []
    if (own.length > 0) {
      const found = wrongIn(rule.path, own)
      return found ? [{ rule, ...found }] : []
    }
    const meant = suggest(rule.kind, new Set(objects.map(kindOf)))
    return [{ rule, wrong: 'kind' as const, ...(meant !== undefined && { meant }) }]
  })
