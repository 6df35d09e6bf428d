import { isInterrupted } from '../../core/inventory.ts'
import type { Inventory, InventoryEntry } from '../../core/inventory.ts'
import { isGoing, uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { isNamespace } from '../../core/namespaces.ts'
import { groupVersionOf, idOf, keyOf } from '../../core/object.ts'
import { isKept } from '../../core/kept.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { noteOrigin, originOf } from '../../core/origin.ts'
import { actionsOf, hooksOf } from '../../core/plan.ts'
import type { Plan, PlannedRelease } from '../../core/plan.ts'
import { isShared } from '../../core/shared-namespace.ts'
import { appliedObjects, goingHooks } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import type { Run } from './run.ts'

/** Whether a release that is there changes; those that are installed are not known until they are there. */
const isRevised = ({ changed, mode }: PlannedRelease): boolean => changed && mode !== 'install'

type Header = Pick<Inventory, 'bundle' | 'version' | 'sequence' | 'apart' | 'purpose'>

/**
 * Which bundle the set is from, and which releases are from another one: of a whole run those that go, of a part its own. A release that
 * is there as the bundle of the set has it is from that one.
 */
const headerOf = (plan: Plan, { part, purpose }: Wanted, there: Inventory | undefined): Header => {
  const { digest, version, sequence } = plan.bundle
  const before = {
    bundle: there?.bundle ?? '',
    version: there?.version ?? '',
    sequence: there?.sequence ?? 0,
  }
  const now = { bundle: digest, version, sequence }
  const header = part ? before : now
  const going = (plan.removals ?? []).flatMap(({ releases }) => releases.map(({ name }) => name))
  const own = plan.waves.flat().map(({ name }) => name)
  const kept = Object.entries(there?.apart ?? {}).filter(
    ([name]) => part !== undefined || going.includes(name),
  )
  const apart = {
    ...(part ? {} : Object.fromEntries(going.map((name) => [name, before]))),
    ...Object.fromEntries(kept),
    ...(part ? Object.fromEntries(own.map((name) => [name, now])) : {}),
  }
  const others = Object.entries(apart).filter(([, from]) => from.bundle !== header.bundle)
  return {
    ...header,
    ...(others.length > 0 && { apart: Object.fromEntries(others) }),
    ...(purpose !== undefined && { purpose }),
  }
}

/**
 * The inventory as it must be written before the first apply: everything that was there and everything that will be, so that
 * whatever a killed run leaves behind is known to the next one. The UID is not known of what will be made, or made anew: a UID of
 * before would make the new object look like somebody else's. What is known of all others stays until they are applied.
 * A release that will be changed is no longer there in full.
 */
export const unionOf = (plan: Plan, wanted: Wanted, namespaces: KubeObject[], live: Live): Inventory => {
  const there = live.inventory?.content
  const resumed = isInterrupted(there, wanted) ? there : undefined
  const entries = new Map(there?.entries)
  const hooks = new Set(hooksOf(plan).map((hook) => keyOf(hook.id)))
  const toMake = new Set(
    [
      ...actionsOf(plan).filter((one) => one.do !== 'skip'),
      ...hooksOf(plan).filter((one) => !one.finished),
    ].map(({ id }) => keyOf(id)),
  )
  const isHook = (phase: InventoryEntry['phase']): boolean => phase === 'hooks' || phase === 'delete-hooks'
  /** The UID that an object will have when this run is over; '' where that is not known yet. */
  const uidFor = (id: ObjectId, before: string, phase: InventoryEntry['phase']): string => {
    if (!toMake.has(keyOf(id))) return before
    const there = live.members.get(keyOf(id)) ?? live.others.get(keyOf(id))
    const stays = there !== undefined && uidOf(there) === before && !isGoing(live, id) && !isHook(phase)
    return stays ? before : ''
  }
  const add = (id: ObjectId, object: KubeObject, release: string, phase: InventoryEntry['phase']): void => {
    const before = entries.get(keyOf(id))
    entries.set(keyOf(id), {
      wanted: '',
      owned: '',
      shared: isShared(id, live),
      ...before,
      uid: uidFor(id, before?.uid ?? '', phase),
      id,
      version: groupVersionOf(object.apiVersion).version,
      release,
      phase,
      keep: isKept(object),
    })
  }
  for (const object of namespaces) add(idOf(object), object, '', 'namespaces')
  for (const { id, object, release, phase } of appliedObjects(wanted))
    if (!isNamespace(id) && (phase !== 'hooks' || hooks.has(keyOf(id)))) add(id, object, release, phase)
  for (const { id, object, release } of goingHooks(wanted)) add(id, object, release, 'delete-hooks')
  for (const removal of plan.kept) if (removal.do === 'forget') entries.delete(keyOf(removal.id))
  const stored = plan.siteValues
    .filter(({ do: how }) => how !== 'read' && how !== 'unseal')
    .map(({ id }) => id)
  const changing = plan.waves.flat().filter(isRevised)
  return {
    ...headerOf(plan, wanted, there),
    generation: plan.generation,
    state: 'applying',
    ...(resumed && { runs: (resumed.runs ?? 1) + 1 }),
    releases: { ...there?.releases, ...Object.fromEntries(changing.map(({ name }) => [name, ''])) },
    hooks: [...(resumed?.hooks ?? [])],
    siteValues: Array.from(new Set([...(plan.only ? (there?.siteValues ?? []) : []), ...stored])),
    filling: wanted.filled?.digest ?? '',
    ...(there?.generations && { generations: there.generations }),
    entries,
  }
}

/**
 * Notes after a run that failed or was stopped what it has not come to: a release of which no object was touched is still from the bundle that it was
 * from, and one that was not begun at all is there as it was.
 */
export const asBefore = (
  content: Inventory,
  there: Inventory | undefined,
  plan: Plan,
  { touched, reports }: Pick<Run, 'touched' | 'reports'>,
): void => {
  for (const { name } of plan.waves.flat().filter(isRevised)) {
    if (there === undefined || touched.has(name)) continue
    noteOrigin(content, name, originOf(there, name))
    if (reports.get(name)?.state === 'not begun') content.releases[name] = there.releases[name] ?? ''
  }
}
