import type { InventoryEntry } from '../../core/inventory.ts'
import { inReverse } from '../../core/order.ts'
import type { PlannedRelease, Removal } from '../../core/plan.ts'
import { policyOf } from '../../core/policy.ts'
import type { Wanted } from '../../core/wanted.ts'

interface Prune extends Pick<InventoryEntry, 'release' | 'phase'> {
  removal: Removal
}

/**
 * Parts what is pruned into what goes with its release, before its new objects come, because that release says so (`prune: early`), and what goes
 * once all is ready. CRDs and hooks never go early.
 */
export const earlyPrunes = <P extends Prune>(
  prunes: P[],
  { releases }: Pick<Wanted, 'releases'>,
): { late: P[]; withEarly(release: PlannedRelease): PlannedRelease } => {
  const early = new Set(releases.filter((one) => policyOf(one).prune === 'early').map(({ name }) => name))
  const isEarly = ({ phase, release }: P): boolean => phase === 'main' && early.has(release)
  return {
    late: prunes.filter((one) => !isEarly(one)),
    withEarly: (release) => {
      const own = prunes.filter((one) => isEarly(one) && one.release === release.name)
      return own.length === 0 ? release : { ...release, prune: inReverse(own.map((one) => one.removal)) }
    },
  }
}
