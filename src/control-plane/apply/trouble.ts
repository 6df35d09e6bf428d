import { serviceOf } from '../../core/discovery.ts'
import { keyOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { readinessOf } from '../../core/readiness/readiness.ts'
import { mapAt } from '../../core/readiness/rule.ts'
import type { Run } from './run.ts'

/**
 * What is wrong with the Pods under a workload: `Pod web-1: container app: CrashLoopBackOff`, or '' where nothing tells. It only
 * explains another problem, so a refused question is no problem of its own.
 */
export const findTrouble = async (run: Run, id: ObjectId): Promise<string> => {
  const live = run.live.get(keyOf(id))
  const selector = live ? mapAt(live, 'spec', 'selector', 'matchLabels') : {}
  const pods = serviceOf(run.discovery, 'v1', 'Pod')
  if (Object.keys(selector).length === 0 || pods.served !== 'yes') return ''
  const reply = await run.cluster.list(pods.kind, {
    namespace: id.namespace,
    selector: Object.entries(selector)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : ''}`)
      .join(','),
  })
  if (!reply.ok) return ''
  for (const pod of reply.value) {
    const readiness = readinessOf(pod)
    if (readiness.state !== 'ready') return `Pod ${pod.metadata.name}: ${readiness.why}`
  }
  return ''
}
