import type { ImageRule } from '../rule.ts'

const kind = 'ImageConfig.config.k8ssandra.io'

/**
 * The ImageConfig that cass-operator reads from a ConfigMap: what an image leaves out, its registry, stands in `defaults`.
 * Source: k8ssandra/cass-operator `apis/config/v1beta2/imageconfig_types.go`.
 */
export const cassOperator: ImageRule[] = [
  { kind, path: '/images/*', form: 'map', defaults: '/defaults' },
  { kind, path: '/types/*', form: 'map', defaults: '/defaults' },
]
