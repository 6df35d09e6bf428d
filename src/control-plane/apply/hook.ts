import { asMember, partOf } from '../../core/applyset.ts'
import type { Address } from '../../core/effects/cluster.ts'
import type { Hook } from '../../core/hook.ts'
import { uidOf } from '../../core/live.ts'
import { annotationOf } from '../../core/metadata.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { isWrittenBy } from '../../core/owned-fields.ts'
import { guardOf, hookRun } from '../../core/plan.ts'
import type { PlannedHook } from '../../core/plan.ts'
import { readinessOf } from '../../core/readiness/readiness.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { note } from './journal.ts'
import { removeAndWait } from './remove.ts'
import { addressOf, policyFor, unlessStopped, wantedFor } from './run.ts'
import type { Run } from './run.ts'
import { sendObject } from './send.ts'
import { waitReady } from './wait.ts'
import type { Waiting } from './wait.ts'

/** Says on a live hook object which run made it: between its end and our writing that down we may be killed. */
const runAnnotation = 'scout.airgap/run'

export type HookOf = (hook: PlannedHook) => Hook

/** Only what is done when its container is: Helm waits for Jobs and Pods, and for nothing else. */
const isRun = ({ id }: PlannedHook): boolean =>
  (id.group === 'batch' && id.kind === 'Job') || (id.group === '' && id.kind === 'Pod')

const markOf = (run: Run, hook: PlannedHook): string => `${run.mark}/${hook.event}`

/** Whether this very run has made an object. */
const isOfThisRun = (run: Run, hook: PlannedHook, live: KubeObject): boolean =>
  annotationOf(live, runAnnotation) === markOf(run, hook) &&
  partOf(live) === run.set.id &&
  isWrittenBy(live, run.set.manager)

/** Our own hook of an earlier run, or one that Helm has left behind; the server's record says who wrote it, as labels are copied. */
const mayDelete = (run: Run, live: KubeObject): boolean =>
  partOf(live) === run.set.id
    ? isWrittenBy(live, run.set.manager)
    : annotationOf(live, 'helm.sh/hook') !== undefined && isWrittenBy(live, 'helm')

const inTheWay = (hook: PlannedHook, release: string, why: string): Outcome<never> =>
  bad([
    problem({
      code: 'apply/hook-in-the-way',
      fault: 'world',
      what: `${nameOf(hook.id)}, a hook of release ${release}, is there already, and ${why}.`,
      where: [{ in: 'object', object: hook.id, release }],
      fix: 'Delete it by hand, or give the hook the delete policy before-hook-creation and our name alone.',
    }),
  ])

/**
 * Deletes the object that a hook has made; another one that somebody has put in its place stays, and so does one of a guarded kind that this run found
 * there. Answers whether nothing of ours is left of it.
 */
export const removeHook = async (
  run: Run,
  hook: PlannedHook,
  address: Address,
): Promise<Outcome<boolean>> => {
  const live = await run.cluster.get(address)
  if (!live.ok) return bad([problemOfRefusal(live.refusal, hook.id)])
  const ours = run.journal.content.entries.get(keyOf(hook.id))?.uid
  if (live.value === undefined || uidOf(live.value) !== ours) return good(true)
  if (guardOf(hook.id) && !isOfThisRun(run, hook, live.value)) return good(false)
  const removed = await removeAndWait(run, hook.id, address, ours)
  run.live.delete(keyOf(hook.id))
  return removed.ok ? good(true) : removed
}

/**
 * Creates the hook's object, unless this very run has made it before it was cut short. What holds data or other objects is never deleted to be made anew: it is
 * changed in place.
 */
const create = async (
  run: Run,
  hook: PlannedHook,
  policies: Hook['deletePolicies'],
  release: string,
  address: Address,
): Promise<Outcome<KubeObject>> => {
  const found = await run.cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal, hook.id)])
  const there = found.value
  if (there) {
    const isOurs = isOfThisRun(run, hook, there)
    if (isOurs && readinessOf(there, policyFor(run, release)).state !== 'failed') return good(there)
    if (!mayDelete(run, there)) return inTheWay(hook, release, 'somebody else has made it')
    if (guardOf(hook.id)) return await sendObject(run, hook.id)
    if (!policies.includes('before-hook-creation') && !isOurs)
      return inTheWay(hook, release, 'its delete policy says that it stays')
    const removed = await removeAndWait(run, hook.id, address, uidOf(there))
    if (!removed.ok) return removed
  }
  const object = asMember(wantedFor(run, hook.id), run.set.id)
  const annotations = { ...object.metadata.annotations, [runAnnotation]: markOf(run, hook) }
  const body = { ...object, metadata: { ...object.metadata, annotations } }
  const created = await run.cluster.create(address, body, { fieldManager: run.set.manager })
  if (created.ok) return good(created.value)
  // Made all the same, where the first answer was lost on the way and the request was sent again.
  const now = created.refusal.status === 409 ? await run.cluster.get(address) : undefined
  const isMade = now?.ok && now.value && annotationOf(now.value, runAnnotation) === markOf(run, hook)
  return isMade && now.value ? good(now.value) : bad([problemOfRefusal(created.refusal, hook.id)])
}

const runHook = async (
  run: Run,
  hook: PlannedHook,
  policies: Hook['deletePolicies'],
  waiting: Waiting,
): Promise<Outcome<void>> => {
  const { release } = waiting
  const address = addressOf(run, hook.id)
  if (address === undefined) return inTheWay(hook, release, 'its kind is not served')
  run.tell({
    tell: 'subject',
    stage: 'apply',
    subject: release,
    state: 'working',
    note: `${hook.event} hook ${nameOf(hook.id)}`,
  })
  const created = await create(run, hook, policies, release, address)
  if (!created.ok) return created
  run.live.set(keyOf(hook.id), created.value)
  note(run.journal, hook.id, { uid: uidOf(created.value) })
  if (isRun(hook)) {
    const waited = await waitReady(run, [hook.id], waiting)
    if (!waited.ok) return waited
  }
  run.journal.content.hooks.push(hookRun(hook.event, hook.id))
  return await run.journal.save()
}

/**
 * Runs the hooks of one event of a release, strictly one after the other, with Helm's delete policies (helm v4 `pkg/action/hooks.go`):
 * the first that fails ends it, and what follows them is not begun. A hook that this run has finished before it was cut
 * short is not run again.
 */
export const runHooks = async (
  run: Run,
  hooks: PlannedHook[],
  hookOf: HookOf,
  waiting: Waiting,
): Promise<Outcome<void>> => {
  const removeAll = async (
    which: PlannedHook[],
    policy: Hook['deletePolicies'][number],
  ): Promise<Outcome<void>> => {
    for (const hook of which) {
      const address = addressOf(run, hook.id)
      if (address === undefined || !hookOf(hook).deletePolicies.includes(policy)) continue
      const removed = await removeHook(run, hook, address)
      if (!removed.ok) return removed
    }
    return good(undefined)
  }
  for (const [at, hook] of hooks.entries()) {
    if (hook.finished) continue
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    const outcome = await runHook(run, hook, hookOf(hook).deletePolicies, waiting)
    if (outcome.ok) continue
    if (run.signal.aborted) return outcome
    const cleared = all([
      await removeAll([hook], 'hook-failed'),
      await removeAll(hooks.slice(0, at), 'hook-succeeded'),
    ])
    return cleared.ok ? outcome : bad([...outcome.problems, ...cleared.problems])
  }
  return await removeAll(hooks, 'hook-succeeded')
}
