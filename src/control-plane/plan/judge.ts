import { asMember } from '../../core/applyset.ts'
import type { Address, Cluster } from '../../core/effects/cluster.ts'
import type { JudgedChange, SettledConflict } from '../../core/judged.ts'
import { inTurn } from '../../core/in-turn.ts'
import { groupKindOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { fieldConflicts } from '../../core/ownership/conflict.ts'
import { givenUpIn } from '../../core/ownership/ignored.ts'
import { actionsOf, hooksOf } from '../../core/plan.ts'
import type { Action } from '../../core/plan.ts'
import { keysOfPointer } from '../../core/pointer.ts'
import type { Problem } from '../../core/problem.ts'
import { isShared } from '../../core/shared-namespace.ts'
import { judgedFields } from './judge-fields.ts'
import { judgeConflicts, judgeRefused, judgeRefusedNew } from './judge-refused.ts'
import { asTakenOver } from './judge-taken.ts'
import { addressOf, judgingOf, unknown } from './judging.ts'
import type { Answered, Judging, ToJudge } from './judging.ts'

/** What came of it: a verdict on each change, and what the server would refuse. */
export interface Judgement {
  changes: JudgedChange[]
  problems: Problem[]
}

/** So many are asked about at a time: more brings nothing (measured), and a webhook that is down is found after as many. */
const atOnce = 8

/** New ones of these are not asked about before an apply: there is little in them to refuse, and a platform has hundreds. */
const plainData = new Set(['ConfigMap', 'Secret', 'ServiceAccount'])

/** Whether a pointer leads to the place that `pattern` names (`*` for any one step), or below it. */
const isWithin = (pointer: string, pattern: string): boolean => {
  const steps = keysOfPointer(pointer)
  return keysOfPointer(pattern).every((name, at) => at < steps.length && (name === '*' || name === steps[at]))
}

/** The live object, whole: of what bears not our label the metadata alone was read. */
const liveOf = async (
  { live, cluster }: Judging,
  id: ObjectId,
  address: Address,
): Promise<KubeObject | undefined> => {
  const member = live.members.get(keyOf(id))
  if (member || !live.others.has(keyOf(id))) return member
  const reply = await cluster.get(address)
  return reply.ok ? reply.value : undefined
}

const judgeChange = async (judging: Judging, { id, ...action }: Action): Promise<Answered> => {
  const { scope, cluster, live, set, handedOver } = judging
  const object = judging.objects.get(keyOf(id))
  if (object === undefined) throw new Error(`the plan names what the bundle has not: ${keyOf(id)}`)
  if (scope === 'refusals' && action.do === 'create' && plainData.has(groupKindOf(id)))
    return unknown('it is new, and plain data')
  const why = judging.notYet(id, object)
  if (why !== undefined) return unknown(why)
  const address = addressOf(judging, id, object)
  const shared = isShared(id, live)
  const body = shared ? object : asMember(object, set.id)
  let settled: SettledConflict[] = []
  let reply = await cluster.apply(address, body, { fieldManager: set.manager, dryRun: true, force: false })
  const conflicts = reply.ok ? [] : fieldConflicts(reply.refusal)
  if (conflicts.length > 0) {
    const decided = await judgeConflicts(judging, id, address, body, conflicts)
    if (!('reply' in decided)) return decided
    reply = decided.reply
    settled = decided.settled
  }
  if (!reply.ok) return await judgeRefused(judging, id, address, body, reply.refusal)
  if (scope === 'refusals') return { verdict: { comes: 'same' }, settled }
  const before = await liveOf(judging, id, address)
  if (before === undefined) return { verdict: { comes: 'created' }, settled }
  const after = shared ? reply.value : asTakenOver(reply.value, set.manager, handedOver)
  const givenUp = givenUpIn(body, judging.policyFor(id), id)
  const fields = judgedFields(before, after, judging.conceals(id)).filter(
    ({ pointer }) => !givenUp.some((one) => isWithin(pointer, one)),
  )
  return { verdict: fields.length === 0 ? { comes: 'same' } : { comes: 'changed', fields }, settled }
}

/** A hook is always made anew: that another one of its name is there says nothing against it. */
const judgeHook = async (judging: Judging, id: ObjectId): Promise<Answered> => {
  const { cluster, set } = judging
  const object = judging.objects.get(keyOf(id))
  if (object === undefined) return unknown('it is in another bundle')
  const why = judging.notYet(id, object)
  if (why !== undefined) return unknown(why)
  const reply = await cluster.create(addressOf(judging, id, object), asMember(object, set.id), {
    fieldManager: set.manager,
    dryRun: true,
  })
  return reply.ok || reply.refusal.reason === 'AlreadyExists'
    ? { verdict: { comes: 'created' } }
    : judgeRefusedNew(judging, id, reply.refusal)
}

/** Asks the server, by dry runs, what it makes of each change of a plan and of each hook. Nothing is written. */
export const judge = async (input: ToJudge, { cluster }: { cluster: Cluster }): Promise<Judgement> => {
  const { plan } = input
  const judging = judgingOf(input, cluster)
  const actions = actionsOf(plan).filter((one) => one.do !== 'skip')
  const toRun = hooksOf(plan).filter((one) => !one.finished)
  const hooks = Array.from(new Map(toRun.map(({ id }) => [keyOf(id), id])).values())
  const answers = await inTurn(atOnce, actions, (action) => judgeChange(judging, action))
  const ofHooks = await inTurn(atOnce, hooks, (id) => judgeHook(judging, id))
  return {
    changes: actions.map((action, at) => {
      const { verdict, settled = [] } = answers[at] as Answered
      return {
        id: action.id,
        release: judging.releaseOf(action.id),
        because: action.do === 'apply' ? action.because : 'new',
        settled,
        ...verdict,
      }
    }),
    problems: [...answers, ...ofHooks].flatMap(({ problems = [] }) => problems),
  }
}
