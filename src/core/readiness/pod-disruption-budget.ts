import { conditionOf, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** Its controller can count pods. That no disruption is allowed right now is what a budget is for. */
export const podDisruptionBudget: ReadinessRule = {
  kinds: ['PodDisruptionBudget.policy'],
  readyWhen:
    'its controller could count its pods: condition `DisruptionAllowed` has not the reason `SyncFailed`',
  judge: (object) => {
    const allowed = conditionOf(object, 'DisruptionAllowed')
    return allowed?.reason === 'SyncFailed' ? waiting(wordsOf(allowed)) : ready
  },
}
