import { mapAt } from '../readiness/rule.ts'
import { brief, containersOf, containerWords, isThere } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** A container that runs and does not pass its probe, with what the probe got. */
export const probe: WhyRule = {
  name: 'probe',
  looksAt: 'pod',
  find: (pod, events) => {
    const container = containersOf(pod).find(
      ({ init, status }) => !init && isThere(mapAt(status, 'state', 'running')) && status['ready'] === false,
    )
    if (container === undefined) return undefined
    const event = events.findLast((one) => one.reason === 'Unhealthy' || one.reason === 'ProbeWarning')
    const log = { container: container.name, previous: false }
    const waits = `${containerWords(container)} runs and is not ready`
    if (event === undefined) {
      const which = container.status['started'] === false ? 'startup' : 'readiness'
      return { words: `${waits}: its ${which} probe has not passed yet`, log }
    }
    const times = event.count > 1 ? ` (${event.count} times)` : ''
    return { words: `${waits}: ${brief(event.message)}${times}`, log }
  },
}
