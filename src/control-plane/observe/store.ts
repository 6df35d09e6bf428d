import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { serviceOf } from '../../core/discovery.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { storeId, storeOf } from '../../core/site-values/store.ts'
import type { LiveStore } from '../../core/site-values/store.ts'

/** One that cannot be read, as what is to be replaced: nothing of it is known. */
const damaged = (secret: KubeObject): LiveStore => ({
  content: { key: new Uint8Array(), values: new Map() },
  edited: [],
  resourceVersion: resourceVersionOf(secret),
})

/**
 * The site values of a set as the cluster keeps them; undefined where there never were any. One that cannot be read is refused, or
 * (`orDamaged`) taken for an empty one that is there.
 */
export const readStore = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
  orDamaged = false,
): Promise<Outcome<LiveStore | undefined>> => {
  const id = storeId(set)
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const reply = await cluster.get({ kind: service.kind, namespace: id.namespace, name: id.name })
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
  if (reply.value === undefined) return good(undefined)
  const store = storeOf(reply.value, set)
  const isDamaged = !store.ok && store.problems.every((one) => one.code === 'apply/broken-site-values')
  return orDamaged && isDamaged ? good(damaged(reply.value)) : store
}
