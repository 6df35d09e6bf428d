import type { GuardedKind } from '../../core/plan.ts'

/** What a person has agreed to beyond the usual; without it a plan refuses or keeps. */
export interface Consent {
  /** Kinds that hold data or other objects and may be deleted all the same. */
  prune: Set<GuardedKind>
  /** Apply a bundle that is older than what is there. */
  downgrade: boolean
  /** Apply a bundle that wants nothing, which deletes everything of the set. */
  empty: boolean
  /** Names of sets whose objects may be taken over. */
  takeFrom?: ReadonlySet<string>
  /** Apply to a server that is more than one minor version away from what the bundle was made for. */
  versionSkew?: boolean
}
