import test from 'ava'
import { carriedOver, givenUpIn, ignoredIn, withoutIgnored } from '../../../src/core/ownership/ignored.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { bundleOf, configMap, deployment } from '../../apply/set.ts'

const id = (kind: string, name: string, group = '') => ({ group, kind, namespace: 'shop', name })
const ignore = [
  { kind: 'Deployment.apps', fields: ['/spec/replicas'] },
  { kind: '*', name: 'web', fields: ['/metadata/annotations/a'] },
]

for (const [object, pointers] of [
  [id('Deployment', 'web', 'apps'), ['/spec/replicas', '/metadata/annotations/a']],
  [id('Deployment', 'other', 'apps'), ['/spec/replicas']],
  [id('Deployment', 'other', 'example.com'), []],
  [id('ConfigMap', 'web'), ['/metadata/annotations/a']],
] as const)
  test(`a rule holds for its kind and name: ${object.kind}.${object.group} ${object.name}`, (t) => {
    t.deepEqual(ignoredIn({ ignore }, object), pointers as unknown as string[])
  })

for (const [field, left] of [
  ['/data/a', { data: { 'b/c': '2' } }],
  ['/data/b~1c', { data: { a: '1' } }],
  ['/data/*', { data: {} }],
  ['/data', {}],
  ['/list/0', { list: [{ x: 2, y: 2 }] }],
  ['/list/*/x', { list: [{ y: 1 }, { y: 2 }] }],
  ['/list/1/x', { list: [{ x: 1, y: 1 }, { y: 2 }] }],
  ['/nothing/at/all', {}],
  ['/metadata/labels/only', { metadata: { name: 'x', namespace: 'shop' } }],
] as const)
  test(`without ${field} the rest is as it was`, (t) => {
    const object = {
      ...configMap('x', { a: '1', 'b/c': '2' }),
      metadata: { name: 'x', namespace: 'shop', labels: { only: '1' } },
      list: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    } as unknown as KubeObject
    const policy = { ignore: [{ kind: 'ConfigMap', fields: [field] }] }
    const bundle = bundleOf('shop', 1, [{ name: 'app', namespace: 'shop', objects: [object], policy }])
    const after = withoutIgnored(bundle).releases[0]?.objects[0]?.object
    const { data: _, ...withoutData } = object
    t.deepEqual(after, { ...(field === '/data' ? withoutData : object), ...left } as unknown as KubeObject)
  })

test('a replica count that an object does not say is not set back, and one that it says is', (t) => {
  const web = deployment('web')
  const of = id('Deployment', 'web', 'apps')
  t.deepEqual(givenUpIn(web, { ignore: [] }, of), [])
  t.deepEqual(givenUpIn({ ...web, spec: {} }, { ignore: [] }, of), ['/spec/replicas'])
  t.deepEqual(givenUpIn({ ...web, spec: {} }, { ignore }, of), [
    '/spec/replicas',
    '/metadata/annotations/a',
    '/spec/replicas',
  ])
})

test('what is made anew has the values of before where it says none', (t) => {
  const before = { ...deployment('web'), spec: { replicas: 5, paused: true } }
  const next = { ...deployment('web'), spec: { paused: false } }
  const pointers = ['/spec/replicas', '/spec/paused', '/metadata/annotations/none']
  t.deepEqual(carriedOver(next, before, pointers), { ...next, spec: { paused: false, replicas: 5 } })
})
