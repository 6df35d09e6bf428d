import type { GroupVersion } from './object.ts'

/** One kind that a server serves, in one version. */
export interface ServedKind extends GroupVersion {
  kind: string
  /** The name in URLs: `deployments`. */
  plural: string
  namespaced: boolean
}

/** What the target knows: the built-in kinds of its Kubernetes version, and those of the CRDs of the set. */
export interface Target {
  kubernetes: string
  kinds: ServedKind[]
}
