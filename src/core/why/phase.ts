import { conditionOf, mapAt, textAt } from '../readiness/rule.ts'
import { brief, containersOf, containerWords, isThere, waitingOf } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** A Pod that its node or a controller has put an end to: evicted, over its deadline, on a node that went away. */
export const ended: WhyRule = {
  name: 'ended',
  looksAt: 'pod',
  find: (pod) => {
    const status = mapAt(pod, 'status')
    const reason = textAt(status, 'reason')
    if (textAt(status, 'phase') !== 'Failed' || reason === '') return undefined
    const message = textAt(status, 'message')
    return { words: `it was ended: ${reason}${message === '' ? '' : `: ${brief(message)}`}` }
  },
}

/** What is left: a container that its node is still making, or an init container that still runs. */
export const starting: WhyRule = {
  name: 'starting',
  looksAt: 'pod',
  find: (pod, events) => {
    const ready = conditionOf(pod, 'Ready')
    if (ready?.status === 'True' || textAt(mapAt(pod, 'status'), 'phase') === 'Succeeded') return undefined
    const warning = events.findLast((one) => one.warning)
    const containers = containersOf(pod)
    const init = containers.find((one) => one.init && isThere(mapAt(one.status, 'state', 'running')))
    if (init) return { words: `${containerWords(init)} is still running` }
    if (warning) return { words: `${warning.reason}: ${brief(warning.message)}` }
    const waits = containers.find((one) => waitingOf(one).reason !== '')
    if (waits) return { words: `${containerWords(waits)}: ${waitingOf(waits).reason}` }
    if (!containers.some(({ status }) => isThere(status))) return { words: 'its node has not begun with it' }
    return undefined
  },
}
