import { conditionOf, mapAt, numberAt, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

export const replicaSet: ReadinessRule = {
  kinds: ['ReplicaSet.apps', 'ReplicationController'],
  readyWhen: 'all replicas are available',
  judge: (object) => {
    const failure = conditionOf(object, 'ReplicaFailure')
    if (failure?.status === 'True') return waiting(wordsOf(failure))
    const wanted = numberAt(mapAt(object, 'spec'), 'replicas', 1)
    const status = mapAt(object, 'status')
    if (status['observedGeneration'] === undefined) return waiting('its controller has not seen it yet')
    const available = numberAt(status, 'availableReplicas', 0)
    return available < wanted ? waiting(`${available} of ${wanted} replicas are available`) : ready
  },
}
