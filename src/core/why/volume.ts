import { mapAt, textAt } from '../readiness/rule.ts'
import { brief } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

const reasons = new Set(['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'VolumeResizeFailed'])

/** A volume that does not come: told by events alone, as the containers say no more than ContainerCreating. */
export const volume: WhyRule = {
  name: 'volume',
  looksAt: 'pod',
  find: (pod, events) => {
    // Once a container runs, mounting is over.
    if (textAt(mapAt(pod, 'status'), 'phase') !== 'Pending') return undefined
    const event = events.findLast((one) => reasons.has(one.reason))
    return event && { words: `a volume does not come: ${brief(event.message)}` }
  },
}
