import type { Live } from '../../core/live.ts'
import { bad, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { Recipe, SiteValue } from '../../core/site-values/recipe.ts'
import { suggest } from '../../core/suggest.ts'
import type { Wanted } from '../../core/wanted.ts'
import { inMakingOrder, withDependents, withOrigins } from './order.ts'
import { settleValues } from './prepare.ts'
import type { SiteValuesSystem } from './prepare.ts'
import type { Request, Settled } from './settle.ts'
import { holdsPlaceholder } from '../../core/site-values/placeholder.ts'

const usage = (what: string, fix: string): Problem =>
  problem({ code: 'usage/site-value', fault: 'usage', what, fix })

/** That a name on the command line is that of a site value, with the one that was most likely meant. */
export const unknownName = (name: string, known: string[]): Problem => {
  const meant = suggest(name, known)
  return usage(
    `There is no site value ${name}.`,
    meant === undefined ? 'Look at: scout-apply site-values BUNDLE list' : `Did you mean ${meant}?`,
  )
}

const elsewhere: { [made in Recipe['made']]?: string } = {
  supplied: 'Give the new one: scout-apply site-values BUNDLE supply',
  read: 'Change it in the Secret that it is read from, and apply the bundle again.',
  sealed: 'Seal the new one where the site is declared, and build a new bundle.',
}

const checkRotate = (id: string, values: Map<string, SiteValue>): Problem[] => {
  const value = values.get(id)
  if (value === undefined) return [unknownName(id, Array.from(values.keys()))]
  const fix = elsewhere[value.recipe.made]
  return fix === undefined
    ? []
    : [usage(`The site value ${id} is ${value.recipe.made}, so no new one can be made.`, fix)]
}

const checkSupply = (id: string, text: string, values: Map<string, SiteValue>): Problem[] => {
  const value = values.get(id)
  if (value === undefined) return [unknownName(id, Array.from(values.keys()))]
  if (value.recipe.made !== 'supplied')
    return [
      usage(
        `The site value ${id} is not supplied: its recipe is ${value.recipe.made}.`,
        'Declare it as supplied where a person is to give it.',
      ),
    ]
  if (text === '') return [usage(`The value for ${id} is empty.`, 'Give a file that is not empty.')]
  return holdsPlaceholder(text)
    ? [
        usage(
          `The value for ${id} is a placeholder, as it stands in what is rendered.`,
          'Give the value itself.',
        ),
      ]
    : []
}

/**
 * The store with some values made anew or given by people, and with all of it that is made of them made anew. Nothing is written. Refuses,
 * as wrong usage, names that are not there, and values that come from elsewhere.
 */
export const changeValues = async (
  wanted: Pick<Wanted, 'manifest'>,
  known: Pick<Live, 'discovery' | 'inventory' | 'store'>,
  request: Request,
  system: SiteValuesSystem,
): Promise<Outcome<Settled>> => {
  const values = new Map(wanted.manifest.siteValues.map((one) => [one.id, one]))
  const problems = [
    ...Array.from(request.rotate).flatMap((id) => checkRotate(id, values)),
    ...Array.from(request.supply).flatMap(([id, text]) => checkSupply(id, text, values)),
  ]
  if (problems.length > 0) return bad(problems as Problems)
  const ordered = inMakingOrder(wanted.manifest.siteValues)
  const asked = new Set([...request.rotate, ...request.supply.keys()])
  // What was never made is left to the next apply.
  const changed = new Set(
    Array.from(withDependents(asked, ordered)).filter(
      (id) => asked.has(id) || known.store?.content.values.has(id),
    ),
  )
  const rotate = new Set(Array.from(changed).filter((id) => !request.supply.has(id)))
  return await settleValues(wanted, known, { ...request, rotate }, system, withOrigins(changed, ordered))
}
