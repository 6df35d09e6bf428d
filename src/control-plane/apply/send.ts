import { asMember } from '../../core/applyset.ts'
import type { Address, Refusal, Reply } from '../../core/effects/cluster.ts'
import { immutableProblem, invalidProblem, isImmutable, mayRecreate } from '../../core/immutable.ts'
import { isBeingDeleted, resourceVersionOf, uidOf } from '../../core/live.ts'
import { groupKindOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { conflictProblem, fieldConflicts, mayTake } from './conflict.ts'
import { note } from './journal.ts'
import { removeAndWait, waitUntilGone } from './remove.ts'
import { addressOf, rediscover, unlessStopped, wantedFor } from './run.ts'
import type { Run } from './run.ts'

/** How long a kind whose CRD is Established may take to be served everywhere, in milliseconds (measured: up to 0.2 s). */
const kindPatience = 15_000
const pause = 250
const takeTries = 5

const entryOf = (run: Run, id: ObjectId) => run.journal.content.entries.get(keyOf(id))

/** The object as it is sent: with our label, unless it is a Namespace that is somebody else's too. */
const bodyFor = (run: Run, id: ObjectId): KubeObject =>
  entryOf(run, id)?.shared ? wantedFor(run, id) : asMember(wantedFor(run, id), run.set.id)

/**
 * Takes fields from managers that don't defend them, on exactly the object that was judged: a manager who comes in between
 * changes its resourceVersion, and the question is asked again.
 */
const take = async (
  run: Run,
  address: Address,
  body: KubeObject,
  first: Refusal,
): Promise<Reply<KubeObject>> => {
  let refusal = first
  for (let tries = 0; tries < takeTries; tries++) {
    const live = await run.cluster.get(address)
    if (!live.ok) return live
    const resourceVersion = live.value ? resourceVersionOf(live.value) : ''
    const judged = { ...body, metadata: { ...body.metadata, resourceVersion } }
    const again = await run.cluster.apply(address, judged, { fieldManager: run.set.manager, force: false })
    if (again.ok) return again
    const conflicts = fieldConflicts(again.refusal)
    if (conflicts.length > 0 && !mayTake(conflicts)) return again
    refusal = again.refusal
    if (conflicts.length === 0) continue
    const taken = await run.cluster.apply(address, judged, { fieldManager: run.set.manager, force: true })
    if (taken.ok || taken.refusal.status !== 409) return taken
    refusal = taken.refusal
  }
  return { ok: false, refusal }
}

/** Deletes what may be made anew; false where it may not. That the UID will be another one is written down before. */
const clearAway = async (run: Run, id: ObjectId, address: Address): Promise<Outcome<boolean>> => {
  const live = await run.cluster.get(address)
  if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
  if (live.value === undefined || !mayRecreate(live.value, entryOf(run, id), run.set)) return good(false)
  note(run.journal, id, { uid: '' })
  const saved = await run.journal.save()
  if (!saved.ok) return saved
  const removed = await removeAndWait(run, id, address, uidOf(live.value))
  return removed.ok ? good(true) : removed
}

/** Sends again what we have sent to an object that is being deleted, once that is gone. */
const sendAnew = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  going: KubeObject,
): Promise<Outcome<KubeObject>> => {
  const gone = await waitUntilGone(run, id, address, uidOf(going))
  if (!gone.ok) return gone
  const anew = await sendOnce(run, address, body)
  return anew.ok ? good(anew.value) : bad([problemOfRefusal(anew.refusal, id)])
}

const isMissingKind = (refusal: Refusal): boolean =>
  refusal.status === 404 && !refusal.message.startsWith('namespaces "')

/** Where the object is to be sent; a kind that has just been defined is waited for. */
const findAddress = async (run: Run, id: ObjectId): Promise<Outcome<Address>> => {
  const end = run.clock.now() + kindPatience
  for (;;) {
    const address = addressOf(run, id)
    if (address) return good(address)
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    if (run.clock.now() > end)
      return bad([
        problem({
          code: 'apply/unserved-kind',
          fault: 'world',
          what: `${nameOf(id)}: the API server does not serve ${groupKindOf(id)}, though its CRD is there.`,
          where: [{ in: 'object', object: id }],
          fix: `Look at: kubectl get crds, and kubectl api-resources --api-group=${id.group}`,
        }),
      ])
    await run.clock.sleep(pause, run.signal)
    const found = await rediscover(run)
    if (!found.ok) return found
  }
}

/** A CRD was changed a moment ago, and the server still applies by its old schema (seen: some hundred milliseconds long). */
const isJudgedByOldSchema = (run: Run, { kind }: Address, refusal: Refusal): boolean =>
  run.freshKinds.has(groupKindOf(kind)) &&
  refusal.status === 500 &&
  refusal.message.includes('field not declared in schema')

const sendOnce = async (run: Run, address: Address, body: KubeObject): Promise<Reply<KubeObject>> => {
  const end = run.clock.now() + kindPatience
  for (;;) {
    const reply = await run.cluster.apply(address, body, { fieldManager: run.set.manager, force: false })
    if (reply.ok || run.clock.now() > end || run.signal.aborted) return reply
    if (!isMissingKind(reply.refusal) && !isJudgedByOldSchema(run, address, reply.refusal)) return reply
    await run.clock.sleep(pause, run.signal)
  }
}

/**
 * Applies one object (server-side, never by force but against managers that don't come back), and answers with the live one. Every
 * refusal becomes a problem that names the object: a conflict with manager and fields, a forbidden change, an invalid object.
 */
export const sendObject = async (run: Run, id: ObjectId): Promise<Outcome<KubeObject>> => {
  const found = await findAddress(run, id)
  if (!found.ok) return found
  const address = found.value
  const body = bodyFor(run, id)
  const release = entryOf(run, id)?.release ?? ''

  let reply = await sendOnce(run, address, body)
  if (!reply.ok && mayTake(fieldConflicts(reply.refusal)))
    reply = await take(run, address, body, reply.refusal)
  if (reply.ok)
    return isBeingDeleted(reply.value)
      ? await sendAnew(run, id, address, body, reply.value)
      : good(reply.value)

  const conflicts = fieldConflicts(reply.refusal)
  if (conflicts.length > 0) return bad([conflictProblem(id, release, conflicts)])
  if (reply.refusal.status !== 422) return bad([problemOfRefusal(reply.refusal, id)])
  if (!(await isImmutable(run.cluster, run.set.manager, address, body)))
    return bad([invalidProblem(id, release, reply.refusal)])
  const cleared = await clearAway(run, id, address)
  if (!cleared.ok) return cleared
  if (!cleared.value) return bad([immutableProblem(id, release, reply.refusal)])
  const anew = await sendOnce(run, address, body)
  return anew.ok ? good(anew.value) : bad([problemOfRefusal(anew.refusal, id)])
}
