import type { VerifiedBundle } from '../core/bundle/verified.ts'
import { bad, unless } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import { stepper } from '../core/stepper.ts'
import { findSet } from './history/sets.ts'
import { bundleReader } from './lifecycle.ts'
import type { Keeping } from './lifecycle.ts'
import { readInventory } from './observe/inventory.ts'
import type { ControlPlaneSystem } from './pipeline.ts'
import { cutShort, unlessOther } from './plan/resumable.ts'

/**
 * The bundle of the run that was cut short, as the cluster keeps it, verified anew: of the set that is named, else of the only one. Nothing is
 * written. Throws Refused.
 */
export const findInterrupted = async (
  { set: named, keeping }: { set: string | undefined; keeping: Keeping },
  { cluster, tell }: Pick<ControlPlaneSystem, 'cluster' | 'tell'>,
): Promise<VerifiedBundle> =>
  await stepper(tell)('read the history', async () => {
    const discovery = await cluster.discover()
    if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
    const set = await findSet(cluster, discovery.value, named)
    if (!set.ok) return set
    const inventory = await readInventory(cluster, discovery.value, set.value)
    if (!inventory.ok) return inventory
    const there = cutShort(inventory.value?.content, set.value)
    if (!there.ok) return there
    const whole = unlessOther(there.value, set.value, undefined)
    if (!whole.ok) return whole
    const bundle = await bundleReader(set.value, keeping, { cluster, discovery: discovery.value })(
      there.value,
    )
    // What was kept is read with its end as a warning; for a run that goes on it is one as for any other.
    return bundle.ok
      ? unless(
          bundle.warnings.map((one) => (one.code === 'verify/too-old' ? { ...one, severity: 'error' } : one)),
          () => bundle.value,
        )
      : bundle
  })
