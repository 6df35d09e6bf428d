import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { inventoryOf, parentId } from '../../core/inventory.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { serviceOf } from '../../core/discovery.ts'

/** The inventory of a set as it is on the cluster; undefined where the set was never applied. */
export const readInventory = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
): Promise<Outcome<Live['inventory']>> => {
  const id = parentId(set)
  const service = serviceOf(discovery, 'v1', 'Secret')
  // Every API server serves Secrets; without them it is none.
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const reply = await cluster.get({ kind: service.kind, namespace: id.namespace, name: id.name })
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
  const secret = reply.value
  if (secret === undefined) return good(undefined)
  const content = inventoryOf(secret, set)
  if (!content.ok) return content
  return good({ content: content.value, resourceVersion: resourceVersionOf(secret) })
}
