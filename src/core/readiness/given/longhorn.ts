import { ruleByTests } from '../by-tests.ts'
import { conditionOf, mapAt, notSeen, ready, textAt, waiting, wordsOf } from '../rule.ts'
import type { ReadinessRule } from '../rule.ts'

/** Source: longhorn-manager controller/node_controller.go (setReadyAndSchedulableConditions). A node that takes no replicas is ready, too. */
export const longhornNode = ruleByTests({
  kinds: ['Node.longhorn.io'],
  ready: [{ condition: 'Ready', is: 'True' }],
})

/**
 * Detached is where a volume rests that no pod uses; a degraded one serves, and is being repaired. Source: longhorn-manager
 * k8s/pkg/apis/longhorn/v1beta2/volume.go (states, robustness), controller/volume_controller.go.
 */
export const longhornVolume: ReadinessRule = {
  kinds: ['Volume.longhorn.io'],
  readyWhen:
    'it is attached and its robustness is `healthy` or `degraded`, or it is detached and condition `Scheduled` is True',
  judge: (object) => {
    const status = mapAt(object, 'status')
    const state = textAt(status, 'state')
    const robustness = textAt(status, 'robustness')
    if (state === '') return waiting(notSeen)
    const scheduled = conditionOf(object, 'Scheduled')
    const placed = scheduled === undefined || scheduled.status === 'True' ? '' : ` (${wordsOf(scheduled)})`
    if (robustness === 'faulted') return waiting(`all its replicas have failed${placed}`)
    if (state === 'attached' && ['healthy', 'degraded'].includes(robustness)) return ready
    if (state === 'detached' && scheduled?.status === 'True') return ready
    return waiting(`it is ${state}${placed}`)
  },
}
