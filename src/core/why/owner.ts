import { conditionOf } from '../readiness/rule.ts'
import { brief } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

const isQuota = /exceeded quota: ([^,]+)/

/** A controller that may not make Pods: a quota, an admission webhook, Pod Security, a missing service account. */
export const creation: WhyRule = {
  name: 'creation',
  looksAt: 'owner',
  find: (owner, events) => {
    const failure = conditionOf(owner, 'ReplicaFailure')
    const words =
      failure?.status === 'True'
        ? failure.message
        : (events.findLast((one) => one.reason === 'FailedCreate')?.message ?? '')
    if (words === '') return undefined
    const quota = isQuota.exec(words)?.[1]
    return {
      words: `${quota === undefined ? 'its Pods are refused' : `the quota ${quota} is used up`}: ${brief(words)}`,
    }
  },
}

/** The last warning about a thing that has no Pods, or whose Pods say nothing. */
export const warned: WhyRule = {
  name: 'warning',
  looksAt: 'owner',
  find: (_owner, events) => {
    const event = events.findLast((one) => one.warning)
    return event && { words: `${event.reason}: ${brief(event.message)}` }
  },
}
