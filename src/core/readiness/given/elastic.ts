import { ruleByTests } from '../by-tests.ts'

const leftAlone = [{ path: '/metadata/annotations/eck.k8s.elastic.co~1managed', equals: 'false' }]

/**
 * Yellow is ready: all data is there, copies are missing, and on one node they always are. Source: cloud-on-k8s
 * pkg/apis/elasticsearch/v1/status.go (phases, health), pkg/controller/common/unmanaged.go.
 */
export const elasticsearch = ruleByTests({
  kinds: ['Elasticsearch.elasticsearch.k8s.elastic.co'],
  ready: [
    { path: '/status/phase', equals: 'Ready' },
    { path: '/status/health', oneOf: ['green', 'yellow'] },
  ],
  failed: [{ path: '/status/phase', equals: 'Invalid' }],
  leftAlone,
})

/** Source: pkg/controller/common/status.go: green once its Deployment is available. */
export const kibana = ruleByTests({
  kinds: ['Kibana.kibana.k8s.elastic.co'],
  ready: [
    { path: '/status/health', equals: 'green' },
    { path: '/status/availableNodes', atLeast: '/spec/count', usually: 1 },
  ],
  leftAlone,
})
