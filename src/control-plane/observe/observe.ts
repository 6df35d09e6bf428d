import type { Cluster } from '../../core/effects/cluster.ts'
import type { Live } from '../../core/live.ts'
import { bad, good, together } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Wanted } from '../../core/wanted.ts'
import { readInventory } from './inventory.ts'
import { readLive } from './live.ts'
import { readStore } from './store.ts'
import { unsuppliedOf } from './supplied.ts'
import { withUnproven } from './unproven.ts'

/** What is known of a set's site values. */
export type Known = Pick<Live, 'discovery' | 'inventory' | 'store'>

/** A status can do without the store: that it cannot be read is then no more than a warning. */
const storeFor = (wanted: Wanted | undefined, read: Outcome<Live['store']>): Outcome<Live['store']> =>
  read.ok || wanted
    ? read
    : good(
        undefined,
        read.problems.map((one) => ({ ...one, severity: 'warning' })),
      )

/**
 * Reads all that a plan or a status needs to know: what the server serves, the set's inventory, the live objects; and what the Secrets lack
 * which people supply. Nothing is written.
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
  const known = inventory.value?.content.siteValues.length ?? 0
  const needed = known > 0 || (wanted?.manifest.siteValues.length ?? 0) > 0
  const [read, stored, unsupplied] = await Promise.all([
    readLive(cluster, set, wanted, served, inventory.value),
    needed ? readStore(cluster, discovery.value, set) : good(undefined),
    wanted ? unsuppliedOf(cluster, discovery.value, wanted.manifest) : [],
  ])
  const found = together(read, storeFor(wanted, stored))
  if (!found.ok) return found
  const [live, store] = found.value
  return good({ ...live, store, unsupplied }, found.warnings)
}

/**
 * Reads what is known of a set's site values alone: the store, and from the inventory which of them are in use. Nothing is written.
 * `orDamaged`: a store that cannot be read is taken for an empty one.
 */
export const observeSiteValues = async (
  cluster: Cluster,
  set: string,
  orDamaged = false,
): Promise<Outcome<Known>> => {
  const discovery = await cluster.discover()
  if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
  const found = together(
    ...(await Promise.all([
      readInventory(cluster, discovery.value, set),
      readStore(cluster, discovery.value, set, orDamaged),
    ])),
  )
  if (!found.ok) return found
  const [inventory, store] = found.value
  return good({ discovery: discovery.value, inventory, store })
}

/** Reads what is served, and what the set has had so far: all that is asked of a cluster to know who must be allowed what. */
export const observeAccess = async (
  cluster: Cluster,
  set: string,
): Promise<Outcome<Pick<Live, 'discovery' | 'inventory'>>> => {
  const discovery = await cluster.discover()
  if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
  const inventory = await readInventory(cluster, discovery.value, set)
  return inventory.ok ? good({ discovery: discovery.value, inventory: inventory.value }) : inventory
}
