import { ruleByTests } from '../by-tests.ts'

/**
 * Its status names no generation, so no phase is for good: it may be that of the spec before. Source: cloudnative-pg api/v1/cluster_types.go (phases), pkg/resources/status/transactions.go (`Ready` is made of the phase).
 */
export const cloudNativePg = ruleByTests({
  kinds: ['Cluster.postgresql.cnpg.io'],
  ready: [
    { path: '/status/phase', equals: 'Cluster in healthy state' },
    { condition: 'Ready', is: 'True' },
  ],
  leftAlone: [
    { path: '/metadata/annotations/cnpg.io~1reconciliationLoop', equals: 'disabled' },
    { path: '/metadata/annotations/cnpg.io~1hibernation', equals: 'on' },
  ],
  because: '/status/phaseReason',
})

/** What is made within a cluster. Source: api/v1/database_funcs.go (the generation is written once it is applied). */
export const cloudNativePgParts = ruleByTests({
  kinds: [
    'Database.postgresql.cnpg.io',
    'DatabaseRole.postgresql.cnpg.io',
    'Publication.postgresql.cnpg.io',
    'Subscription.postgresql.cnpg.io',
  ],
  writesGenerationLast: true,
  ready: [{ path: '/status/applied', equals: true }],
  because: '/status/message',
})
