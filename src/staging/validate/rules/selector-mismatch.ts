import type { JsonObject } from '../../../core/json.ts'
import { groupKindOf, idOf } from '../../../core/object.ts'
import type { KubeObject } from '../../../core/object.ts'
import { mapAt, podTemplateOf } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'

/** A Job makes its own selector. */
const selecting = ['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'ReplicaSet.apps']

const deployment = (selected: JsonObject, labels: JsonObject): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: selected },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
})

export const selectorMismatch: Rule = {
  id: 'selector-mismatch',
  title: 'A workload does not select the Pods that it makes',
  why: 'The API server refuses the object.',
  fix: 'Give the Pod template the labels that the selector asks for.',
  examples: {
    good: [deployment({ app: 'web' }, { app: 'web', tier: 'front' })],
    bad: [deployment({ app: 'web' }, { app: 'api' }), deployment({ app: 'web' }, {})],
  },
  check(object) {
    const pod = selecting.includes(groupKindOf(idOf(object))) ? podTemplateOf(object) : undefined
    if (pod === undefined) return []
    const labels = mapAt(pod.value, ['metadata', 'labels']) ?? {}
    const missing = Object.entries(mapAt(object, ['spec', 'selector', 'matchLabels']) ?? {}).flatMap(
      ([key, value]) => (Object.hasOwn(labels, key) && labels[key] === value ? [] : [key]),
    )
    return missing.length === 0
      ? []
      : [
          {
            at: ['spec', 'selector', 'matchLabels'],
            what: `selects Pods by ${missing.join(', ')}, and its Pod template does not have the same there.`,
          },
        ]
  },
}
