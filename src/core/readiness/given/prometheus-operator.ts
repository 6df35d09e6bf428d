import { ruleByTests } from '../by-tests.ts'

/**
 * `Available` counts pods of any age, so the updated ones are counted as well. Source: prometheus-operator pkg/operator/operator.go
 * (GetCondition), pkg/operator/statefulset_reporter.go (Update).
 */
export const prometheusOperator = ruleByTests({
  kinds: [
    'Alertmanager.monitoring.coreos.com',
    'Prometheus.monitoring.coreos.com',
    'PrometheusAgent.monitoring.coreos.com',
    'ThanosRuler.monitoring.coreos.com',
  ],
  ready: [
    { condition: 'Reconciled', is: 'True' },
    { condition: 'Available', is: 'True' },
    { path: '/status/updatedReplicas', atLeast: '/status/replicas', usually: 0 },
  ],
  leftAlone: [{ path: '/spec/paused', equals: true }],
})
