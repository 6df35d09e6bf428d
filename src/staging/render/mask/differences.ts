import { canonicalJson, isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import type { Path } from '../../../core/pointer.ts'

/** A place that two renders disagree about. */
export interface Difference {
  path: Path
  first: Json | undefined
  second: Json | undefined
  /** `order`: both hold the same items, or lines, in another order. */
  of: 'value' | 'order'
}

const isReordered = (first: string[], second: string[]): boolean =>
  first.length === second.length && first.toSorted().join('\0') === second.toSorted().join('\0')

const ofLists = (first: Json[], second: Json[], path: Path): Difference[] => {
  if (first.length !== second.length) return [{ path, first, second, of: 'value' }]
  const inItems = first.flatMap((item, index) => differencesOf(item, second[index], [...path, index]))
  return inItems.length > 0 && isReordered(first.map(canonicalJson), second.map(canonicalJson))
    ? [{ path, first, second, of: 'order' }]
    : inItems
}

/**
 * Every place that differs, each as deep as it goes. A list of another length is one place, and so is one that holds the same items in
 * another order: that is a difference, as for arguments and variables of containers the order counts.
 */
export const differencesOf = (
  first: Json | undefined,
  second: Json | undefined,
  path: Path = [],
): Difference[] => {
  if (first === second) return []
  if (Array.isArray(first) && Array.isArray(second)) return ofLists(first, second, path)
  if (!isObject(first) || !isObject(second)) {
    const texts = typeof first === 'string' && typeof second === 'string'
    const isOrder = texts && isReordered(first.split('\n'), second.split('\n'))
    return [{ path, first, second, of: isOrder ? 'order' : 'value' }]
  }
  return Array.from(new Set([...Object.keys(first), ...Object.keys(second)]))
    .sort()
    .flatMap((key) => {
      const [left, right] = [first, second].map((map) => (Object.hasOwn(map, key) ? map[key] : undefined))
      return differencesOf(left, right, [...path, key])
    })
}
