import { conditionOf, failed, mapAt, numberAt, ready, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** A Job is ready when it is complete; kstatus is content when it has started. A suspended one waits for nobody. */
export const job: ReadinessRule = {
  kinds: ['Job.batch'],
  readyWhen: 'condition `Complete` is True, or it is suspended',
  failedWhen: 'condition `Failed` is True',
  judge: (object) => {
    const failure = conditionOf(object, 'Failed')
    if (failure?.status === 'True') return failed(wordsOf(failure))
    if (conditionOf(object, 'Complete')?.status === 'True') return ready
    if (mapAt(object, 'spec')['suspend'] === true) return ready
    const status = mapAt(object, 'status')
    const dead = numberAt(status, 'failed', 0)
    return waiting(
      `it is not complete: ${numberAt(status, 'active', 0)} pods run${dead > 0 ? `, ${dead} failed` : ''}`,
    )
  },
}
