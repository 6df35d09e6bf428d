import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { serviceOf } from '../../core/discovery.ts'
import { fieldManagerOf } from '../../core/applyset.ts'
import { canonicalJson } from '../../core/json.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { secretOfStore, storeId } from '../../core/site-values/store.ts'
import type { Store } from '../../core/site-values/store.ts'

const moved = (set: string): Outcome<never> =>
  bad([
    problem({
      code: 'apply/site-values-moved',
      fault: 'world',
      what: `Somebody else has written the site values of ${set} since they were read.`,
      where: [{ in: 'object', object: storeId(set) }],
      fix: 'See that nobody else applies or rotates this set, and run it again.',
    }),
  ])

const sameData = (one: KubeObject, other: KubeObject): boolean =>
  canonicalJson(one['data'] ?? null) === canonicalJson(other['data'] ?? null)

/**
 * Writes the store of a set: creates it (`resourceVersion` undefined), or replaces exactly the one that was read. Refused where somebody has
 * written since. Where it need not change, `store` is undefined, and it is only seen to be what was read.
 */
export const keepStore = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
  store: Store | undefined,
  resourceVersion: string | undefined,
): Promise<Outcome<void>> => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const id = storeId(set)
  const address: Address = { kind: service.kind, namespace: id.namespace, name: id.name }
  const read = async () => await cluster.get(address)
  if (store === undefined) {
    const live = await read()
    if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
    const now = live.value && resourceVersionOf(live.value)
    return now === resourceVersion ? good(undefined) : moved(set)
  }
  const secret = secretOfStore(store, set, resourceVersion)
  if (!secret.ok) return secret
  const options = { fieldManager: fieldManagerOf(set) }
  const reply =
    resourceVersion === undefined
      ? await cluster.create(address, secret.value, options)
      : await cluster.update(address, secret.value, options)
  if (reply.ok) return good(undefined)
  if (reply.refusal.status !== 409) return bad([problemOfRefusal(reply.refusal, id)])
  // Ours all the same, where the first answer was lost on the way and the request was sent again.
  const live = await read()
  const ours = live.ok && live.value && sameData(live.value, secret.value)
  return ours ? good(undefined) : moved(set)
}
