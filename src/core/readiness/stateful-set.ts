import { mapAt, numberAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** All replicas are ready, and those from the partition up are of the last revision. */
export const statefulSet: ReadinessRule = {
  kinds: ['StatefulSet.apps'],
  readyWhen:
    'all replicas are ready, and those from the partition up are of the last revision; with `OnDelete`, of any',
  judge: (object) => {
    const spec = mapAt(object, 'spec')
    const status = mapAt(object, 'status')
    if (status['observedGeneration'] === undefined) return waiting('its controller has not seen it yet')
    const wanted = numberAt(spec, 'replicas', 1)
    const readyReplicas = numberAt(status, 'readyReplicas', 0)
    if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} replicas are ready`)
    if (numberAt(status, 'replicas', 0) > wanted) return waiting('replicas that are too many are still there')
    // OnDelete: the pods change when somebody deletes them, so nothing is to be waited for.
    if (textAt(mapAt(spec, 'updateStrategy'), 'type') === 'OnDelete') return ready
    const partition = numberAt(mapAt(spec, 'updateStrategy', 'rollingUpdate'), 'partition', 0)
    const updated = numberAt(status, 'updatedReplicas', 0)
    const toUpdate = Math.max(0, wanted - partition)
    if (updated < toUpdate) return waiting(`${updated} of ${toUpdate} replicas are updated`)
    if (partition === 0 && textAt(status, 'currentRevision') !== textAt(status, 'updateRevision'))
      return waiting('the last revision is not rolled out yet')
    return ready
  },
}
