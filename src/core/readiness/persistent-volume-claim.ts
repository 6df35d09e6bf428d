import { failed, mapAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/**
 * Bound. A claim of a class that binds on first use stays Pending until a pod asks for it, and nothing in the claim says so;
 * the pod that waits for it is judged anyway, so a Pending claim holds nobody up.
 */
export const persistentVolumeClaim: ReadinessRule = {
  kinds: ['PersistentVolumeClaim'],
  readyWhen: 'it is bound, or waits for the first pod that uses it (that pod is then not ready)',
  failedWhen: 'its volume is lost',
  judge: (object) => {
    const phase = textAt(mapAt(object, 'status'), 'phase')
    if (phase === 'Lost') return failed('its volume is lost')
    return phase === '' ? waiting('no controller has seen it yet') : ready
  },
}
