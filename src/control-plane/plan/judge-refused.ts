import type { Address, Refusal, Reply } from '../../core/effects/cluster.ts'
import { immutableProblem, invalidProblem, isImmutable, mayRecreate } from '../../core/immutable.ts'
import type { SettledConflict } from '../../core/judged.ts'
import { uidOf } from '../../core/live.ts'
import { groupKindOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { conflictProblem, judge as decide, verdictOf } from '../../core/ownership/conflict.ts'
import type { FieldConflict } from '../../core/ownership/conflict.ts'
import type { Problem } from '../../core/problem.ts'
import { detailsOf, problemOfRefusal } from '../../core/refusal.ts'
import { mayPass, webhookIn } from './judge-outlook.ts'
import { formerManagers } from './judge-taken.ts'
import { refused, unknown } from './judging.ts'
import type { Answered, Judging } from './judging.ts'

/** Refused for good, unless what is sent before may change the server's mind. */
const unlessPassing = (judging: Judging, id: ObjectId, refusal: Refusal, problem: Problem): Answered => {
  const why = mayPass(refusal, id, judging.outlook)
  return why === undefined ? refused(problem) : unknown(why)
}

/** What a refusal comes to that is about neither a conflict nor the object's fields. */
const otherRefusal = (judging: Judging, id: ObjectId, refusal: Refusal): Answered => {
  const webhook = webhookIn(refusal)
  if (webhook?.fault === 'no dry run')
    return unknown(`the admission webhook ${webhook.name} takes no part in dry runs`)
  if (webhook?.fault === 'silent') {
    judging.silent.set(groupKindOf(id), webhook.name)
    return unknown(`the admission webhook ${webhook.name} does not answer`)
  }
  return unlessPassing(judging, id, refusal, problemOfRefusal(refusal, id))
}

/** What a refusal comes to of an object that is not there yet, such as a hook. */
export const judgeRefusedNew = (judging: Judging, id: ObjectId, refusal: Refusal): Answered =>
  refusal.status === 422
    ? unlessPassing(judging, id, refusal, invalidProblem(id, judging.releaseOf(id), refusal))
    : otherRefusal(judging, id, refusal)

/** What a refusal comes to that is about no conflict: made anew where that is what is forbidden and policy lets it, else refused. */
export const judgeRefused = async (
  judging: Judging,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  refusal: Refusal,
): Promise<Answered> => {
  const { cluster, set, live } = judging
  if (refusal.status !== 422) return otherRefusal(judging, id, refusal)
  if (!(await isImmutable(cluster, set.manager, address, body, refusal)))
    return judgeRefusedNew(judging, id, refusal)
  const there = live.members.get(keyOf(id))
  const entry = live.inventory?.content.entries.get(keyOf(id))
  const { recreate } = judging.policyFor(id)
  return there && mayRecreate(there, entry, set, recreate)
    ? { verdict: { comes: 'recreated', why: detailsOf(refusal) } }
    : refused(immutableProblem(id, judging.releaseOf(id), refusal, recreate))
}

/** Whether it is still the object that was applied, by its UID: only of that one can anything be taken back. */
const isSame = ({ live }: Judging, id: ObjectId, there: KubeObject): boolean =>
  live.inventory?.content.entries.get(keyOf(id))?.uid === uidOf(there)

/** The server's answer once every conflict is decided as the apply will decide it; or what comes of it, where that is no answer. */
export const judgeConflicts = async (
  judging: Judging,
  id: ObjectId,
  address: Address,
  body: KubeObject,
  conflicts: FieldConflict[],
): Promise<{ reply: Reply<KubeObject>; settled: SettledConflict[] } | Answered> => {
  const { cluster, set, handedOver } = judging
  const there = await cluster.get(address)
  if (!there.ok) return refused(problemOfRefusal(there.refusal, id))
  // It has gone in this very moment.
  if (there.value === undefined) return unknown('it has gone while it was looked at')
  const former = formerManagers(there.value, set.manager, handedOver)
  const open = conflicts.filter(({ manager }) => !former.has(manager))
  const decided = decide(body, there.value, open, judging.takesBack && isSame(judging, id, there.value))
  if ('ask' in decided) {
    const asked = decided.ask.map(({ manager, field }) => ({ manager, field }))
    return {
      verdict: { comes: 'conflict', conflicts: asked },
      problems: [conflictProblem(id, judging.releaseOf(id), decided.ask)],
    }
  }
  const force = decided.take || former.size > 0
  return {
    reply: await cluster.apply(address, decided.send, { fieldManager: set.manager, dryRun: true, force }),
    settled: conflicts.map((one) => ({
      manager: one.manager,
      field: one.field,
      how: open.includes(one) && verdictOf(one) === 'leave' ? 'left' : 'taken',
    })),
  }
}
