import { beingRemoved } from '../../core/inventory.ts'
import type { Live } from '../../core/live.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { Wanted } from '../../core/wanted.ts'

/**
 * What a part of a set depends on beyond itself: refused where that is not there in full, and told where it is there otherwise than in the bundle
 * that the part comes from.
 */
export const needsOf = ({ manifest, part }: Wanted, live: Live): Problem[] => {
  const there = live.inventory?.content.releases ?? {}
  return (part?.needs ?? []).flatMap(({ release, of, digest }): Problem[] => {
    const is = Object.hasOwn(there, of) ? there[of] : undefined
    const told = { where: [{ in: 'release' as const, release }] }
    if (is === digest) return []
    if (is === undefined || is === '' || is === beingRemoved)
      return [
        problem({
          ...told,
          code: 'plan/dependency-missing',
          fault: 'world',
          what: `Release ${release} depends on ${of}, and ${of} is not there in full.`,
          fix: `Apply it as well: --only ${of} --only ${release}.`,
        }),
      ]
    return [
      problem({
        ...told,
        code: 'plan/dependency-differs',
        severity: 'warning',
        what: `Release ${release} depends on ${of}, and what is there of ${of} is not what bundle ${manifest.version} brings.`,
        why: 'The two have not been tried together.',
        fix: `Nothing needs to be done if ${release} can do with it; else apply both: --only ${of} --only ${release}.`,
      }),
    ]
  })
}
