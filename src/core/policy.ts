import type { FieldTest } from './readiness/declared.ts'

/** Fields that somebody else sets on the cluster: they are left out of what is applied, and of what counts as drift. */
export interface IgnoreRule {
  /** `Kind.group` (`Deployment.apps`, `Service`), or `*`. */
  kind: string
  /** The object's name; all of the kind where it is left out. */
  name?: string
  /** JSON pointers; `*` stands for every item or key of one step. */
  fields: string[]
}

/** When objects of a kind are ready, for a kind that no given rule knows or where a given one does not serve. */
export interface ReadyRule {
  /** `Kind.group` */
  kind: string
  name?: string
  /** Ready where all of them hold. */
  ready: FieldTest[]
  /** Failed for good where one of them holds. */
  failed: FieldTest[]
}

/** How one release is to be applied, where the usual way does not serve. */
export interface Policy {
  ignore: IgnoreRule[]
  /** `Kind.group` of what may be deleted and made anew where a change is forbidden; a StatefulSet leaves its Pods behind for the new one. */
  recreate: string[]
  /** `early`: what the release has no more goes before its new objects come, not after all waves are ready. */
  prune: 'last' | 'early'
  ready: ReadyRule[]
}

/** What holds for a release that says nothing. */
export const usualPolicy: Policy = { ignore: [], recreate: [], prune: 'last', ready: [] }

/** The policy of a release of a bundle. */
export const policyOf = (release: { policy?: Policy }): Policy => release.policy ?? usualPolicy
