import type { Address } from '../../../core/effects/cluster.ts'
import { mayRecreate } from '../../../core/immutable.ts'
import { canonicalJson, isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import { uidOf } from '../../../core/live.ts'
import { groupKindOf, keyOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import { bad, good } from '../../../core/problem.ts'
import type { Outcome } from '../../../core/problem.ts'
import { problemOfRefusal } from '../../../core/refusal.ts'
import { note } from '../journal.ts'
import { waitUntilGone } from '../remove.ts'
import { policyFor } from '../run.ts'
import type { Run } from '../run.ts'

const selectorOf = ({ spec }: KubeObject): Json => (isObject(spec) ? (spec['selector'] ?? null) : null)

/**
 * What becomes of the Pods of what is deleted to be made anew: those of a StatefulSet stay for the new one, as long as it looks for the same
 * labels; else they would be in its way for ever, under the names that it needs.
 */
export const propagationFor = (id: ObjectId, live: KubeObject, next: KubeObject): 'Orphan' | 'Foreground' =>
  groupKindOf(id) === 'StatefulSet.apps' &&
  canonicalJson(selectorOf(live)) === canonicalJson(selectorOf(next))
    ? 'Orphan'
    : 'Foreground'

/**
 * Deletes what may be made anew, waits until it is gone, and answers with it; undefined where it may not. That the UID will be another one is
 * written down before.
 */
export const clearAway = async (
  run: Run,
  id: ObjectId,
  address: Address,
  next: KubeObject,
): Promise<Outcome<KubeObject | undefined>> => {
  const entry = run.journal.content.entries.get(keyOf(id))
  const { recreate } = policyFor(run, entry?.release ?? '')
  const live = await run.cluster.get(address)
  if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
  if (live.value === undefined || !mayRecreate(live.value, entry, run.set, recreate)) return good(undefined)
  note(run.journal, id, { uid: '' })
  const saved = await run.journal.save()
  if (!saved.ok) return saved
  const uid = uidOf(live.value)
  const propagation = propagationFor(id, live.value, next)
  const removed = await run.cluster.remove(address, { uid, propagation })
  if (!removed.ok) return bad([problemOfRefusal(removed.refusal, id)])
  const gone = await waitUntilGone(run, id, address, uid)
  return gone.ok ? good(live.value) : gone
}
