import { conditionOf, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

export const apiService: ReadinessRule = {
  kinds: ['APIService.apiregistration.k8s.io'],
  readyWhen: 'condition `Available` is True',
  judge: (object) => {
    const available = conditionOf(object, 'Available')
    if (available?.status === 'True') return ready
    return waiting(available ? wordsOf(available) : 'nobody has asked its server yet')
  },
}
