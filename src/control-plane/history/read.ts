import { inventoryNamespace, setIdOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { historyLabel, historyOf, revisionsId } from '../../core/history.ts'
import type { History } from '../../core/history.ts'
import { storedIn } from '../../core/history-bytes.ts'
import type { StoredBundle } from '../../core/history-bytes.ts'
import { resourceVersionOf } from '../../core/live.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { ServedKind } from '../../core/target.ts'

export const secretKind = (discovery: Discovery): ServedKind => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  return service.kind
}

/** The address of a Secret beside the inventories. */
export const secretAt = (discovery: Discovery, name: string): Address => ({
  kind: secretKind(discovery),
  namespace: inventoryNamespace,
  name,
})

/** What is remembered, and what a write of it must name; `resourceVersion` is undefined where nothing is there yet. */
export interface LiveHistory {
  content: History
  resourceVersion: string | undefined
}

/** What is remembered of a set's runs; nothing where there never was one. */
export const readHistory = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
): Promise<Outcome<LiveHistory>> => {
  const id = revisionsId(set)
  const reply = await cluster.get(secretAt(discovery, id.name))
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
  if (reply.value === undefined) return good({ content: { revisions: [] }, resourceVersion: undefined })
  const content = historyOf(reply.value, set)
  return content.ok
    ? good({ content: content.value, resourceVersion: resourceVersionOf(reply.value) })
    : content
}

/** Which bundles of a set the cluster keeps. Their bytes are not read. */
export const readStored = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
): Promise<Outcome<StoredBundle[]>> => {
  const reply = await cluster.list(secretKind(discovery), {
    namespace: inventoryNamespace,
    selector: `${historyLabel}=${setIdOf(set)}`,
    metadataOnly: true,
  })
  return reply.ok ? good(storedIn(reply.value, set)) : bad([problemOfRefusal(reply.refusal)])
}
