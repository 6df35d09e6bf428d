import { ruleByTests } from '../by-tests.ts'

/**
 * `Ready` stays True while the datacenter is changed; the progress does not. Source: cass-operator
 * apis/cassandra/v1beta1/cassandradatacenter_types.go, pkg/reconciliation/constructor.go (the generation is written last).
 */
export const cassOperator = ruleByTests({
  kinds: ['CassandraDatacenter.cassandra.datastax.com'],
  writesGenerationLast: true,
  ready: [
    { path: '/status/cassandraOperatorProgress', equals: 'Ready' },
    { condition: 'Ready', is: 'True' },
  ],
  failed: [{ condition: 'Valid', is: 'False' }],
  leftAlone: [{ path: '/spec/stopped', equals: true }],
})
