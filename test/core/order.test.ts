import test from 'ava'
import { inOrder, inReverse } from '../../src/core/order.ts'

const ids = (...names: string[]) =>
  names.map((name) => {
    const [kind = '', ...group] = name.split('.')
    return { id: { kind, group: group.join('.'), namespace: '', name: 'x' } }
  })
const kindsOf = (steps: { id: { kind: string } }[][]): string[][] =>
  steps.map((step) => step.map((one) => one.id.kind))

test('within a release, what others need comes first and webhooks come after workloads', (t) => {
  const lines = inOrder(
    ids(
      'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
      'Deployment.apps',
      'Certificate.cert-manager.io',
      'Service',
      'Secret',
      'ConfigMap',
      'Role.rbac.authorization.k8s.io',
      'ServiceAccount',
      'NetworkPolicy.networking.k8s.io',
      'StorageClass.storage.k8s.io',
    ),
    new Set(),
  )
  t.deepEqual(kindsOf(lines.map((line) => line.objects)), [
    ['StorageClass'],
    ['NetworkPolicy'],
    ['Role', 'ServiceAccount'],
    ['Secret', 'ConfigMap'],
    ['Service'],
    ['Deployment'],
    ['Certificate'],
    ['ValidatingWebhookConfiguration'],
  ])
  t.false(lines.some((line) => line.afterWorkloads))
})

test('a custom resource whose CRD is in its own release waits for the workloads, which are its controller', (t) => {
  const lines = inOrder(ids('Issuer.certs.example', 'Deployment.apps'), new Set(['Issuer.certs.example']))
  t.deepEqual(
    lines.map((line) => [line.objects[0]?.id.kind, line.afterWorkloads]),
    [
      ['Deployment', false],
      ['Issuer', true],
    ],
  )
})

test('a kind of a group like *.k8s.io that Kubernetes does not serve itself is a custom resource', (t) => {
  const lines = inOrder(ids('Gateway.gateway.networking.k8s.io', 'Deployment.apps'), new Set())
  t.deepEqual(kindsOf(lines.map((line) => line.objects)), [['Deployment'], ['Gateway']])
})

test('pruning goes the other way: custom resources first, CRDs and Namespaces last', (t) => {
  const steps = inReverse(
    ids(
      'Namespace',
      'CustomResourceDefinition.apiextensions.k8s.io',
      'ConfigMap',
      'Deployment.apps',
      'APIService.apiregistration.k8s.io',
      'Certificate.cert-manager.io',
    ),
  )
  t.deepEqual(kindsOf(steps), [
    ['Certificate'],
    ['APIService'],
    ['Deployment'],
    ['ConfigMap'],
    ['CustomResourceDefinition'],
    ['Namespace'],
  ])
})
