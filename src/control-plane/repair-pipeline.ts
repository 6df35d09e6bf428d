import { fieldManagerOf, setIdOf } from '../core/applyset.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import type { Discovery } from '../core/effects/cluster.ts'
import type { Revision } from '../core/history.ts'
import { parentId } from '../core/inventory.ts'
import type { Inventory, InventoryEntry, Origin } from '../core/inventory.ts'
import { largestJournal } from '../core/inventory-secrets.ts'
import { resourceVersionOf, uidOf } from '../core/live.ts'
import type { Live } from '../core/live.ts'
import { namespacesOf } from '../core/namespaces.ts'
import { idOf, keyOf } from '../core/object.ts'
import type { KubeObject } from '../core/object.ts'
import { bad, good, problem, unless } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import {
  entryOfFound,
  lastReleases,
  lastWhole,
  onceEach,
  rebuilt,
  unprovenBy,
  withFound,
} from '../core/repair.ts'
import type { FoundObject, NotListed, PlaceOf, SetRepair } from '../core/repair.ts'
import { stepper } from '../core/stepper.ts'
import { kindsOf } from '../core/target.ts'
import { appliedObjects } from '../core/wanted.ts'
import { emptyInventory } from './adopt/note.ts'
import { openJournal } from './apply/journal.ts'
import { underLock } from './apply/lock.ts'
import { stoppedBy } from './apply/run.ts'
import { readHistory, secretAt } from './history/read.ts'
import { findSet } from './history/sets.ts'
import { bundleReader } from './lifecycle.ts'
import type { Keeping } from './lifecycle.ts'
import { readInventory } from './observe/inventory.ts'
import { readStore } from './observe/store.ts'
import type { ApplyOptions, ControlPlaneSystem } from './pipeline.ts'
import { findLabelled } from './repair/find.ts'

export interface ToRepair {
  /** The name of the set; that of the bundle, where one is given. */
  set: string
  /** Says which objects are wanted; without it the bundles do that were applied last, as far as the cluster keeps them. */
  bundle: VerifiedBundle | undefined
  keeping: Keeping
}

/** An inventory as it was found, and what a write of it must name. */
interface Present {
  inventory: SetRepair['inventory']
  why: string
  live: Live['inventory']
}

interface Found {
  discovery: Discovery
  present: Present
  content: Inventory
  repair: SetRepair
}

/** What the journal is compared with before it is written: a broken one is like none. */
const unlikeAny: Inventory = { ...emptyInventory, generation: -1 }

const readPresent = async (
  set: string,
  discovery: Discovery,
  { cluster }: Pick<ControlPlaneSystem, 'cluster'>,
): Promise<Outcome<Present>> => {
  const read = await readInventory(cluster, discovery, set)
  if (read.ok)
    return good(
      read.value
        ? { inventory: 'whole', why: '', live: read.value }
        : { inventory: 'lost', why: 'its Secret is not there', live: undefined },
    )
  const broken = read.problems.find(({ code }) => code === 'apply/broken-inventory')
  if (broken === undefined) return read
  const parent = await cluster.get(secretAt(discovery, parentId(set).name))
  if (!parent.ok) return bad([problemOfRefusal(parent.refusal, parentId(set))])
  const live = parent.value && { content: unlikeAny, resourceVersion: resourceVersionOf(parent.value) }
  return good({ inventory: 'broken', why: broken.what, live })
}

/** What the bundles that are known say of where an object belongs: those that were applied before the one that people have brought. */
const placesIn = (bundles: VerifiedBundle[]): Map<string, PlaceOf> => {
  const places = new Map<string, PlaceOf>()
  for (const bundle of bundles.toReversed()) {
    for (const { id, release, phase } of appliedObjects(bundle)) places.set(keyOf(id), { release, phase })
    for (const one of namespacesOf(bundle)) places.set(keyOf(idOf(one)), { release: '', phase: 'namespaces' })
  }
  return places
}

/** The bundles that were applied last, as far as they are to be had, and why others are not. */
const lastBundles = async (
  { set, keeping }: ToRepair,
  revisions: Revision[],
  discovery: Discovery,
  { cluster }: Pick<ControlPlaneSystem, 'cluster'>,
): Promise<{ bundles: VerifiedBundle[]; missing: Problem[] }> => {
  const read = bundleReader(set, keeping, { cluster, discovery })
  const whole = lastWhole(revisions)
  const origins = new Map<string, Origin>(
    [...(whole ? [whole] : []), ...Object.values(lastReleases(revisions))].map((one) => [one.bundle, one]),
  )
  const bundles: VerifiedBundle[] = []
  const missing: Problem[] = []
  for (const origin of origins.values()) {
    if (origin.bundle === '') continue
    const bundle = await read(origin)
    if (bundle.ok) bundles.push(bundle.value)
    else missing.push(...bundle.problems.map((one): Problem => ({ ...one, severity: 'warning' })))
  }
  return { bundles, missing }
}

const notListedProblems = (notListed: NotListed[]): Problem[] =>
  notListed.length === 0
    ? []
    : [
        problem({
          code: 'repair/not-looked-at',
          severity: 'warning',
          fault: 'world',
          what: `Not looked at: ${notListed
            .slice(0, 10)
            .map(({ kind, why }) => `${kind} (${why})`)
            .join(', ')}${notListed.length > 10 ? `, and ${notListed.length - 10} more kinds` : ''}.`,
          why: 'What is there of these and in no bundle will not be in the inventory, so no apply will ever prune it.',
          fix: 'Mend it, or run this with more rights; a repair can be run again, and adds what was not seen.',
        }),
      ]

const nothingToRepair = (set: string): Problem =>
  problem({
    code: 'repair/nothing-to-repair',
    what: `The inventory of ${set} is whole, and knows all that is provably of this set.`,
    where: [{ in: 'object', object: parentId(set) }],
    fix: 'Nothing needs to be done.',
  })

const nothingFound = (set: string): Problem =>
  problem({
    code: 'repair/nothing-found',
    fault: 'world',
    what: `Nothing on this cluster is provably of ${set}, so there is nothing to make an inventory of.`,
    where: [{ in: 'object', object: parentId(set) }],
    why: 'An object is of a set where the server has noted that its field manager applied it, and it bears the label of the set.',
    fix: 'Check the name of the set and the kubeconfig. If nothing of it was ever applied here, apply the bundle.',
  })

/** The ids of site values that are in use, so that none of them is ever made anew unasked: as the last run had them, else all that are kept. */
const siteValuesInUse = async (
  set: string,
  revisions: Revision[],
  discovery: Discovery,
  { cluster }: Pick<ControlPlaneSystem, 'cluster'>,
): Promise<Outcome<string[]>> => {
  // A removal says nothing of them.
  const last = revisions.findLast(({ did }) => did !== 'remove')
  if (last) return good(Object.keys(last.siteValues).sort())
  const store = await readStore(cluster, discovery, set, true)
  return store.ok ? good(Array.from(store.value?.content.values.keys() ?? []).sort()) : store
}

const find = async (input: ToRepair, system: ControlPlaneSystem): Promise<Found> => {
  const { cluster } = system
  const step = stepper(system.tell)
  const { set, bundle } = input
  const [setId, manager] = [setIdOf(set), fieldManagerOf(set)]
  const { description, discovery, present, revisions } = await step('observe', async () => {
    const described = await cluster.describe()
    if (!described.ok) return bad([problemOfRefusal(described.refusal)])
    const description = described.value
    const discovery = { kinds: kindsOf(description.discovered), silent: description.silent }
    const named = await findSet(cluster, discovery, set)
    if (!named.ok) return named
    const present = await readPresent(set, discovery, system)
    if (!present.ok) return present
    const history = await readHistory(cluster, discovery, set)
    const lost: Problem[] = history.ok ? [] : history.problems.map((one) => ({ ...one, severity: 'warning' }))
    const revisions = history.ok ? history.value.content.revisions : []
    return good({ description, discovery, present: present.value, revisions }, lost)
  })
  const kept = await step('read the history', async () => {
    const found = await lastBundles(input, revisions, discovery, system)
    return good(found, bundle === undefined ? found.missing : [])
  })
  const labelled = await step('look at all kinds', async () => {
    const found = await findLabelled(setId, description, cluster)
    return found.ok ? good(found.value, notListedProblems(found.value.notListed)) : found
  })
  return await step('decide', async () => {
    const places = placesIn([...kept.bundles, ...(bundle ? [bundle] : [])])
    const wanted = bundle ? placesIn([bundle]) : places
    const there = present.inventory === 'whole' ? present.live?.content : undefined
    const entries: InventoryEntry[] = []
    const fateOf = (object: KubeObject): FoundObject => {
      const id = idOf(object)
      const key = keyOf(id)
      const known = there?.entries.get(key)
      // An inventory that was restored from a backup may know it by a UID of before.
      if (known && (known.uid === '' || known.uid === uidOf(object))) return { id, is: 'known' }
      const why = unprovenBy(object, manager)
      if (why !== undefined) return { id, is: 'left', why }
      const entry = entryOfFound(object, places.get(key) ?? known, manager)
      entries.push(entry)
      const { release } = entry
      if (wanted.size === 0) return { id, is: 'ours' }
      return { id, is: wanted.has(key) ? 'wanted' : 'orphan', release }
    }
    const found = onceEach(labelled.objects, manager)
      .sort((a, b) => (keyOf(idOf(a)) < keyOf(idOf(b)) ? -1 : 1))
      .map(fateOf)
    const siteValues = there
      ? good(there.siteValues)
      : await siteValuesInUse(set, revisions, discovery, system)
    if (!siteValues.ok) return siteValues
    const content = there ? withFound(there, entries) : rebuilt(revisions, entries, siteValues.value)
    const isComplete = labelled.notListed.length === 0
    const refusals =
      entries.length > 0 || (present.inventory === 'broken' && isComplete)
        ? []
        : [there ? nothingToRepair(set) : nothingFound(set)]
    const repair: SetRepair = {
      set,
      inventory: present.inventory,
      why: present.why,
      last: lastWhole(revisions),
      releases: Object.keys(content.releases).sort(),
      found,
      notListed: labelled.notListed,
      written: false,
    }
    return unless(refusals, () => ({ discovery, present, content, repair }))
  })
}

/** What a repair of a set's inventory would find and write. Nothing is written. Throws Refused. */
export const planRepair = async (input: ToRepair, system: ControlPlaneSystem): Promise<SetRepair> =>
  (await find(input, system)).repair

/**
 * Rebuilds an inventory that is lost or broken from what is provably of the set, or adds to a whole one what it lacks; no object is touched. No release
 * counts as complete then, so that the next apply sends all of the bundle as an upgrade, and prunes what it has not. Refused where the inventory
 * is whole and lacks nothing. Throws Refused.
 */
export const repairSet = async (
  input: ToRepair,
  { holder, tooling, largestPart = largestJournal }: Pick<ApplyOptions, 'holder' | 'tooling' | 'largestPart'>,
  system: ControlPlaneSystem,
): Promise<SetRepair> => {
  const { cluster } = system
  const { set } = input
  const { discovery, present, content, repair } = await find(input, system)
  await stepper(system.tell)('repair', () =>
    underLock(system, discovery, { set, holder }, async (lost) => {
      const signal = system.signal ? AbortSignal.any([system.signal, lost]) : lost
      const journal = openJournal(
        {
          cluster,
          discovery,
          unlessLost: () => (signal.aborted ? stoppedBy(cluster, signal) : good(undefined)),
        },
        { name: set, manager: fieldManagerOf(set), tooling, largest: largestPart, mayHaveLeftovers: true },
        present.live,
        content,
      )
      return await journal.save()
    }),
  )
  return { ...repair, written: true }
}
