import type { KubeObject } from '../../../core/object.ts'
import type { Path } from '../../../core/pointer.ts'
import type { Part } from '../../../core/site-values/recipe.ts'
import { rewriteTexts } from '../../../core/site-values/texts.ts'
import { occurrencesOf } from './occurrences.ts'
import type { Occurrence } from './occurrences.ts'

/** A value that must not be seen, and what stands for it. */
export interface Hidden {
  /** The site value, `RELEASE/NAME`. */
  id: string
  part: Part
  placeholder: string
  value: string
  /**
   * Where else than at its places it is looked for. One that chance made: everywhere. One that is the same at each render is
   * looked for as a word of its own, and only in Secrets where it could be a word that means something else elsewhere (`postgres`).
   */
  sought: 'everywhere' | 'as-word' | 'in-secrets' | 'nowhere'
}

/** Below this, a value stands by chance in other text. */
const shortestSought = 8

/** How a value is sought; `fixed`: the chart made the same one twice. */
export const soughtBy = (value: string, fixed: boolean): Hidden['sought'] => {
  if (value.length < shortestSought) return 'nowhere'
  if (!fixed) return 'everywhere'
  return /^[A-Za-z]+(?:[-_. ][A-Za-z]+)*$/.test(value) ? 'in-secrets' : 'as-word'
}

type Spot = Occurrence & { placeholder: string }

const overlaps = (a: Occurrence, b: Occurrence): boolean => a.start < b.end && b.start < a.end

/** A text with placeholders at these spots, which are of the text as it is; of spots that overlap, the first counts. */
export const withSpots = (text: string, spots: Spot[]): string => {
  const taken: Spot[] = []
  for (const spot of spots) if (!taken.some((one) => overlaps(one, spot))) taken.push(spot)
  let covered = text
  for (const { start, end, placeholder } of taken.sort((a, b) => b.start - a.start))
    covered = covered.slice(0, start) + placeholder + covered.slice(end)
  return covered
}

/** The longest first: one may contain another, as a chain of certificates does. */
export const longestFirst = (hidden: Hidden[]): Hidden[] =>
  hidden.toSorted((a, b) => b.value.length - a.value.length || (a.placeholder < b.placeholder ? -1 : 1))

/** A text with the placeholder wherever one of the values stands, which are sorted: the longest first. */
export const coverText = (text: string, hidden: Hidden[], inSecret: boolean): string => {
  const spots = hidden.flatMap(({ value, placeholder, sought }) =>
    sought === 'nowhere' || (sought === 'in-secrets' && !inSecret)
      ? []
      : occurrencesOf(value, text, sought !== 'everywhere').map((one) => ({ ...one, placeholder })),
  )
  return spots.length === 0 ? text : withSpots(text, spots)
}

/** Who an object is must be plain to see, so it is never covered: a value in it shows as an object that differs. */
const isIdentity = ([first, second, third]: Path): boolean =>
  third === undefined &&
  (first === 'apiVersion' ||
    first === 'kind' ||
    (first === 'metadata' && (second === 'name' || second === 'namespace')))

/** An object with placeholders for these values in all its texts, also inside of base64. */
export const cover = (object: KubeObject, hidden: Hidden[]): KubeObject => {
  const sorted = longestFirst(hidden.filter(({ sought }) => sought !== 'nowhere'))
  if (sorted.length === 0) return object
  const isSecret = object.kind === 'Secret' && object.apiVersion === 'v1'
  return rewriteTexts(object, (text, path) =>
    isIdentity(path)
      ? text
      : coverText(text, sorted, isSecret && (path[0] === 'data' || path[0] === 'stringData')),
  )
}
