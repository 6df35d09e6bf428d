import { conditionOf } from '../readiness/rule.ts'
import { brief } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** The scheduler's long tail on claims and preemption says nothing that the reason before it has not said. */
const withoutPreemption = (message: string): string =>
  message.replace(/\s*(no new claims to deallocate,\s*)?preemption: .*$/s, '')

/** A Pod that no node takes, with the scheduler's reason; or one that waits for a gate. */
export const scheduling: WhyRule = {
  name: 'scheduling',
  looksAt: 'pod',
  find: (pod) => {
    const condition = conditionOf(pod, 'PodScheduled')
    if (condition?.status !== 'False') return undefined
    const words = brief(withoutPreemption(condition.message)) || condition.reason
    return condition.reason === 'SchedulingGated'
      ? { words: `it is not scheduled yet: ${words}` }
      : { words: `no node takes it: ${words}` }
  },
}
