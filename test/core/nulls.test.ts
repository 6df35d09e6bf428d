import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { dropNulls } from '../../src/core/nulls.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', annotations: { a: null }, creationTimestamp: null },
  spec: {
    replicas: null,
    strategy: { type: 'Recreate', rollingUpdate: null },
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', tier: null }, annotations: null },
      spec: {
        affinity: null,
        nodeSelector: { disk: null, arch: 'amd64' },
        volumes: [{ name: 'v', emptyDir: null }],
        containers: [
          {
            name: 'web',
            image: 'web',
            command: null,
            args: [null, 'x'],
            env: [{ name: 'E', value: null }],
            resources: { limits: { cpu: null, memory: '1Gi' }, requests: null },
            securityContext: null,
          },
        ],
      },
    },
  },
}

const objects: [path: string, object: unknown][] = [
  ['/apis/apps/v1/namespaces/NS/deployments', deployment],
  [
    '/api/v1/namespaces/NS/configmaps',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', labels: { a: null } },
      data: { K: null, L: 'x' },
      binaryData: null,
      immutable: null,
    },
  ],
  [
    '/api/v1/namespaces/NS/secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      type: null,
      data: { A: null },
      stringData: { K: null },
    },
  ],
  [
    '/api/v1/namespaces/NS/services',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { type: 'ExternalName', externalName: 'x.example', selector: { a: null }, ports: null },
    },
  ],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'foos.nulls.example' },
      spec: {
        group: 'nulls.example',
        names: { kind: 'Foo', plural: 'foos', categories: null },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            additionalPrinterColumns: null,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { labels: { type: 'string', nullable: true, default: null } },
              },
            },
          },
        ],
      },
    },
  ],
]

const withoutClock = (body: { metadata: object }): object => {
  const { metadata, ...rest } = body
  const kept = Object.entries(metadata).filter(
    ([field]) => !['uid', 'creationTimestamp', 'managedFields', 'resourceVersion'].includes(field),
  )
  return { ...rest, metadata: Object.fromEntries(kept) }
}

for (const [collection, object] of objects)
  test(`an API server makes the same of a ${(object as KubeObject).kind} with its nulls and without them`, async (t) => {
    const server = await sharedControlPlane()
    const url = `${collection.replace('NS', await freshNamespace(server, 'nulls'))}?dryRun=All`
    const dropped = dropNulls(object as KubeObject, false)
    t.notRegex(JSON.stringify({ ...dropped, spec: { ...(dropped['spec'] as object), template: 0 } }), /:null/)
    const [asWritten, without] = await Promise.all(
      [object, dropped].map((body) => server.request('POST', url, { body })),
    )
    t.is(asWritten!.status, 201, asWritten!.text)
    t.deepEqual(withoutClock(without!.body), withoutClock(asWritten!.body))
  })

test('a null in a list stays, for it counts', (t) => {
  const list = dropNulls(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, args: [null, { a: null }] },
    false,
  )
  t.deepEqual(list['args'], [null, {}])
})

test('a custom resource keeps the nulls of its own fields and loses those of its metadata', (t) => {
  const object = {
    apiVersion: 'x.example/v1',
    kind: 'Foo',
    metadata: { name: 'a', labels: { k: null }, creationTimestamp: null },
    spec: { a: null },
  }
  t.deepEqual(dropNulls(object as unknown as KubeObject, true), {
    apiVersion: 'x.example/v1',
    kind: 'Foo',
    metadata: { name: 'a', labels: { k: '' } },
    spec: { a: null },
  } as unknown as KubeObject)
})

test('the given object is left as it was', (t) => {
  const before = structuredClone(deployment)
  dropNulls(deployment as unknown as KubeObject, false)
  t.deepEqual(deployment, before)
})
