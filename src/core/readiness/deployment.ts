import { entriesOf } from '../ownership/entries.ts'
import type { KubeObject } from '../object.ts'
import { conditionOf, failed, mapAt, numberAt, ready, waiting, wordsOf } from './rule.ts'
import type { Condition, ReadinessRule } from './rule.ts'

/**
 * Whether a condition was there before the object was last applied. A Deployment that missed its deadline and goes back to a template that it had keeps
 * saying so until the first new replica is up, with `observedGeneration` of the change. Source: kubernetes pkg/controller/deployment/progress.go,
 * `DeploymentTimedOut`; sync.go, `getNewReplicaSet` (a ReplicaSet that exists leaves the condition as it is).
 */
const isFromBefore = (object: KubeObject, { lastUpdateTime }: Condition): boolean =>
  lastUpdateTime !== undefined &&
  entriesOf(object).some(
    ({ operation, subresource, time }) =>
      operation === 'Apply' && !subresource && typeof time === 'string' && lastUpdateTime <= time,
  )

/** All replicas are of the last template, no old one is left, and all are available. */
export const deployment: ReadinessRule = {
  kinds: ['Deployment.apps'],
  readyWhen: 'all replicas are of the last template and available, and no old one is left',
  failedWhen:
    'condition `Progressing` has the reason `ProgressDeadlineExceeded`, and is not from before the last change',
  judge: (object) => {
    const progressing = conditionOf(object, 'Progressing')
    if (progressing?.reason === 'ProgressDeadlineExceeded' && !isFromBefore(object, progressing))
      return failed(wordsOf(progressing))
    const wanted = numberAt(mapAt(object, 'spec'), 'replicas', 1)
    const status = mapAt(object, 'status')
    if (status['observedGeneration'] === undefined) return waiting('its controller has not seen it yet')
    const total = numberAt(status, 'replicas', 0)
    const updated = numberAt(status, 'updatedReplicas', 0)
    const available = numberAt(status, 'availableReplicas', 0)
    const failure = conditionOf(object, 'ReplicaFailure')
    const paused = mapAt(object, 'spec')['paused'] === true ? ' (it is paused)' : ''
    const words = failure ? ` (${wordsOf(failure)})` : paused
    if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are updated${words}`)
    if (total > updated) return waiting(`${total - updated} old replicas are still there`)
    if (available < wanted) return waiting(`${available} of ${wanted} replicas are available${words}`)
    return ready
  },
}
