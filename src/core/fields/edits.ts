import { diffArrays } from 'diff'
import type { Edit } from '../comparison.ts'
import { canonicalJson } from '../json.ts'
import type { Json } from '../json.ts'

/** Unchanged lines shown around a change, as in a unified diff. */
const context = 3

/** Beyond so many edits the search for the shortest way takes seconds (it is quadratic in them); then all is shown as replaced. */
const mostEdits = 2000

/** Leaves no more than `context` unchanged ones beside a change and says how many it left out. */
const withContext = <T>(edits: { edit: 'same' | 'added' | 'removed'; of: T }[]): Edit<T>[] => {
  const near = new Uint8Array(edits.length)
  for (const [index, { edit }] of edits.entries())
    if (edit !== 'same') near.fill(1, Math.max(0, index - context), index + context + 1)
  const shown: Edit<T>[] = []
  for (const [index, edit] of edits.entries()) {
    const last = shown.at(-1)
    if (near[index] === 1) shown.push(edit)
    else if (last?.edit === 'skipped') last.count++
    else shown.push({ edit: 'skipped', count: 1 })
  }
  return shown
}

const commonStart = <T>(before: T[], after: T[], same: (a: T, b: T) => boolean): number => {
  let length = 0
  while (length < before.length && length < after.length && same(before[length] as T, after[length] as T))
    length++
  return length
}

const editsOf = <T>(before: T[], after: T[], same: (a: T, b: T) => boolean): Edit<T>[] => {
  const start = commonStart(before, after, same)
  const end = commonStart(before.slice(start).reverse(), after.slice(start).reverse(), same)
  const left = before.slice(start, before.length - end)
  const right = after.slice(start, after.length - end)
  const parts = diffArrays(left, right, { comparator: same, maxEditLength: mostEdits }) ?? [
    { value: left, added: false, removed: true },
    { value: right, added: true, removed: false },
  ]
  const is = (edit: 'same' | 'added' | 'removed') => (of: T) => ({ edit, of })
  return withContext([
    ...after.slice(0, start).map(is('same')),
    ...parts.flatMap(({ value, added, removed }) =>
      value.map(is(added ? 'added' : removed ? 'removed' : 'same')),
    ),
    ...after.slice(after.length - end).map(is('same')),
  ])
}

/**
 * The lines as a text has them, each with its line break but the last: so a text that gains or loses its final line break
 * shows as a changed last line.
 */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** The line diff of two texts (Myers' algorithm, by the package diff); bounded in time, so huge rewrites show as replaced. */
export const textEdits = (before: string, after: string): Edit<string>[] =>
  editsOf(linesOf(before), linesOf(after), (a, b) => a === b)

/** The diff of two lists of scalars, item by item. */
export const itemEdits = (before: Json[], after: Json[]): Edit<Json>[] =>
  editsOf(before, after, (a, b) => a === b || canonicalJson(a) === canonicalJson(b))
