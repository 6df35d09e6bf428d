import type { ImageRule } from '../rule.ts'

/** Images that are files for the node, not containers. Source: NVIDIA/gpu-operator `api/nvidia/v1/clusterpolicy_types.go`. */
export const nvidia: ImageRule[] = [
  {
    kind: 'ClusterPolicy.nvidia.com',
    path: '/spec/kataManager/config/runtimeClasses/*/artifacts/url',
    form: 'reference',
  },
]
