import { ruleByTests } from '../by-tests.ts'

/**
 * Not ready is never for good: the issuer tries again. Source: cert-manager pkg/api/util/conditions.go (each condition says which
 * generation it speaks of).
 */
export const certManager = ruleByTests({
  kinds: ['Certificate.cert-manager.io', 'Issuer.cert-manager.io', 'ClusterIssuer.cert-manager.io'],
  ready: [{ condition: 'Ready', is: 'True' }],
})
