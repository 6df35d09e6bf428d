import type { KubeObject } from '../../core/object.ts'
import { placeholderForm, placeholderOf } from '../../core/site-values/placeholder.ts'
import { partsOf } from '../../core/site-values/recipe.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import { rewriteTexts } from '../../core/site-values/texts.ts'
import type { FoundObject } from './read-release.ts'

/** The placeholders of a whole set under another salt, and back. */
export interface Salting {
  salted(objects: KubeObject[], salt: string): KubeObject[]
  unsalted(objects: FoundObject[], salt: string): FoundObject[]
}

const swapIn = (object: KubeObject, swaps: Map<string, string>): KubeObject =>
  rewriteTexts(object, (text) => text.replaceAll(placeholderForm, (one) => swaps.get(one) ?? one))

/** The salting of these site values. */
export const saltingOf = (values: SiteValue[]): Salting => {
  const pairs = (salt: string): [plain: string, salted: string][] =>
    values.flatMap(({ id, recipe }) =>
      partsOf(recipe).map((part): [string, string] => [
        placeholderOf(id, part),
        placeholderOf(id, part, salt),
      ]),
    )
  return {
    salted: (objects, salt) => {
      if (salt === '' || values.length === 0) return objects
      const swaps = new Map(pairs(salt))
      return objects.map((object) => swapIn(object, swaps))
    },
    unsalted: (objects, salt) => {
      if (salt === '' || values.length === 0) return objects
      const swaps = new Map(pairs(salt).map(([plain, salted]) => [salted, plain]))
      return objects.map((one) => ({ ...one, object: swapIn(one.object, swaps) }))
    },
  }
}
