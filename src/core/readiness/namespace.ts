import { mapAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

export const namespace: ReadinessRule = {
  kinds: ['Namespace'],
  readyWhen: 'it is active',
  judge: (object) =>
    textAt(mapAt(object, 'status'), 'phase') === 'Active' ? ready : waiting('it is not active'),
}
