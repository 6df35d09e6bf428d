import type { JudgedPlan } from '../../core/judged.ts'
import type { Live } from '../../core/live.ts'
import type { Plan } from '../../core/plan.ts'
import { isStored } from '../../core/site-values/planned.ts'
import type { Wanted } from '../../core/wanted.ts'

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
