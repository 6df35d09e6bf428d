import { asMember } from '../../core/applyset.ts'
import type { Address, Refusal, Reply } from '../../core/effects/cluster.ts'
import { immutableProblem, invalidProblem, isImmutable } from '../../core/immutable.ts'
import { isBeingDeleted, resourceVersionOf, uidOf } from '../../core/live.ts'
import { groupKindOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { conflictProblem, fieldConflicts, judge } from '../../core/ownership/conflict.ts'
import { carriedOver, givenUpIn } from '../../core/ownership/ignored.ts'
import { clearAway } from './ownership/recreate.ts'
import { settle, settleOwnership } from './ownership/settle.ts'
import { waitUntilGone } from './remove.ts'
import { addressOf, policyFor, rediscover, unlessStopped, wantedFor } from './run.ts'
import type { Run } from './run.ts'

/** How long a kind whose CRD is Established may take to be served everywhere, in milliseconds (measured: up to 0.2 s). */
const kindPatience = 15_000
const pause = 250
const resolveTries = 5

const entryOf = (run: Run, id: ObjectId) => run.journal.content.entries.get(keyOf(id))

/** The object as it is sent: with our label, unless it is a Namespace that is somebody else's too. */
const bodyFor = (run: Run, id: ObjectId): KubeObject =>
  entryOf(run, id)?.shared ? wantedFor(run, id) : asMember(wantedFor(run, id), run.set.id)

/**
 * Sends an object again that met conflicts, once each of them is decided: fields are taken from managers that don't defend them and left to those whose
 * they are, on exactly the object that was judged. A manager who comes in between changes its resourceVersion, and all is asked again.
 */
const resolve = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  first: Refusal,
): Promise<Outcome<KubeObject>> => {
  const release = entryOf(run, id)?.release ?? ''
  const { manager: fieldManager } = run.set
  let refusal = first
  for (let tries = 0; tries < resolveTries; tries++) {
    const live = await run.cluster.get(address)
    if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
    if (live.value === undefined) return await sentOnce(run, id, address, body)
    const at = (object: KubeObject): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, resourceVersion: resourceVersionOf(live.value as KubeObject) },
    })
    const again = await run.cluster.apply(address, at(body), { fieldManager, force: false })
    if (again.ok) return good(again.value)
    refusal = again.refusal
    if (refusal.status !== 409) break
    const conflicts = fieldConflicts(refusal)
    if (conflicts.length === 0) continue
    const isSame = entryOf(run, id)?.uid === uidOf(live.value)
    const judged = judge(body, live.value, conflicts, run.takesBack && isSame)
    if ('ask' in judged) return bad([conflictProblem(id, release, judged.ask)])
    const sent = await run.cluster.apply(address, at(judged.send), { fieldManager, force: judged.take })
    if (sent.ok) return good(sent.value)
    refusal = sent.refusal
    if (refusal.status !== 409) break
  }
  return bad([problemOfRefusal(refusal, id)])
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
  return await sentOnce(run, id, address, body)
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

const sentOnce = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
): Promise<Outcome<KubeObject>> => {
  const reply = await sendOnce(run, address, body)
  return reply.ok ? good(reply.value) : bad([problemOfRefusal(reply.refusal, id)])
}

/** What becomes of a change that the server refuses as invalid: where it is only forbidden and policy lets it, the object is made anew. */
const makeAnew = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  refusal: Refusal,
): Promise<Outcome<KubeObject>> => {
  const release = entryOf(run, id)?.release ?? ''
  if (!(await isImmutable(run.cluster, run.set.manager, address, body, refusal)))
    return bad([invalidProblem(id, release, refusal)])
  const cleared = await clearAway(run, id, address, body)
  if (!cleared.ok) return cleared
  const policy = policyFor(run, release)
  const before = cleared.value
  if (before === undefined) return bad([immutableProblem(id, release, refusal, policy.recreate)])
  const carried = carriedOver(body, before, givenUpIn(body, policy, id))
  const made = await sentOnce(run, id, address, carried)
  if (!made.ok) return made
  const settled = await settle(run, id, address, body, made.value)
  return settled.ok ? good(settled.value ?? made.value) : settled
}

/**
 * Applies one object (server-side, never by force but against managers that don't come back), and answers with the live one; who owns what in it is
 * settled before. Every refusal becomes a problem that names the object: a conflict with manager and fields, a forbidden change, an invalid
 * object.
 */
export const sendObject = async (run: Run, id: ObjectId): Promise<Outcome<KubeObject>> => {
  const found = await findAddress(run, id)
  if (!found.ok) return found
  const address = found.value
  const body = bodyFor(run, id)
  const settled = await settleOwnership(run, id, address, body)
  if (!settled.ok) return settled

  const reply = await sendOnce(run, address, body)
  if (reply.ok)
    return isBeingDeleted(reply.value)
      ? await sendAnew(run, id, address, body, reply.value)
      : good(reply.value)
  if (fieldConflicts(reply.refusal).length > 0) return await resolve(run, id, address, body, reply.refusal)
  return reply.refusal.status === 422
    ? await makeAnew(run, id, address, body, reply.refusal)
    : bad([problemOfRefusal(reply.refusal, id)])
}
