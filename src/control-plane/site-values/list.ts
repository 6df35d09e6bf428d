import type { Maker } from '../../core/effects/maker.ts'
import type { Live } from '../../core/live.ts'
import type { SiteValueStatus } from '../../core/site-values/status.ts'
import { recipeDigest } from '../../core/site-values/store.ts'
import type { Wanted } from '../../core/wanted.ts'

/** How each site value is, of the bundle and of the store, by id; never a value. Pure but for reading certificates. */
export const statusOfValues = (
  { manifest }: Pick<Wanted, 'manifest'>,
  { inventory, store }: Pick<Live, 'inventory' | 'store'>,
  maker: Maker,
): SiteValueStatus[] => {
  const recipes = new Map(manifest.siteValues.map(({ id, recipe }) => [id, recipe]))
  const applied = new Set(inventory?.content.siteValues)
  const ids = new Set([...recipes.keys(), ...(store?.content.values.keys() ?? []), ...(store?.edited ?? [])])
  const stateOf = (id: string): SiteValueStatus['state'] => {
    const recipe = recipes.get(id)
    if (store?.edited.includes(id)) return 'edited'
    if (recipe?.made === 'read' || recipe?.made === 'sealed') return recipe.made
    if (store?.content.values.has(id)) return recipe || applied.has(id) ? 'kept' : 'unused'
    if (recipe?.made === 'supplied') return 'missing'
    return applied.has(id) ? 'lost' : 'not made yet'
  }
  return Array.from(ids)
    .sort()
    .map((id) => {
      const recipe = recipes.get(id)
      const stored = store?.content.values.get(id)
      const { certificate } = stored?.parts ?? {}
      const end = certificate === undefined ? undefined : maker.endOf(certificate)
      return {
        id,
        made: recipe?.made ?? null,
        state: stateOf(id),
        generation: stored?.generation ?? 0,
        recipeChanged: recipe !== undefined && stored !== undefined && stored.recipe !== recipeDigest(recipe),
        ends: end === undefined ? null : new Date(end).toISOString(),
      }
    })
}
