import type { Recipe } from './recipe.ts'

/** How one site value is; never the value. */
export interface SiteValueStatus {
  id: string
  /** Its recipe; null where the bundle has it no more. */
  made: Recipe['made'] | null
  /**
   * `kept`: in the store. `unused`: in the store, and neither in the bundle nor in what was applied last. `missing`: people have to
   * supply it. `lost`: in use, and not in the store. `edited`: the store has it otherwise than it was written.
   */
  state: 'kept' | 'unused' | 'missing' | 'not made yet' | 'lost' | 'edited' | 'read' | 'sealed'
  /** How often it was made or given; 0 where it never was. */
  generation: number
  /** Its recipe is another one than that by which it was made. */
  recipeChanged: boolean
  /** Of a certificate: its end, RFC 3339. */
  ends: string | null
}
