import { mapAt, textAt } from '../readiness/rule.ts'
import { brief } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** A Pod whose network does not come up, as its node says. */
export const sandbox: WhyRule = {
  name: 'sandbox',
  looksAt: 'pod',
  find: (pod, events) => {
    if (textAt(mapAt(pod, 'status'), 'phase') !== 'Pending') return undefined
    const event = events.findLast((one) => one.reason === 'FailedCreatePodSandBox')
    return event && { words: `its network cannot be set up: ${brief(event.message)}` }
  },
}
