import type { Difference, FieldChange, Shown } from '../comparison.ts'
import { canonicalJson, isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { itemEdits, textEdits } from './edits.ts'
import { matchingOf } from './merge-keys.ts'
import type { Matching } from './merge-keys.ts'
import { masked, secrecyOf } from './secrets.ts'

/** A place in both objects: the way there by indices, and in words. */
interface At {
  path: Path
  name: string
}

const plainKey = /^[A-Za-z_$][\w$-]*$/
const plainItem = /^[\w./:-]+$/

const field = (at: At, key: string): At => ({
  path: [...at.path, key],
  name: plainKey.test(key) ? `${at.name}${at.name && '.'}${key}` : `${at.name}[${JSON.stringify(key)}]`,
})

const item = (at: At, index: number, key = String(index)): At => ({
  path: [...at.path, index],
  name: `${at.name}[${plainItem.test(key) ? key : JSON.stringify(key)}]`,
})

const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null

const isLong = (text: string): boolean => text.includes('\n')

/** Whether a value of one side must not be shown, beside what is secret by its place. */
export type Conceals = (value: Json, side: 'before' | 'after') => boolean

/**
 * Every field that differs, in the order of the keys. Items of lists of maps are matched by their key where one is known, else by
 * index; lists of scalars are compared as wholes; texts of several lines by line. Secret values come out masked, and so does the other
 * side of one.
 */
export const fieldChanges = (
  before: KubeObject,
  after: KubeObject,
  conceals: Conceals = () => false,
): FieldChange[] => {
  const found: FieldChange[] = []
  const add = (at: At, difference: Difference): void => {
    found.push({ pointer: pointerOf(at.path), name: at.name, ...difference })
  }
  const isOpen = (left: Json | undefined, right: Json | undefined, { path }: At): boolean =>
    secrecyOf(after, path) === 'open' &&
    !(left !== undefined && conceals(left, 'before')) &&
    !(right !== undefined && conceals(right, 'after'))
  const shown = (value: Json, at: At, open: boolean): Shown =>
    open ? { show: 'value', value } : masked(value, at.path)

  const replace = (left: Json, right: Json, at: At): void => {
    if (canonicalJson(left) === canonicalJson(right)) return
    const open = isOpen(left, right, at)
    add(at, { change: 'changed', before: shown(left, at, open), after: shown(right, at, open) })
  }

  const compareMaps = (left: JsonObject, right: JsonObject, at: At): void => {
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort())
      compareAt(
        Object.hasOwn(left, key) ? left[key] : undefined,
        Object.hasOwn(right, key) ? right[key] : undefined,
        field(at, key),
      )
  }

  const compareKeyed = (left: Json[], right: Json[], { before: old, after: now }: Matching, at: At): void => {
    for (const [key, index] of old) if (!now.has(key)) compareAt(left[index], undefined, item(at, index, key))
    for (const [key, index] of now) {
      const was = old.get(key)
      compareAt(was === undefined ? undefined : left[was], right[index], item(at, index, key))
    }
    const stayed = {
      before: [...old.keys()].filter((key) => now.has(key)),
      after: [...now.keys()].filter((key) => old.has(key)),
    }
    if (stayed.before.some((key, index) => key !== stayed.after[index]))
      add(at, { change: 'reordered', ...stayed })
  }

  const compareLists = (left: Json[], right: Json[], at: At): void => {
    const matching = matchingOf(String(at.path.at(-1)), left, right)
    if (matching) return compareKeyed(left, right, matching, at)
    if (left.every(isScalar) && right.every(isScalar)) {
      if (!isOpen(left, right, at)) return replace(left, right, at)
      const edits = itemEdits(left, right)
      if (edits.some(({ edit }) => edit === 'added' || edit === 'removed'))
        add(at, { change: 'items', edits })
      return
    }
    for (let index = 0; index < Math.max(left.length, right.length); index++)
      compareAt(left[index], right[index], item(at, index))
  }

  const compareAt = (left: Json | undefined, right: Json | undefined, at: At): void => {
    if (left === right) return
    // A map that holds secrets is never shown whole, so where one side lacks it, each of its fields is told by itself.
    if (secrecyOf(after, at.path) === 'holds-secrets') {
      const [leftMap, rightMap] = [left ?? {}, right ?? {}]
      if (isObject(leftMap) && isObject(rightMap)) return compareMaps(leftMap, rightMap, at)
    }
    const open = isOpen(left, right, at)
    if (left === undefined)
      return right === undefined ? undefined : add(at, { change: 'added', after: shown(right, at, open) })
    if (right === undefined) return add(at, { change: 'removed', before: shown(left, at, open) })
    if (secrecyOf(after, at.path) === 'open') {
      if (isObject(left) && isObject(right)) return compareMaps(left, right, at)
      if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right, at)
    }
    if (open && typeof left === 'string' && typeof right === 'string' && (isLong(left) || isLong(right)))
      return add(at, { change: 'text', edits: textEdits(left, right) })
    replace(left, right, at)
  }

  compareMaps(before, after, { path: [], name: '' })
  return found
}
