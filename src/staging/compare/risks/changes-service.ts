import { groupKindOf } from '../../../core/object.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { RiskRule } from '../risk-rule.ts'

const reached = ['/spec/type', '/spec/ports', '/spec/selector', '/spec/externalName', '/spec/loadBalancerIP']

const service = (spec: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec,
})

export const changesService: RiskRule = {
  id: 'changes-service',
  title: 'Changes how a Service is reached',
  level: 'danger',
  why: 'Clients that use the old port, type or selector lose it, or others gain it.',
  examples: [
    {
      title: 'another type and port',
      before: service({ type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] }),
      after: service({ type: 'LoadBalancer', ports: [{ name: 'http', port: 8080 }] }),
      finds: ['spec.ports[http].port changed', 'spec.type changed'],
    },
    {
      title: 'another session affinity',
      before: service({ sessionAffinity: 'None' }),
      after: service({ sessionAffinity: 'ClientIP' }),
      finds: [],
    },
  ],
  check: ({ id, fields }) =>
    groupKindOf(id) === 'Service'
      ? fields
          .filter(({ pointer }) => reached.some((root) => pointer === root || pointer.startsWith(`${root}/`)))
          .map(
            ({ name, change }) =>
              `${name} ${change === 'added' || change === 'removed' ? change : 'changed'}`,
          )
      : [],
}
