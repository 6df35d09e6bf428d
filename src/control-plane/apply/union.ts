import { partOf } from '../../core/applyset.ts'
import type { Inventory, InventoryEntry } from '../../core/inventory.ts'
import type { Live } from '../../core/live.ts'
import { isNamespace, isReserved } from '../../core/namespaces.ts'
import { groupVersionOf, idOf, keyOf } from '../../core/object.ts'
import { isKept } from '../../core/kept.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { hooksOf } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

/** A Namespace that belongs to the system or to another set: we only put labels on it. */
const isShared = (id: ObjectId, live: Live): boolean => {
  if (!isNamespace(id)) return false
  const other = live.others.get(keyOf(id))
  return isReserved(id.name) || (other !== undefined && partOf(other) !== undefined)
}

/**
 * The inventory as it must be written before the first apply: everything that was there and everything that will be, so that
 * whatever a killed run leaves behind is known to the next one. Of new objects the UID is not known yet; what is known of
 * the old ones stays until they are applied.
 */
export const unionOf = (plan: Plan, wanted: Wanted, namespaces: KubeObject[], live: Live): Inventory => {
  const there = live.inventory?.content
  const resumed = there?.state === 'applying' && there.bundle === plan.bundle.digest
  const entries = new Map(there?.entries)
  const hooks = new Set(hooksOf(plan).map((hook) => keyOf(hook.id)))
  const add = (id: ObjectId, object: KubeObject, release: string, phase: InventoryEntry['phase']): void => {
    const before = entries.get(keyOf(id))
    entries.set(keyOf(id), {
      uid: '',
      wanted: '',
      owned: '',
      shared: isShared(id, live),
      ...before,
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
  for (const removal of plan.kept) if (removal.do === 'forget') entries.delete(keyOf(removal.id))
  return {
    bundle: plan.bundle.digest,
    version: plan.bundle.version,
    sequence: plan.bundle.sequence,
    generation: plan.generation,
    state: 'applying',
    releases: { ...there?.releases },
    hooks: resumed ? [...there.hooks] : [],
    entries,
  }
}
