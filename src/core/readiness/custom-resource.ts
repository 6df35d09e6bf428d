import { conditionOf, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/**
 * Every kind without a rule of its own: its `Ready` (else `Available`) condition where it has one. An object that reports nothing is
 * ready by being there; that a controller will yet report cannot be known.
 */
export const customResource: ReadinessRule = {
  kinds: [],
  judge: (object) => {
    const condition = conditionOf(object, 'Ready') ?? conditionOf(object, 'Available')
    return condition === undefined || condition.status === 'True' ? ready : waiting(wordsOf(condition))
  },
}
