import type { Hook } from '../hook.ts'
import type { ObjectId } from '../object.ts'
import type { Policy } from '../policy.ts'
import type { Phase, SuppliedSecret } from '../records.ts'
import type { SiteValue } from '../site-values/recipe.ts'

/** The format of `bundle.json`; a reader refuses a number that it does not know. */
export const formatVersion = 3

export interface BundledObject {
  id: ObjectId
  phase: Phase
  hook?: Hook
  /** The member that holds it: `objects/RELEASE/` and its path below `rendered/ENV/RELEASE`. */
  member: string
}

export interface BundledRelease {
  name: string
  namespace: string
  dependsOn: string[]
  timeoutSeconds: number
  supplied: SuppliedSecret[]
  /** The chart that it was rendered from; null for plain manifests. */
  chart: { name: string; version: string; digest: string } | null
  /** The version of helm that rendered it; null for plain manifests. */
  helm: string | null
  /** How it is to be applied, where that is not the usual way. */
  policy?: Policy
  /** Sorted by member. */
  objects: BundledObject[]
}

/**
 * `bundle.json`: it lists the digest and size of every other member but the signatures, which are over it.
 * Nothing in it depends on the clock or on where it was built; times come from the commit.
 */
export interface BundleManifest {
  format: typeof formatVersion
  /** SITE-ENVIRONMENT; also the name of the set on the cluster. */
  name: string
  site: string
  environment: string
  version: string
  /** Grows with each bundle of this name; an older one is not applied without consent. */
  sequence: number
  /** Digest of the bundle.json that this one follows, or null. */
  previous: string | null
  /** RFC 3339 time after which it must not be applied, or null. */
  notAfter: string | null
  /** The cluster that it is for, by the name that the cluster's trust file bears. */
  cluster: string
  kubernetes: string
  git: { commit: string; clean: boolean } | null
  tool: string
  namespaces: {
    [namespace: string]: { labels: { [key: string]: string }; annotations: { [key: string]: string } }
  }
  /** In wave order: names of releases, those of wave n depend only on waves before n. */
  waves: string[][]
  releases: BundledRelease[]
  /** Those that stand as placeholders in the objects, and those that they are made of; sorted by id. */
  siteValues: SiteValue[]
  images: { original: string; rewritten: string }[]
  /** Every member but bundle.json and the signatures, sorted by path. */
  members: { path: string; size: number; sha256: string }[]
}
