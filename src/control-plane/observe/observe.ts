import type { Cluster } from '../../core/effects/cluster.ts'
import type { Live } from '../../core/live.ts'
import { all, bad } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Wanted } from '../../core/wanted.ts'
import { readInventory } from './inventory.ts'
import { readLive } from './live.ts'
import { checkSupplied } from './supplied.ts'
import { withUnproven } from './unproven.ts'

/**
 * Reads all that a plan or a status needs to know: what the server serves, the set's inventory, the live objects; and that the Secrets
 * are there which people supply. Nothing is written.
 */
export const observe = async (
  cluster: Cluster,
  set: string,
  wanted: Wanted | undefined,
): Promise<Outcome<Live>> => {
  const discovery = await cluster.discover()
  if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
  const inventory = await readInventory(cluster, discovery.value, set)
  if (!inventory.ok) return inventory
  const served = await withUnproven(cluster, discovery.value, inventory.value?.content)
  const [live, supplied] = await Promise.all([
    readLive(cluster, set, wanted, served, inventory.value),
    wanted ? checkSupplied(cluster, discovery.value, wanted.manifest) : undefined,
  ])
  if (supplied === undefined || supplied.ok) return live
  const both = all<unknown>([live, supplied])
  return both.ok ? live : both
}
