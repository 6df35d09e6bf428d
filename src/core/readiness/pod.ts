import { isObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { conditionOf, failed, mapAt, ready, textAt, waiting, wordsOf } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

const statusesOf = (pod: KubeObject): JsonObject[] =>
  ['initContainerStatuses', 'containerStatuses'].flatMap((name) => {
    const list = mapAt(pod, 'status')[name]
    return Array.isArray(list) ? list.filter(isObject) : []
  })

/** Why a pod's containers don't run, in the kubelet's words: `container app: CrashLoopBackOff: back-off…`; '' if it names none. */
const troubleOf = (pod: KubeObject): string => {
  for (const status of statusesOf(pod)) {
    const stopped = mapAt(status, 'state', 'waiting')
    const ended = mapAt(status, 'state', 'terminated')
    const reason = textAt(stopped, 'reason') || (ended['exitCode'] === 0 ? '' : textAt(ended, 'reason'))
    if (reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing') continue
    // The message of one that has ended is what it left itself, like its log: not for problems and records.
    const message = textAt(stopped, 'message')
    return `container ${textAt(status, 'name')}: ${reason}${message === '' ? '' : `: ${message}`}`
  }
  return ''
}

export const pod: ReadinessRule = {
  kinds: ['Pod'],
  readyWhen: 'condition `Ready` is True, or it has succeeded',
  failedWhen: 'its phase is `Failed`',
  judge: (object) => {
    const phase = textAt(mapAt(object, 'status'), 'phase')
    if (phase === 'Succeeded') return ready
    if (phase === 'Failed')
      return failed(
        textAt(mapAt(object, 'status'), 'message') || troubleOf(object) || 'its containers failed',
      )
    const condition = conditionOf(object, 'Ready')
    if (condition?.status === 'True') return ready
    const unscheduled = conditionOf(object, 'PodScheduled')
    const words =
      troubleOf(object) ||
      (unscheduled?.status === 'False' ? wordsOf(unscheduled) : condition && wordsOf(condition))
    return waiting(words || 'it has not started')
  },
}
