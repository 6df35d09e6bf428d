import { unless } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { ResolvedRelease } from '../../../core/records.ts'
import type { FoundObject } from '../read-release.ts'
import { compareRenders } from './compared.ts'
import { problemsOf } from './found-problems.ts'
import { proposalFrom } from './propose.ts'

/**
 * The objects of a release with a placeholder wherever one of its site values stands, and a digest of what is masked in place of checksums
 * that are random: the same at each render. `second` was made on its own with placeholders of salt 'twin', and what of them came out whole is that of `first` again;
 * it is left out where a chart has neither dice nor placeholders. Test hooks are left out.
 * Refuses, all at once: `render/missing-place`, `render/unequal-places`, `render/ambiguous-site-values`, and for what differs between the two renders all the same
 * `render/undeclared-random` and `render/transformed-site-value`. No problem holds a value.
 */
export const mask = (
  release: ResolvedRelease,
  first: FoundObject[],
  second: FoundObject[] | undefined,
): Outcome<FoundObject[]> => {
  const compared = compareRenders(release, release.siteValues, second ? [first, second] : [first])
  const { rows, lone, problems } = compared
  const differs = lone.length > 0 || rows.some(({ left }) => left.length > 0)
  const found: Problem[] = differs ? problemsOf(release, proposalFrom(release, compared), rows) : []
  return unless([...problems, ...found], () =>
    rows.map(({ masked, origin }) => ({ object: masked[0]!, origin })),
  )
}
