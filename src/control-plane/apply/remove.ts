import type { Address } from '../../core/effects/cluster.ts'
import { isBeingDeleted, uidOf } from '../../core/live.ts'
import { groupKindOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { unlessStopped } from './run.ts'
import type { Run } from './run.ts'

/** How long a deleted object is given to be gone, in milliseconds. */
const patience = 120_000
const firstPause = 100
/** From then on it is said what is waited for, in milliseconds. */
const firstWords = 1000
const longestPause = 1000

/** What has Pods under it goes only after them; without a propagation policy a Job would leave its Pods behind. */
const withDependents = new Set([
  'Deployment.apps',
  'StatefulSet.apps',
  'DaemonSet.apps',
  'ReplicaSet.apps',
  'ReplicationController',
  'Job.batch',
  'CronJob.batch',
])

/** What an object waits for that is being deleted; '' where it names nothing. */
const finalizersOf = (live: KubeObject): string => {
  const finalizers = live.metadata['finalizers']
  return (Array.isArray(finalizers) ? finalizers : []).filter((one) => typeof one === 'string').join(', ')
}

const lingering = (id: ObjectId, live: KubeObject): Problem => {
  const names = finalizersOf(live)
  return problem({
    code: 'apply/not-gone',
    fault: 'world',
    what: `${nameOf(id)} was deleted and is still there after ${patience / 1000} s${names === '' ? '' : `: it waits for the finalizers ${names}`}.`,
    where: [{ in: 'object', object: id }],
    why: 'Whoever set a finalizer must do its work first; taking it off by force leaks what it guards.',
    fix: 'See that the controller of these finalizers runs, and run this again.',
  })
}

/**
 * Deletes an object, if it still has this UID, and waits until it is gone. 'replaced': somebody has made another of that name, which
 * is left alone.
 */
export const removeAndWait = async (
  run: Run,
  id: ObjectId,
  address: Address,
  uid: string,
): Promise<Outcome<'gone' | 'replaced'>> => {
  const propagation = withDependents.has(groupKindOf(id)) ? 'Foreground' : 'Background'
  const reply = await run.cluster.remove(address, { uid, propagation })
  if (!reply.ok && reply.refusal.status === 409) {
    // Another UID, as a rule; a Namespace that is being deleted already says the same.
    const live = await run.cluster.get(address)
    if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
    if (live.value && uidOf(live.value) === uid && !isBeingDeleted(live.value))
      return bad([problemOfRefusal(reply.refusal, id)])
  } else if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
  return await waitUntilGone(run, id, address, uid)
}

/** Waits until an object that is being deleted is gone, or is there anew under another UID ('replaced'). Bounded. */
export const waitUntilGone = async (
  run: Run,
  id: ObjectId,
  address: Address,
  uid: string,
): Promise<Outcome<'gone' | 'replaced'>> => {
  const start = run.clock.now()
  const end = start + patience
  let isTold = false
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const live = await run.cluster.get(address)
    if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
    if (live.value === undefined) return good('gone')
    if (uidOf(live.value) !== uid) return good('replaced')
    if (run.clock.now() > end) return bad([lingering(id, live.value)])
    if (!isTold && run.clock.now() - start > firstWords) {
      isTold = true
      const names = finalizersOf(live.value)
      const note =
        names === '' ? 'is being deleted' : `is being deleted, and waits for the finalizers ${names}`
      run.tell({
        tell: 'object',
        stage: 'apply',
        subject: 'prune',
        object: nameOf(id),
        state: 'waiting',
        note,
      })
    }
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    await run.clock.sleep(pause, run.signal)
  }
}
