import { bad, good, problem } from './problem.ts'
import type { Outcome, Problem, Problems } from './problem.ts'
import { suggest } from './suggest.ts'

/** Which releases are meant: those that are named, of these the ones that fall to one of several machines; `shard` counts from 1. */
export interface Selection {
  only: string[]
  shard: { index: number; of: number } | null
}

/** All of them. */
export const everything: Selection = { only: [], shard: null }

export const isEverything = ({ only, shard }: Selection): boolean => only.length === 0 && shard === null

const unknown = (name: string, known: string[]): Problem => {
  const near = suggest(name, known)
  return problem({
    code: 'usage/unknown-release',
    fault: 'usage',
    what: `The site has no release ${name}.`,
    fix: near === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}

/**
 * The names that a selection takes of those of all environments. Machines take turns over the sorted names, so that each release falls
 * to exactly one, in every environment to the same.
 */
export const select = (names: string[], { only, shard }: Selection): Outcome<Set<string>> => {
  const known = Array.from(new Set(names)).sort()
  const strangers = only.filter((name) => !known.includes(name)).map((name) => unknown(name, known))
  if (strangers.length > 0) return bad(strangers as Problems)
  const named = only.length === 0 ? known : known.filter((name) => only.includes(name))
  return good(
    new Set(shard === null ? named : named.filter((_, index) => index % shard.of === shard.index - 1)),
  )
}
