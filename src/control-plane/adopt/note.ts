import type { AdoptedRelease } from '../../core/adoption.ts'
import type { Inventory } from '../../core/inventory.ts'
import { isKept } from '../../core/kept.ts'
import { uidOf } from '../../core/live.ts'
import { groupVersionOf, isCrd, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'

/** What stands in an inventory of a set that was never applied, and has adopted: no bundle, and nothing of it is unfinished. */
export const emptyInventory: Inventory = {
  bundle: '',
  version: 'from Helm',
  sequence: 0,
  generation: 0,
  state: 'applied',
  releases: {},
  hooks: [],
  siteValues: [],
  filling: '',
  entries: new Map(),
}

/**
 * The inventory with what is adopted: by UID, and not applied yet, so that the next apply sends all of it. The releases are known to it as there
 * (the next apply upgrades them, and runs the hooks of an upgrade) and not as finished. Pure.
 */
export const withAdopted = (
  inventory: Inventory,
  adopted: AdoptedRelease[],
  live: ReadonlyMap<string, KubeObject>,
): Inventory => {
  const entries = new Map(inventory.entries)
  const releases = { ...inventory.releases }
  for (const { release, helm, objects } of adopted) {
    if (helm === null) continue
    releases[release] ??= ''
    for (const { id, will } of objects) {
      const there = live.get(keyOf(id))
      if (there === undefined || (will !== 'take' && will !== 'remove')) continue
      entries.set(keyOf(id), {
        id,
        version: groupVersionOf(there.apiVersion).version,
        uid: uidOf(there),
        wanted: '',
        owned: '',
        release,
        phase: isCrd(id) ? 'crds' : 'main',
        keep: isKept(there),
        shared: false,
      })
    }
  }
  return { ...inventory, releases, entries }
}
