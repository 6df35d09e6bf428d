import { formatVersion } from '../core/bundle/format.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import type { Discovery } from '../core/effects/cluster.ts'
import { isWhole } from '../core/history-bytes.ts'
import type { StoredBundle } from '../core/history-bytes.ts'
import type { Revision } from '../core/history.ts'
import type { Inventory, Origin } from '../core/inventory.ts'
import { originOf } from '../core/origin.ts'
import { bad, good, problem, together, unless } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import { purposeFor } from '../core/purpose.ts'
import { stepper } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { releasesIn, removalProblems } from './history/dependents.ts'
import { readHistory, readStored } from './history/read.ts'
import { findSet } from './history/sets.ts'
import { targetOf } from './history/target.ts'
import { bundleReader } from './lifecycle.ts'
import type { Keeping } from './lifecycle.ts'
import { readInventory } from './observe/inventory.ts'
import type { ControlPlaneSystem, Rollback } from './pipeline.ts'

type System = Pick<ControlPlaneSystem, 'cluster' | 'tell'>

/** What is remembered of a set, and what is there of it. */
export interface SetHistory {
  set: string
  /** Oldest first. `kept`: its bundle is on the cluster, whole. */
  revisions: (Revision & { kept: boolean })[]
  /** What is there now; null where nothing was ever applied. */
  present: { revision: number; state: Inventory['state']; releases: { [release: string]: Origin } } | null
}

interface Remembered {
  discovery: Discovery
  set: string
  inventory: Inventory | undefined
  revisions: Revision[]
  stored: StoredBundle[]
}

const remembered = async (named: string | undefined, { cluster }: System): Promise<Outcome<Remembered>> => {
  const discovery = await cluster.discover()
  if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
  const found = await findSet(cluster, discovery.value, named)
  if (!found.ok) return found
  const set = found.value
  const read = together(
    ...(await Promise.all([
      readInventory(cluster, discovery.value, set),
      readHistory(cluster, discovery.value, set),
      readStored(cluster, discovery.value, set),
    ])),
  )
  if (!read.ok) return read
  const [inventory, history, stored] = read.value
  return good({
    discovery: discovery.value,
    set,
    inventory: inventory?.content,
    revisions: history.content.revisions,
    stored,
  })
}

const origins = (there: Inventory): { [release: string]: Origin } =>
  Object.fromEntries(
    Object.keys(there.releases)
      .sort()
      .flatMap((name) => {
        const origin = originOf(there, name)
        return origin ? [[name, origin] as const] : []
      }),
  )

/** What is remembered of a set: the one that is named, else the only one of the cluster. Nothing is written. Throws Refused. */
export const historyOfSet = async (named: string | undefined, system: System): Promise<SetHistory> =>
  await stepper(system.tell)('read the history', async () => {
    const found = await remembered(named, system)
    if (!found.ok) return found
    const { set, inventory, revisions, stored } = found.value
    const kept = new Set(stored.filter(isWhole).map(({ bundle }) => bundle))
    return good({
      set,
      revisions: revisions.map((one) => ({ ...one, kept: kept.has(one.bundle) })),
      present: inventory
        ? { revision: inventory.generation, state: inventory.state, releases: origins(inventory) }
        : null,
    })
  })

export interface ToRollBack {
  /** The name of the set, where it is not the only one. */
  set: string | undefined
  revision: number | undefined
  only: string[]
  /** The file of a bundle, verified: that one is gone back to. */
  given: VerifiedBundle | undefined
  keeping: Keeping
  /** Whether one is gone back to that must not be applied any more, by its own words. */
  allowExpired?: boolean
}

/**
 * The bundle that a rollback goes back to, as it is kept on the cluster or given by people, verified anew; and what must be known to say what cannot be
 * undone. Nothing is written. Throws Refused.
 */
export const findRollback = async (
  { set: named, revision, only, given, keeping, allowExpired = false }: ToRollBack,
  system: System,
): Promise<{ bundle: VerifiedBundle; rollback: Rollback }> =>
  await stepper(system.tell)('read the history', async () => {
    const found = await remembered(named ?? given?.manifest.name, system)
    if (!found.ok) return found
    const { set, inventory, revisions, discovery } = found.value
    if (given !== undefined && given.manifest.name !== set)
      return bad([
        problem({
          code: 'rollback/other-set',
          fault: 'usage',
          what: `The file that is named is a bundle of ${given.manifest.name}, and ${set} is to go back.`,
          fix: `Name a bundle of ${set}; or leave --set out to go back with ${given.manifest.name}.`,
        }),
      ])
    if (given !== undefined && revision === undefined) {
      const target = revisions.findLast((one) => one.bundle === given.digest)
      return good({ bundle: given, rollback: { target, revisions } })
    }
    const target = targetOf(set, revisions, inventory, { revision, only })
    if (!target.ok) return target
    if (given !== undefined && given.digest !== target.value.bundle)
      return bad([
        problem({
          code: 'rollback/other-bundle',
          fault: 'usage',
          what: `Revision ${target.value.revision.revision} is of bundle ${target.value.version}, and the file that is named is bundle ${given.manifest.version} (${given.digest}).`,
          fix: 'Name the file of that bundle; or leave the number out to go back to the bundle of the file.',
        }),
      ])
    const read = bundleReader(set, keeping, { cluster: system.cluster, discovery })
    const bundle = await read(target.value)
    if (!bundle.ok) return bundle
    const expired = bundle.warnings.filter((one) => one.code === 'verify/too-old' && !allowExpired)
    const [first] = expired
    if (first)
      return bad([
        {
          ...first,
          severity: 'error',
          fix: 'Go back to another revision; or, where that time was for a first apply alone, run it again with --allow-expired.',
        },
      ])
    return good({ bundle: bundle.value, rollback: { target: target.value.revision, revisions } }, [
      ...target.warnings,
      ...bundle.warnings,
    ])
  })

/** A bundle that wants nothing of some releases, and says nothing about all others. */
const nothingOf = (set: string, there: Inventory, names: string[]): Wanted => ({
  digest: there.bundle,
  releases: [],
  manifest: {
    format: formatVersion,
    name: set,
    site: '',
    environment: '',
    version: there.version,
    sequence: there.sequence,
    previous: null,
    notAfter: null,
    cluster: '',
    kubernetes: '',
    git: null,
    tool: '',
    namespaces: {},
    waves: [],
    releases: [],
    siteValues: [],
    images: [],
    members: [],
  },
  purpose: purposeFor('remove', names, there.bundle),
  part: {
    releases: new Set(names),
    elsewhere: new Map(),
    needs: [],
  },
})

export interface ToRemove {
  set: string | undefined
  /** Names of releases; all of them where there are none. */
  releases: string[]
  keeping: Keeping
}

/**
 * What is to be applied to remove releases: a bundle that wants nothing of them. Refuses what others depend on that stay. All of a set: its
 * Namespaces as well, as far as there is consent. Nothing is written. Throws Refused.
 */
export const findRemoval = async (
  { set: named, releases, keeping }: ToRemove,
  system: System,
): Promise<Wanted> =>
  await stepper(system.tell)('read the history', async () => {
    const found = await remembered(named ?? keeping.given?.[0]?.manifest.name, system)
    if (!found.ok) return found
    const { set, inventory: there, discovery } = found.value
    const present = there ? releasesIn(there) : []
    if (there === undefined || (present.length === 0 && there.entries.size === 0))
      return bad([
        problem({
          code: 'remove/nothing-there',
          fault: 'usage',
          what: `There is nothing of ${set} on this cluster.`,
          fix: 'Check the name of the set: scout-apply history.',
        }),
      ])
    if (releases.length === 0) return good(nothingOf(set, there, [...present, '']))
    const read = bundleReader(set, keeping, { cluster: system.cluster, discovery })
    const bundles = new Map<string, VerifiedBundle>()
    for (const origin of Object.values(origins(there))) {
      const bundle = await read(origin)
      if (bundle.ok) bundles.set(origin.bundle, bundle.value)
    }
    return unless(removalProblems(set, there, releases, bundles), () => nothingOf(set, there, releases))
  })
