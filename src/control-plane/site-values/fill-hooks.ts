import { good, bad, all, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { Live } from '../../core/live.ts'
import { nameOf } from '../../core/object.ts'
import { placeholderOf, placeholdersIn } from '../../core/site-values/placeholder.ts'
import { madeOf, partsOf } from '../../core/site-values/recipe.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import { substitute } from '../../core/site-values/substitute.ts'
import type { Wanted, WantedObject } from '../../core/wanted.ts'
import { settleValues } from './prepare.ts'
import type { SiteValuesSystem } from './prepare.ts'
import { nothingAsked } from './settle.ts'

/** The values of which a part stands in the objects, with all that they are made of. */
const neededFor = (objects: WantedObject[], values: SiteValue[]): SiteValue[] => {
  const placeholders = new Set(objects.flatMap(({ object }) => Array.from(placeholdersIn(object))))
  const byId = new Map(values.map((one) => [one.id, one]))
  const needed = new Map<string, SiteValue>()
  const add = (value: SiteValue | undefined): void => {
    if (value === undefined || needed.has(value.id)) return
    needed.set(value.id, value)
    const of = madeOf(value.recipe)
    if (of !== undefined) add(byId.get(of))
  }
  for (const value of values)
    if (partsOf(value.recipe).some((part) => placeholders.has(placeholderOf(value.id, part)))) add(value)
  return values.filter(({ id }) => needed.has(id))
}

const notKept = (id: string, objects: WantedObject[]): Problem =>
  problem({
    code: 'apply/site-value-not-kept',
    fault: 'world',
    what: `The site value ${id} is not kept any more, and hooks of a release that is removed need it: ${objects.map((one) => nameOf(one.id)).join(', ')}.`,
    why: 'One that is made anew would not be the one that the release runs with.',
    fix: 'Restore it (scout-apply site-values BUNDLE restore), or remove the release without its hooks: --no-hooks.',
  })

/**
 * Hooks of a release that is removed, with the site values in place that the control plane keeps; none is made for them. `bundle` is the one that
 * they come from. `secrets` are the values, which must not be told.
 */
export const fillHooks = async (
  bundle: Pick<Wanted, 'manifest' | 'sealed'>,
  hooks: WantedObject[],
  live: Pick<Live, 'discovery' | 'inventory' | 'store'>,
  system: SiteValuesSystem,
): Promise<Outcome<{ hooks: WantedObject[]; secrets: string[] }>> => {
  const values = neededFor(hooks, bundle.manifest.siteValues)
  if (values.length === 0) return good({ hooks, secrets: [] })
  const settled = await settleValues(bundle, live, nothingAsked, system, values)
  if (!settled.ok) return settled
  const { planned, fillings } = settled.value
  const made = planned.filter((one) => one.do === 'make')
  if (made.length > 0) return bad(made.map(({ id }) => notKept(id, hooks)) as Problems)
  const filled = all(
    hooks.map((hook) => {
      const object = substitute(hook.object, fillings)
      return object.ok ? good({ ...hook, object: object.value }, object.warnings) : object
    }),
  )
  const secrets = Array.from(fillings.values(), ({ text }) => text)
  return filled.ok ? good({ hooks: filled.value, secrets }, filled.warnings) : filled
}
