import type { GuardedKind } from '../../core/plan.ts'

/** What a person has agreed to beyond the usual; without it a plan refuses or keeps. */
export interface Consent {
  /** Kinds that hold data or other objects and may be deleted all the same. */
  prune: Set<GuardedKind>
  /** Apply a bundle that is older than what is there. */
  downgrade: boolean
  /** Apply a bundle that wants nothing, which deletes everything of the set. */
  empty: boolean
}
