import { isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import type { RiskRule } from '../risk-rule.ts'

const replicasOf = (object: { [key: string]: Json } | undefined): Json | undefined =>
  isObject(object?.['spec']) ? object['spec']['replicas'] : undefined

const withReplicas = (spec: { [key: string]: Json }): { [key: string]: Json } => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec,
})

export const scalesToZero: RiskRule = {
  id: 'scales-to-zero',
  title: 'Stops every pod of a workload',
  level: 'danger',
  why: 'Nothing serves what it served.',
  examples: [
    {
      title: 'replicas set to 0',
      before: withReplicas({ replicas: 3 }),
      after: withReplicas({ replicas: 0 }),
      finds: ['spec.replicas becomes 0'],
    },
    {
      title: 'replicas that were 0',
      before: withReplicas({ replicas: 0 }),
      after: withReplicas({ replicas: 0, paused: true }),
      finds: [],
    },
  ],
  check: ({ before, after }) =>
    before !== undefined && replicasOf(after) === 0 && replicasOf(before) !== 0
      ? ['spec.replicas becomes 0']
      : [],
}
