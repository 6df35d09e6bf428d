import type { Discovery } from './effects/cluster.ts'
import { groupVersionOf } from './object.ts'
import type { ObjectId } from './object.ts'
import { findKind } from './target.ts'
import type { ServedKind } from './target.ts'

/** What is known of a kind: how it is served; that it is not; or nothing, because its group's server is silent. */
export type Service = { served: 'yes'; kind: ServedKind } | { served: 'no' } | { served: 'unknown' }

/** The kind in exactly this version. */
export const serviceOf = (discovery: Discovery, apiVersion: string, kind: string): Service => {
  const found = findKind(discovery.kinds, apiVersion, kind)
  if (found) return { served: 'yes', kind: found }
  return { served: discovery.silent.includes(groupVersionOf(apiVersion).group) ? 'unknown' : 'no' }
}

/** The kind in the version that the server prefers: for what is looked at or deleted, where any version will do. */
export const anyServiceOf = (
  discovery: Discovery,
  { group, kind }: Pick<ObjectId, 'group' | 'kind'>,
): Service => {
  const found = discovery.kinds.find((one) => one.group === group && one.kind === kind)
  if (found) return { served: 'yes', kind: found }
  return { served: discovery.silent.includes(group) ? 'unknown' : 'no' }
}
