import { partOf } from '../../core/applyset.ts'
import { anyServiceOf } from '../../core/discovery.ts'
import type { InventoryEntry } from '../../core/inventory.ts'
import { uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { hasController, isKept } from '../../core/kept.ts'
import { isNamespace, isReserved } from '../../core/namespaces.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { isWrittenBy } from '../../core/owned-fields.ts'
import { guardOf } from '../../core/plan.ts'
import type { GuardedKind, Removal } from '../../core/plan.ts'

/**
 * What becomes of an object that is in the inventory and not in the bundle. Deleted only where it is surely the one that we made:
 * our label, our UID (or, where a run was cut off before it learned it, the server's record that we wrote it), nobody's controller on it,
 * kept by no annotation, not wanted under another name (`wantedUids`: one Event is in two groups), and of a kind that may go without being asked for.
 */
export const removalOf = (
  entry: InventoryEntry,
  live: Live,
  manager: string,
  consent: Set<GuardedKind>,
  wantedUids: Set<string>,
): Removal => {
  const { id } = entry
  const key = keyOf(id)
  const keep = (because: string): Removal => ({ do: 'keep', id, because })
  const forget = (because: string): Removal => ({ do: 'forget', id, because })
  const service = anyServiceOf(live.discovery, id)
  if (service.served === 'unknown') return keep(`nothing can be learned of ${id.kind}.${id.group} now`)
  if (service.served === 'no') return forget('its kind is no longer served, so it is gone')
  const member = live.members.get(key)
  const other = live.others.get(key)
  if (member === undefined && other === undefined) return forget('it is gone already')
  if (entry.shared) return forget('it was there before, and stays as it is')
  if (
    member === undefined &&
    partOf(other as KubeObject) !== undefined &&
    !isWrittenBy(other as KubeObject, manager)
  )
    return forget('another set has taken it over')
  if (member === undefined)
    return uidOf(other as KubeObject) === entry.uid
      ? keep('its label was taken away, so somebody else may have taken it over')
      : forget('somebody else has made it anew')
  if (entry.uid !== '' && uidOf(member) !== entry.uid) return forget('somebody else has made it anew')
  if (entry.uid === '' && !isWrittenBy(member, manager))
    return keep('it bears our label, and nothing says that we made it')
  if (wantedUids.has(uidOf(member))) return forget('the bundle has the same object in another API group')
  if (hasController(member)) return keep('a controller owns it')
  if (entry.keep || isKept(member)) return keep('an annotation says that it stays')
  if (isNamespace(id) && isReserved(id.name)) return keep('it is a Namespace of the system')
  const guarded = guardOf(id)
  if (guarded && !consent.has(guarded)) return keep(`a ${guarded} is deleted only with consent`)
  return { do: 'prune', id, uid: uidOf(member) }
}
