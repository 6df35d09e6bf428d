import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { parentId } from '../../core/inventory.ts'
import { inventoryOf, shardsNamedBy } from '../../core/inventory-journal.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { KubeObject } from '../../core/object.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { serviceOf } from '../../core/discovery.ts'

/** How often the whole is read anew, where another run writes it meanwhile: it deletes the parts that are no longer named. */
const mostTries = 3

/**
 * The inventory of a set as it is on the cluster, with the parts that it names; undefined where the set was never applied. Parts are looked for
 * again only where the parent has changed since: a part that is missing otherwise is a broken inventory.
 */
export const readInventory = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
): Promise<Outcome<Live['inventory']>> => {
  const id = parentId(set)
  const service = serviceOf(discovery, 'v1', 'Secret')
  // Every API server serves Secrets; without them it is none.
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const get = async (name: string): Promise<Outcome<KubeObject | undefined>> => {
    const reply = await cluster.get({ kind: service.kind, namespace: id.namespace, name })
    return reply.ok ? good(reply.value) : bad([problemOfRefusal(reply.refusal, { ...id, name })])
  }
  let before = ''
  for (let tries = 1; ; tries++) {
    const parent = await get(id.name)
    if (!parent.ok) return parent
    const secret = parent.value
    if (secret === undefined) return good(undefined)
    const names = shardsNamedBy(secret, set)
    if (!names.ok) return names
    const found = all(await Promise.all(names.value.map(get)))
    if (!found.ok) return found
    const shards = new Map(
      found.value.flatMap((shard) => (shard ? [[shard.metadata.name, shard] as const] : [])),
    )
    const resourceVersion = resourceVersionOf(secret)
    const isWhole = shards.size === names.value.length
    if (isWhole || resourceVersion === before || tries === mostTries) {
      const content = inventoryOf(secret, set, shards)
      if (!content.ok) return content
      return good({
        content: content.value,
        resourceVersion,
        ...(names.value.length > 0 && { shards: names.value }),
      })
    }
    before = resourceVersion
  }
}
