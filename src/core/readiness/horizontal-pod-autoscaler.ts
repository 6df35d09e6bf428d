import { conditionOf, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** Its target is found. That there are metrics is not waited for: a fresh pod has none for minutes, and serves without. */
export const horizontalPodAutoscaler: ReadinessRule = {
  kinds: ['HorizontalPodAutoscaler.autoscaling'],
  readyWhen: 'condition `AbleToScale` is not False: its target is found',
  judge: (object) => {
    const able = conditionOf(object, 'AbleToScale')
    return able?.status === 'False' ? waiting(wordsOf(able)) : ready
  },
}
