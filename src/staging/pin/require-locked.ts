import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { RewrittenRelease, SetOf } from '../../core/records.ts'
import { digestsOf } from '../../core/registry/lock.ts'
import { imagesToLock } from '../../core/registry/wanted.ts'

/** Refuses a set of a site that pins its images where the lock does not have one of them (for every architecture of the site). */
export const requireLocked = (set: SetOf<RewrittenRelease>): Outcome<SetOf<RewrittenRelease>> => {
  const { site, lock } = set
  if (site.images.pin !== true) return good(set)
  const digestOf = digestsOf(site, lock)
  const unlocked = imagesToLock([set]).filter(({ reference }) => digestOf(reference) === undefined)
  if (unlocked.length === 0) return good(set)
  return bad(
    unlocked.map(({ name, where }) =>
      problem({
        code: 'pin/unlocked-image',
        what: `${name} has no digest in ${lock.file}.`,
        where: [{ in: 'file', file: lock.file }, ...where],
        why: `${site.file} says images.pin, and another image could come under the same tag.`,
        fix: 'Run `scout images lock`, look at what it adds, and commit it.',
      }),
    ) as Problems,
  )
}
