import test from 'ava'
import type { Json } from '../../../src/core/json.ts'
import { stepsOf, unionOf, withoutPointer, withoutSteps } from '../../../src/core/ownership/field-set.ts'
import type { FieldSet } from '../../../src/core/ownership/field-set.ts'

const app = 'k:{"name":"app"}'
const http = 'k:{"containerPort":80,"protocol":"TCP"}'
const fields: FieldSet = {
  'f:metadata': {
    'f:annotations': { '.': {}, 'f:example.com/a.b': {} },
    'f:finalizers': { '.': {}, 'v:"mine"': {} },
  },
  'f:spec': {
    'f:replicas': {},
    'f:selector': {},
    'f:containers': {
      [app]: {
        '.': {},
        'f:name': {},
        'f:image': {},
        'f:ports': { [http]: { '.': {}, 'f:containerPort': {} } },
      },
    },
  },
}
const value: Json = {
  metadata: { annotations: { 'example.com/a.b': '1' }, finalizers: ['theirs', 'mine'] },
  spec: {
    replicas: 3,
    selector: { app: 'web' },
    containers: [{ name: 'side' }, { name: 'app', image: 'a:1', ports: [{ containerPort: 80 }] }],
  },
}

for (const [a, b, both, why] of [
  [{ 'f:a': {} }, { 'f:b': {} }, { 'f:a': {}, 'f:b': {} }, 'what is in either'],
  [
    { 'f:a': { 'f:b': {} } },
    { 'f:a': { 'f:c': {} } },
    { 'f:a': { 'f:b': {}, 'f:c': {} } },
    'what lies below one step',
  ],
  [
    { 'f:a': {} },
    { 'f:a': { 'f:b': {} } },
    { 'f:a': { '.': {}, 'f:b': {} } },
    'a member, and what lies below it',
  ],
  [{ 'f:__proto__': {} }, { 'f:a': {} }, { 'f:__proto__': {}, 'f:a': {} }, 'steps of any name'],
] as const)
  test(`a union has ${why}`, (t) => {
    t.deepEqual(unionOf(a, b), both)
    t.deepEqual(unionOf(b, a), both)
  })

for (const [pointer, gone] of [
  ['/spec/replicas', ['f:replicas']],
  ['/metadata/annotations/example.com~1a.b', ['example.com/a.b']],
  ['/spec/containers/1/image', ['f:image']],
  ['/spec/containers/*/image', ['f:image']],
  ['/spec/containers/0/image', []],
  ['/spec/containers/1', [app, 'f:image', 'f:containerPort']],
  ['/metadata/finalizers/1', ['v:"mine"']],
  ['/spec/*', ['f:spec', 'f:replicas', 'f:selector', app, 'f:image', 'f:containerPort']],
  ['/spec/selector/app', []],
  ['/spec/nothing', []],
] as const)
  test(`without ${pointer} these are gone: ${gone.join(', ') || 'none'}`, (t) => {
    const left = JSON.stringify(withoutPointer(fields, value, pointer))
    const words = [
      'f:metadata',
      'f:replicas',
      'f:selector',
      'f:spec',
      'f:image',
      'f:containerPort',
      app,
      'v:"mine"',
      'example.com/a.b',
    ]
    const isThere = (word: string): boolean => left.includes(JSON.stringify(word).slice(1, -1))
    t.deepEqual(
      words.filter((word) => !isThere(word)),
      words.filter((word) => (gone as readonly string[]).includes(word)),
    )
  })

test('what holds nothing any more goes itself, unless it is a member', (t) => {
  t.is(withoutPointer({ 'f:spec': { 'f:replicas': {} } }, value, '/spec/replicas'), undefined)
  t.deepEqual(withoutPointer({ 'f:spec': { '.': {}, 'f:replicas': {} } }, value, '/spec/replicas'), {
    'f:spec': { '.': {} },
  })
})

for (const [words, steps] of [
  ['.spec.replicas', ['f:spec', 'f:replicas']],
  ['.metadata.annotations.example.com/a.b', ['f:metadata', 'f:annotations', 'f:example.com/a.b']],
  ['.spec.containers[name="app"].image', ['f:spec', 'f:containers', app, 'f:image']],
  [
    '.spec.containers[name="app"].ports[containerPort=80,protocol="TCP"].containerPort',
    ['f:spec', 'f:containers', app, 'f:ports', http, 'f:containerPort'],
  ],
  ['.metadata.finalizers[="mine"]', ['f:metadata', 'f:finalizers', 'v:"mine"']],
  ['.spec.replica', undefined],
  ['.spec.paused', undefined],
] as const)
  test(`the way to ${words} is ${steps ? 'found' : 'not to be found'}`, (t) => {
    t.deepEqual(stepsOf(words, [{ 'f:status': {} }, fields]), steps as string[] | undefined)
  })

const declared: Json = {
  spec: {
    replicas: 3,
    ports: [
      { containerPort: 81, name: 'b' },
      { containerPort: 80, name: 'a' },
    ],
  },
}
const ports = (declared as { spec: { ports: Json[] } }).spec.ports

for (const [steps, left, why] of [
  [['f:spec', 'f:replicas'], { spec: { ports } }, 'a field'],
  [
    ['f:spec', 'f:ports', http, 'f:name'],
    { spec: { replicas: 3, ports: [ports[0], { containerPort: 80 }] } },
    'a field of an item, whose key is not declared in full',
  ],
  [['f:spec', 'f:ports', http], { spec: { replicas: 3, ports: [ports[0]] } }, 'an item'],
  [['f:spec', 'f:nothing'], undefined, 'what is not there: that is told'],
  [['f:spec', 'f:replicas', 'f:below'], undefined, 'what lies below a number: that is told'],
] as const)
  test(`taken out of what is declared: ${why}`, (t) => {
    t.deepEqual(withoutSteps(declared, [...steps]), left as Json | undefined)
  })

test('an item that could be either of two is not taken for one of them', (t) => {
  const alike: Json = [
    { containerPort: 80, name: 'a' },
    { containerPort: 80, name: 'b' },
  ]
  t.is(withoutSteps(alike, [http, 'f:name']), undefined)
})
