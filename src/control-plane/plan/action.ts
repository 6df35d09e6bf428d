import { partOf } from '../../core/applyset.ts'
import { goesByItself } from '../../core/brief-job.ts'
import { isGoing, uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { isAsLeft } from '../../core/owned-fields.ts'
import type { Action } from '../../core/plan.ts'
import { handingOver } from './handover.ts'

/**
 * What is to be done about one wanted object. Skipped only where the same object (by UID) is there, was applied from the same text
 * (`digest`), and everything that we own in it has the value that it had then. `takeFrom`: sets that may hand it over.
 */
export const actionFor = (
  id: ObjectId,
  object: KubeObject,
  digest: string,
  live: Live,
  set: { manager: string; id: string },
  takeFrom?: ReadonlySet<string>,
): Action => {
  const key = keyOf(id)
  const entry = live.inventory?.content.entries.get(key)
  const member = live.members.get(key)
  const other = live.others.get(key)
  const there = member ?? (entry?.shared ? other : undefined)
  const unchanged = entry !== undefined && entry.uid !== '' && entry.wanted === digest
  if (there === undefined) {
    if (other) {
      const from = handingOver(other, takeFrom)
      return { do: 'apply', id, because: from === undefined ? 'not ours yet' : `handed over by ${from}` }
    }
    return unchanged && goesByItself(object) ? { do: 'skip', id } : { do: 'create', id }
  }
  if (entry === undefined || entry.uid === '' || entry.wanted === '')
    return { do: 'apply', id, because: 'not finished last time' }
  if (isGoing(live, id)) return { do: 'apply', id, because: 'being deleted' }
  if (entry.uid !== uidOf(there)) return { do: 'apply', id, because: 'recreated by others' }
  if (entry.wanted !== digest) return { do: 'apply', id, because: 'changed' }
  const labelled = entry.shared || partOf(there) === set.id
  if (!labelled || !isAsLeft(entry.owned, there, set.manager, live.store?.content.key))
    return { do: 'apply', id, because: 'drifted' }
  return { do: 'skip', id }
}
