import type { ImageRule } from '../rule.ts'

/** Packages are OCI images that Crossplane itself pulls. Source: crossplane/crossplane `apis/pkg/v1/package_types.go`. */
export const crossplane: ImageRule[] = ['Provider', 'Configuration', 'Function'].map((kind) => ({
  kind: `${kind}.pkg.crossplane.io`,
  path: '/spec/package',
  form: 'reference',
}))
