import { madeOf } from '../../core/site-values/recipe.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'

/** Site values of a verified bundle (no circles) in the order in which they can be made: what one is made of comes before it. */
export const inMakingOrder = (values: SiteValue[]): SiteValue[] => {
  const byId = new Map(values.map((one) => [one.id, one]))
  const ordered = new Set<SiteValue>()
  const add = (one: SiteValue): void => {
    const of = byId.get(madeOf(one.recipe) ?? '')
    if (of && !ordered.has(of)) add(of)
    ordered.add(one)
  }
  for (const one of values) add(one)
  return Array.from(ordered)
}

/** These values and all that are made of them, however far. `ordered` is in making order. */
export const withDependents = (ids: Iterable<string>, ordered: SiteValue[]): Set<string> => {
  const found = new Set(ids)
  for (const { id, recipe } of ordered) if (found.has(madeOf(recipe) ?? '')) found.add(id)
  return found
}

/** These values and all that they are made of, in making order. `ordered` is as well. */
export const withOrigins = (ids: Iterable<string>, ordered: SiteValue[]): SiteValue[] => {
  const found = new Set(ids)
  for (const { id, recipe } of ordered.toReversed()) {
    const of = madeOf(recipe)
    if (of !== undefined && found.has(id)) found.add(of)
  }
  return ordered.filter(({ id }) => found.has(id))
}
