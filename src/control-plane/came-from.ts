import type { Cluster, Discovery } from '../core/effects/cluster.ts'
import type { Inventory, Origin } from '../core/inventory.ts'
import { originOf } from '../core/origin.ts'
import { bad, good } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { findSet } from './history/sets.ts'
import { bundleReader } from './lifecycle.ts'
import type { Keeping, ReadBundle } from './lifecycle.ts'
import { readInventory } from './observe/inventory.ts'

/** A set as it is on the cluster, and the bundles that its releases came from. */
interface CameFrom {
  set: string
  there: Inventory
  /** That of the set as a whole comes first. */
  origins: { origin: Origin; releases: string[] }[]
  /** Releases of which nobody knows where they came from: adopted, or repaired without a history. */
  unknown: string[]
  /** Reads one of the bundles, verified anew. */
  read: ReadBundle
}

interface ToFind {
  /** The name of the set, where it is not the only one. */
  set: string | undefined
  keeping: Keeping
  /**
   * What counts of a run that did not come to its end. `releases`: what of it is there, and is said to be. `all`: every bundle that it may have put
   * anything of on the cluster, too.
   */
  unfinished: 'releases' | 'all'
  /** What it is where nothing was ever applied. */
  nothing(set: string): Problem
}

const originsIn = (there: Inventory, unfinished: ToFind['unfinished']): Omit<CameFrom, 'set' | 'read'> => {
  const unknown: string[] = []
  const byBundle = new Map<string, CameFrom['origins'][number]>()
  const add = (origin: Origin, releases: string[]): void => {
    const { bundle, version, sequence } = origin
    const known = byBundle.get(bundle)?.releases ?? []
    if (bundle !== '')
      byBundle.set(bundle, { origin: { bundle, version, sequence }, releases: [...known, ...releases] })
  }
  for (const name of Object.keys(there.releases).sort()) {
    const origin = originOf(there, name)
    if (origin === undefined || origin.bundle === '') unknown.push(name)
    else add(origin, [name])
  }
  if (unfinished === 'all' && (there.state === 'applying' || byBundle.size === 0))
    for (const origin of [there, ...Object.values(there.apart ?? {})]) add(origin, [])
  const isWhole = ({ origin }: CameFrom['origins'][number]): boolean => origin.bundle === there.bundle
  const all = Array.from(byBundle.values())
  return { there, unknown, origins: [...all.filter(isWhole), ...all.filter((one) => !isWhole(one))] }
}

/** Goes from a set to the bundles that what is there of it came from. Only reads. */
export const cameFrom = async (
  { set: named, keeping, unfinished, nothing }: ToFind,
  { cluster, discovery }: { cluster: Cluster; discovery: Discovery },
): Promise<Outcome<CameFrom>> => {
  const found = await findSet(cluster, discovery, named)
  if (!found.ok) return found
  const set = found.value
  const inventory = await readInventory(cluster, discovery, set)
  if (!inventory.ok) return inventory
  const there = inventory.value?.content
  if (there === undefined) return bad([nothing(set)])
  const read = bundleReader(set, keeping, { cluster, discovery })
  return good({ set, read, ...originsIn(there, unfinished) })
}
