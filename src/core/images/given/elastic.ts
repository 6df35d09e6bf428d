import type { ImageRule } from '../rule.ts'

/**
 * ECK makes the images of Elasticsearch, Kibana and others of `spec.version` and of this registry.
 * Source: elastic/cloud-on-k8s `pkg/controller/common/container/container.go`.
 */
export const elastic: ImageRule[] = [
  { kind: 'ConfigMap', path: '/data/eck.yaml/container-registry', form: 'registry' },
]
