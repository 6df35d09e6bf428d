import type { ResolvedRelease } from '../../../../core/records.ts'
import type { Part, Place, Recipe, SiteValue } from '../../../../core/site-values/recipe.ts'
import { keptSealed } from '../../../../core/site-values/recipe.ts'
import type { Hidden } from '../cover.ts'
import type { Candidate } from './collect.ts'
import { nameFor } from './names.ts'
import { pemOf } from './pems.ts'
import type { Pem } from './pems.ts'

/** A proposed site value, and what a person should know about it. */
export interface Proposed {
  siteValue: SiteValue
  comment?: string
  /** It is no work of chance: the chart makes it of this sealed text. */
  transformed?: { of: string; words: string }
}

/** A value of the first render while it is found out what makes it; without a candidate it is declared already. */
export interface Draft {
  value: string
  pem?: Pem
  candidate?: Candidate
  declared?: SiteValue
  proposed?: Proposed
}

type Open = Draft & { candidate: Candidate }

/** What nothing is proposed for yet. */
export const isOpen = (draft: Draft): draft is Open =>
  draft.candidate !== undefined && draft.proposed === undefined

/** What makes a value, as far as it is known. */
export const siteValueOf = ({ declared, proposed }: Draft): SiteValue | undefined =>
  declared ?? proposed?.siteValue

const at = (places: Omit<Place, 'part'>[], part: Part): Place[] => places.map((place) => ({ ...place, part }))

/** The values at hand, and the three ways to settle one of them. */
export interface Drafts {
  all: Draft[]
  /** An id for the value at a place that no other has. */
  idFor(place: Omit<Place, 'part'>): string
  settle(draft: Open, recipe: Recipe, part: Part, comment?: string): void
  /** It is another part of what makes `other`. */
  join(draft: Open, other: Draft, part: Part): void
  seal(draft: Open, because: string): void
}

/** The candidates, and beside them what is declared already. */
export const draftsOf = (release: ResolvedRelease, candidates: Candidate[], hidden: Hidden[]): Drafts => {
  const own = `${release.name}/`
  const taken = new Set(
    release.siteValues.filter(({ id }) => id.startsWith(own)).map(({ id }) => id.slice(own.length)),
  )
  const withPem = (draft: Draft): Draft => {
    const pem = pemOf(draft.value)
    return pem ? { ...draft, pem } : draft
  }
  const declared = hidden.flatMap(({ id, value }) => {
    const found = release.siteValues.find((one) => one.id === id)
    return found ? [{ value, declared: found }] : []
  })
  const open = candidates.map((candidate) => ({ value: candidate.texts[0]!, candidate }))

  const nameOf = (place: Omit<Place, 'part'>, isPair: boolean): string => {
    const name = nameFor(place, release.name, isPair, taken)
    taken.add(name)
    return name
  }
  const propose = (draft: Open, name: string, recipe: Recipe, part: Part, comment?: string): void => {
    draft.proposed = {
      siteValue: { id: own + name, recipe, places: at(draft.candidate.places, part) },
      ...(comment === undefined ? {} : { comment }),
      ...(draft.candidate.transformed && { transformed: draft.candidate.transformed }),
    }
  }
  const join = (draft: Open, other: Draft, part: Part): void => {
    if (other.declared && other.proposed === undefined)
      other.proposed = {
        siteValue: { ...other.declared, places: [...other.declared.places] },
        comment: 'Declared already: another part of it comes to it here.',
      }
    other.proposed?.siteValue.places.push(...at(draft.candidate.places, part))
    if (other.proposed) draft.proposed = other.proposed
  }
  return {
    all: [...declared, ...open].map(withPem),
    idFor: (place) => own + nameOf(place, false),
    settle: (draft, recipe, part, comment) => {
      const isPair = recipe.made === 'certificate' || recipe.made === 'key'
      propose(draft, nameOf(draft.candidate.places[0]!, isPair), recipe, part, comment)
    },
    join,
    seal: (draft, because) => {
      const name = nameOf(draft.candidate.places[0]!, false)
      propose(draft, name, keptSealed(release.name, release.environment, name), 'value', because)
    },
  }
}
