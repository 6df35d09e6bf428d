import { mapAt, numberAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

export const daemonSet: ReadinessRule = {
  kinds: ['DaemonSet.apps'],
  readyWhen:
    'a pod of the last template is available on each node that should have one; with `OnDelete`, any pod',
  judge: (object) => {
    const status = mapAt(object, 'status')
    // The controller writes 0 nodes into a status that it has just seen; without the field it has not.
    if (numberAt(status, 'observedGeneration', 0) === 0) return waiting('its controller has not seen it yet')
    const wanted = numberAt(status, 'desiredNumberScheduled', 0)
    const updated = numberAt(status, 'updatedNumberScheduled', 0)
    const available = numberAt(status, 'numberAvailable', 0)
    const onDelete = textAt(mapAt(object, 'spec', 'updateStrategy'), 'type') === 'OnDelete'
    if (!onDelete && updated < wanted) return waiting(`${updated} of ${wanted} pods are updated`)
    return available < wanted ? waiting(`${available} of ${wanted} pods are available`) : ready
  },
}
