import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { findKind, kindsOfCrd } from '../../src/core/target.ts'
import type { ServedKind } from '../../src/core/target.ts'

const pod: ServedKind = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
const deployment: ServedKind = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
}

const crd = (spec: unknown): KubeObject =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec,
  }) as KubeObject

test('a CRD brings one kind for each version that it serves', (t) => {
  const spec = {
    group: 'certs.example',
    scope: 'Cluster',
    names: { kind: 'Issuer', plural: 'issuers' },
    versions: [
      { name: 'v1', served: true },
      { name: 'v1alpha1', served: false },
      { name: 'v1beta1', served: true },
    ],
  }
  const brought = { group: 'certs.example', kind: 'Issuer', plural: 'issuers', namespaced: false }
  t.deepEqual(kindsOfCrd(crd(spec)), [
    { ...brought, version: 'v1' },
    { ...brought, version: 'v1beta1' },
  ])
  t.true(kindsOfCrd(crd({ ...spec, scope: 'Namespaced' })).every((kind) => kind.namespaced))
})

for (const spec of [
  undefined,
  null,
  'x',
  [],
  {},
  { group: 'a', names: { kind: 'A', plural: 'as' } },
  { group: 1, names: {}, versions: [] },
  { group: 'a', names: { kind: 'A', plural: 'as' }, versions: [null, 1, { served: true }] },
]) {
  test(`a broken CRD brings nothing: ${JSON.stringify(spec)}`, (t) => {
    t.deepEqual(kindsOfCrd(crd(spec)), [])
  })
}

test('a kind is found under the apiVersion that it is served as, and no other', (t) => {
  t.is(findKind([pod, deployment], 'apps/v1', 'Deployment'), deployment)
  t.is(findKind([pod, deployment], 'v1', 'Pod'), pod)
  t.is(findKind([pod, deployment], 'apps/v1beta1', 'Deployment'), undefined)
  t.is(findKind([pod, deployment], 'v1', 'Deployment'), undefined)
})
