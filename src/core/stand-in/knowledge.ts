import type { KubeObject } from '../object.ts'
import type { GroupVersion } from '../object.ts'

/** One resource as discovery tells of it; a subresource's group and version are '' where they are the resource's own. */
export interface DiscoveredResource extends GroupVersion {
  kind: string
  plural: string
  singular: string
  shortNames: string[]
  namespaced: boolean
  verbs: string[]
  subresources: { name: string; group: string; version: string; kind: string; verbs: string[] }[]
}

/** What an API server's discovery says: groups, and within each its versions, in the server's order of preference. */
export interface Discovered {
  /** `v1.36.3` */
  kubernetes: string
  groups: { group: string; versions: string[] }[]
  resources: DiscoveredResource[]
}

/** What a stand-in knows of the cluster that it stands for. */
export interface Knowledge {
  discovered: Discovered
  /** The objects that are there, for `lookup`. */
  objects: KubeObject[]
}
