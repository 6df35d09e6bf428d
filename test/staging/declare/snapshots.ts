import type { SnapshotFile } from '../../../src/core/declared.generated.ts'

const verbs = ['get', 'list']
const resource = (group: string, version: string, kind: string, namespaced = true) => ({
  group,
  version,
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  namespaced,
  verbs,
  subresources: [],
})

/** A CRD of kind Gadget, whose spec holds one field of this name. */
export const gadgetCrd = (field: string, versions = ['v1']) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.gadget.example' },
  spec: {
    group: 'gadget.example',
    scope: 'Namespaced',
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
    versions: versions.map((name) => ({
      name,
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } },
        },
      },
    })),
  },
})

/** A small cluster: ConfigMaps, a CRD in two versions, and an aggregated API whose kinds nobody describes. */
export const goodSnapshot: SnapshotFile = {
  format: 1,
  cluster: 'sample-staging',
  clusterId: '4d8bcb2e-3b0e-4d5c-9d0e-6c3f4f0f0c11',
  kubernetes: 'v1.36.3+k3s1',
  discovery: {
    groups: [
      { group: '', versions: ['v1'] },
      { group: 'gadget.example', versions: ['v1', 'v1beta1'] },
      { group: 'metrics.example', versions: ['v1'] },
    ],
    resources: [
      resource('', 'v1', 'ConfigMap'),
      resource('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', false),
      resource('gadget.example', 'v1', 'Gadget'),
      resource('gadget.example', 'v1beta1', 'Gadget'),
      resource('metrics.example', 'v1', 'Measure'),
    ],
  },
  objects: [
    gadgetCrd('size', ['v1', 'v1beta1']),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } },
  ],
}
