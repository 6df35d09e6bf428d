import { ruleByTests } from '../by-tests.ts'

/**
 * Flux speaks as kstatus does: `Stalled` is for good, and an `observedGeneration` of -1 means never reconciled. Source: fluxcd/pkg
 * apis/meta/conditions.go.
 */
export const flux = ruleByTests({
  kinds: [
    'Bucket.source.toolkit.fluxcd.io',
    'GitRepository.source.toolkit.fluxcd.io',
    'HelmChart.source.toolkit.fluxcd.io',
    'HelmRelease.helm.toolkit.fluxcd.io',
    'HelmRepository.source.toolkit.fluxcd.io',
    'Kustomization.kustomize.toolkit.fluxcd.io',
    'OCIRepository.source.toolkit.fluxcd.io',
  ],
  writesGenerationLast: true,
  ready: [{ condition: 'Ready', is: 'True' }],
  leftAlone: [
    { path: '/spec/suspend', equals: true },
    // A HelmRepository of an OCI registry is only read by others: nobody writes its status.
    { path: '/spec/type', equals: 'oci' },
  ],
})
