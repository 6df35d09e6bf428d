import type { Address, Reply } from '../../../core/effects/cluster.ts'
import { isBeingDeleted, resourceVersionOf } from '../../../core/live.ts'
import { keyOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import { isNamespace } from '../../../core/namespaces.ts'
import { givenUpIn } from '../../../core/ownership/ignored.ts'
import { isServedIn, settledFields } from '../../../core/ownership/settle.ts'
import type { Settling } from '../../../core/ownership/settle.ts'
import { usualPolicy } from '../../../core/policy.ts'
import { bad, good } from '../../../core/problem.ts'
import type { Outcome } from '../../../core/problem.ts'
import { problemOfRefusal } from '../../../core/refusal.ts'
import type { Run } from '../run.ts'

const tries = 5

/** What is known of the object that is there; one that was not ours yet is read in full. */
const knownOf = async (
  run: Run,
  id: ObjectId,
  address: Address,
): Promise<Outcome<KubeObject | undefined>> => {
  const ours = run.live.get(keyOf(id))
  if (ours || !run.others.has(keyOf(id))) return good(ours)
  const live = await run.cluster.get(address)
  return live.ok ? good(live.value) : bad([problemOfRefusal(live.refusal, id)])
}

const settlingOf = (
  { discovery, handedOver, journal, policies, set }: Run,
  id: ObjectId,
  body: KubeObject,
): Settling => {
  const entry = journal.content.entries.get(keyOf(id))
  return {
    manager: set.manager,
    apiVersion: body.apiVersion,
    isServed: (version) => isServedIn(discovery, id.kind, version),
    giveUp: givenUpIn(body, policies.get(entry?.release ?? '') ?? usualPolicy, id),
    // Labels that somebody gave a Namespace hold for all that is in it, and a release that lives there knows nothing of them.
    take: !isNamespace(id),
    handedOver,
  }
}

/** Settles who owns what in a live object, on exactly that one or on what has become of it; answers with it as it is then (undefined: gone). */
export const settle = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  known: KubeObject,
): Promise<Outcome<KubeObject | undefined>> => {
  const settling = settlingOf(run, id, body)
  let live: KubeObject | undefined = known
  for (let tried = 0; live !== undefined && !isBeingDeleted(live); tried++) {
    const managedFields = settledFields(live, settling)
    if (managedFields === undefined) break
    const reply: Reply<KubeObject> = await run.cluster.patch(
      address,
      [
        { op: 'replace', path: '/metadata/managedFields', value: managedFields },
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersionOf(live) },
      ],
      { fieldManager: run.set.manager },
    )
    if (reply.ok) return good(reply.value)
    if (reply.refusal.status === 404) return good(undefined)
    if (reply.refusal.status !== 409 || tried === tries) return bad([problemOfRefusal(reply.refusal, id)])
    const now = await run.cluster.get(address)
    if (!now.ok) return bad([problemOfRefusal(now.refusal, id)])
    live = now.value
  }
  return good(live)
}

/**
 * Settles who owns what in an object before it is applied: what `helm` and `kubectl apply` left behind becomes ours, and what we don't set any more
 * is given up with its value. Nothing is sent where nothing is to be settled.
 */
export const settleOwnership = async (
  run: Run,
  id: ObjectId,
  address: Address,
  body: KubeObject,
): Promise<Outcome<void>> => {
  const known = await knownOf(run, id, address)
  if (!known.ok) return known
  if (known.value === undefined) return good(undefined)
  const settled = await settle(run, id, address, body, known.value)
  return settled.ok ? good(undefined) : settled
}
