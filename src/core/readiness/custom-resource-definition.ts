import { conditionOf, failed, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** Established, and its names are its own. */
export const crd: ReadinessRule = {
  kinds: ['CustomResourceDefinition.apiextensions.k8s.io'],
  readyWhen: 'condition `Established` is True',
  failedWhen: 'condition `NamesAccepted` is False: another CRD has its names',
  judge: (object) => {
    const names = conditionOf(object, 'NamesAccepted')
    if (names?.status === 'False') return failed(wordsOf(names))
    const established = conditionOf(object, 'Established')
    if (established?.status === 'True') return ready
    return waiting(established ? wordsOf(established) : 'it has no status yet')
  },
}
