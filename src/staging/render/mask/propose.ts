import type { ResolvedRelease } from '../../../core/records.ts'
import { placeholderOf } from '../../../core/site-values/placeholder.ts'
import { partsOf } from '../../../core/site-values/recipe.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import type { FoundObject } from '../read-release.ts'
import { compareRenders } from './compared.ts'
import type { Compared } from './compared.ts'
import { classify } from './propose/classify.ts'
import type { Proposed } from './propose/draft.ts'
import { collect } from './propose/collect.ts'
import type { Leftover } from './propose/collect.ts'
import { byPlace, declarationOf } from './propose/declaration.ts'
import type { Known } from './propose/transforms.ts'

/** What a release needs beside what it declares, so that it renders the same each time. */
export interface Proposal {
  /** Sorted by place: Secrets first. */
  proposed: Proposed[]
  /** `siteValues:` for release.yaml; '' where nothing is needed. */
  yaml: string
  /** What differs still, and no site value can serve. */
  left: Leftover[]
  /** Objects that are not in every render. */
  lone: FoundObject[]
}

/** The salt of the placeholders in all renders but the first. */
const twin = 'twin'

/** The declared values by their texts in each render, and the placeholders that the chart got. */
const knownIn = (release: ResolvedRelease, { hidden }: Compared): Known<string>[] => {
  const placed = (hidden[0] ?? []).map(({ id, placeholder }) => ({
    is: id,
    texts: hidden.map((one) => one.find((other) => other.placeholder === placeholder)?.value ?? ''),
  }))
  const given = [
    ...Object.values(release.tokens),
    ...release.siteValues.flatMap(({ id, recipe }) => partsOf(recipe).map((part) => ({ id, part }))),
  ]
  return [
    ...placed,
    ...given.map(({ id, part }) => ({
      is: id,
      texts: hidden.map((_, index) => placeholderOf(id, part, index === 0 ? '' : twin)),
    })),
  ]
}

/** What would serve, from renders that are laid side by side already. */
export const proposalFrom = (release: ResolvedRelease, compared: Compared): Proposal => {
  const known = knownIn(release, compared)
  const given =
    Object.keys(release.tokens).length > 0 || release.siteValues.some(({ places }) => places.length === 0)
  const { candidates, left } = collect(release, compared, known, given)
  const objects = compared.rows.map(({ raw }) => raw[0]!)
  const named = classify(release, candidates, compared.hidden[0] ?? [], objects)
  const proposed = named.toSorted(byPlace)
  return { proposed, yaml: declarationOf(proposed, release), left, lone: compared.lone }
}

/**
 * What of `siteValues` a release needs beside what it declares, found in two or three renders that are as `mask` takes them. The more renders, the surer the length and the alphabet of passwords. A person reviews it.
 */
export const propose = (
  release: ResolvedRelease,
  first: FoundObject[],
  second: FoundObject[],
  third?: FoundObject[],
): Proposal =>
  proposalFrom(
    release,
    compareRenders(release, release.siteValues, third ? [first, second, third] : [first, second]),
  )

/** The site values of a release once a proposal is taken up. */
export const withProposal = (siteValues: SiteValue[], { proposed }: Proposal): SiteValue[] => {
  const ids = new Set(proposed.map(({ siteValue }) => siteValue.id))
  return [...siteValues.filter(({ id }) => !ids.has(id)), ...proposed.map(({ siteValue }) => siteValue)]
}
