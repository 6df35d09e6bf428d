import { conditionOf, numberAt, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/**
 * Every kind without a rule of its own: its `Ready` (else `Available`) condition where it has one. An object that reports nothing is
 * ready by being there; that a controller will yet report cannot be known.
 */
export const customResource: ReadinessRule = {
  kinds: [],
  readyWhen: 'condition `Ready`, else `Available`, is True, where it has one',
  judge: (object) => {
    const condition = conditionOf(object, 'Ready') ?? conditionOf(object, 'Available')
    const generation = numberAt(object.metadata, 'generation', 0)
    if ((condition?.observedGeneration ?? generation) < generation)
      return waiting('its controller has not seen the last change')
    return condition === undefined || condition.status === 'True' ? ready : waiting(wordsOf(condition))
  },
}
