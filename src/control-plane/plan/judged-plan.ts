import type { JudgedChange, JudgedPlan } from '../../core/judged.ts'
import type { Live } from '../../core/live.ts'
import { nameOf } from '../../core/object.ts'
import type { Plan } from '../../core/plan.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { isStored } from '../../core/site-values/planned.ts'
import type { Wanted } from '../../core/wanted.ts'

/** So many objects are named; a first apply of a platform has hundreds. */
const mostNamed = 5

/** What the server was not asked about, and why, as warnings: one for each reason. */
export const notChecked = (changes: JudgedChange[]): Problem[] => {
  const unchecked = changes.flatMap((one) =>
    one.comes === 'not checked' ? [{ id: one.id, why: one.why }] : [],
  )
  return Array.from(
    Map.groupBy(unchecked, ({ why }) => why),
    ([why, found]) => {
      const more = found.length - mostNamed
      const names = found.slice(0, mostNamed).map(({ id }) => nameOf(id))
      return problem({
        code: 'plan/not-checked',
        severity: 'warning',
        fault: 'world',
        what: `${found.length === 1 ? '1 object is' : `${found.length} objects are`} not checked by the server, because ${why}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
        why: 'A server-side dry run cannot tell what it would say.',
        fix: 'Nothing needs to be done; the apply itself checks them.',
      })
    },
  )
}

/** What a plan was made against: the cluster by name and identity, versions, and which site values it puts in place. */
export const target = ({
  plan,
  wanted,
  live,
  server,
  clusterId,
}: {
  plan: Plan
  wanted: Wanted
  live: Live
  server: string
  clusterId: string | null
}): Pick<JudgedPlan, 'cluster' | 'kubernetes' | 'filling'> => {
  // The key of a store that is not kept yet is another one with each plan, and so is a value that is not made yet.
  const isSettled = live.store !== undefined && !plan.siteValues.some(isStored)
  return {
    cluster: { name: wanted.manifest.cluster, id: clusterId },
    kubernetes: { bundle: wanted.manifest.kubernetes, server },
    filling: isSettled ? (wanted.filled?.digest ?? null) : null,
  }
}
