import test from 'ava'
import { findImages } from '../../../src/core/images/find.ts'
import type { Json } from '../../../src/core/json.ts'

const configMap = (text: string): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data: { text },
})
const ending = '\nimage: quay.io/acme/last:1\n'

/** What would take for ever, or the stack, if anything here were quadratic or recursive without an end. */
const texts: [title: string, text: string][] = [
  ['JSON that is nested a million deep', '{"image":'.repeat(1_000_000)],
  ['lists that are nested a million deep', '['.repeat(1_000_000)],
  [
    'aliases that stand for billions of values',
    `a: &a [image, image]\n${Array.from({ length: 30 }, (_, one) => `a${one + 1}: &a${one + 1} [*a${one || ''}, *a${one || ''}]`).join('\n')}`,
  ],
  ['one line of 4 MB', `image: ${'x'.repeat(4_000_000)}`],
  ['4 MB of slashes', '/'.repeat(4_000_000)],
  ['4 MB of hosts without an end', 'a.b/'.repeat(1_000_000)],
  ['4 MB of a known host', 'quay.io/'.repeat(500_000)],
  ['2 MB of dots and colons', `${'a.:'.repeat(600_000)}/x:1`],
  ['a million times image', 'image'.repeat(400_000)],
  ['a million images and blanks', `image${' '.repeat(100_000)}`.repeat(10)],
  ['a component that never ends', `image: quay.io/${'a-'.repeat(500_000)}`],
  ['commas', 'quay.io/a,'.repeat(200_000)],
  ['lines', `${'\n'.repeat(2_000_000)}image:`],
  ['quotes that do not close', `image: "${'\\"'.repeat(500_000)}`],
]

for (const [title, text] of texts)
  test(`a text that is made to cost much is looked through to its end: ${title}`, (t) => {
    const found = findImages(configMap(text + ending))
    t.is(found.at(-1)?.reference, 'quay.io/acme/last:1')
  })

test('an object that is nested too deep is looked at as far as objects go', (t) => {
  const nested = Array.from({ length: 100_000 }).reduce<Json>((inner) => ({ inner }), {
    image: 'quay.io/a/b:1',
  })
  t.deepEqual(
    findImages({ apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name: 'x' }, spec: nested }),
    [],
  )
})

test('a Secret whose data is no base64, no text or no string holds no image, and a key called __proto__ does no harm', (t) => {
  const encoded = Buffer.from('image: quay.io/acme/last:1').toString('base64')
  const data = JSON.parse(
    `{"a":"###","b":"${Buffer.from([0xff, 0xfe, 0x80]).toString('base64')}","c":7,"d":null,"__proto__":"${encoded}","constructor":"x"}`,
  ) as Json
  const found = findImages({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data })
  t.deepEqual(
    found.map(({ parts }) => [parts[0].path, parts[0].base64]),
    [[['data', '__proto__'], true]],
  )
})

test('of a Secret a find says the reference, and nothing that stands beside it', (t) => {
  const text = 'password: hunter2\nimage: quay.io/acme/x:1\ntoken: s3cret\n'
  const found = findImages({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
    data: { all: Buffer.from(text).toString('base64') },
  })
  t.is(found.length, 1)
  t.notRegex(JSON.stringify(found), /hunter2|s3cret|cGFzc3/)
})

test('of a Secret nothing is told on mere suspicion', (t) => {
  const texts = {
    SIDE_IMAGE: 'hunter2',
    IMAGE_NAME: 'alice',
    IMAGE_TOKEN: 'abc/def',
    IMAGE_PASSWORD: 'a:b1',
    X_IMAGE: 'abc/def',
  }
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  for (const rest of [{ data }, { stringData: texts }])
    t.deepEqual(findImages({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, ...rest }), [])
})

const wrongTypes: [title: string, value: Json][] = [
  ['containers that are no list', { spec: { containers: { name: 'a', image: 'B' } } }],
  ['a container that is none', { spec: { containers: [null, 7, 'x', ['y'], { name: 'z' }] } }],
  ['an image that is no text', { spec: { containers: [{ name: 'a', image: { x: 1 } }] } }],
  ['args that are no texts', { spec: { containers: [{ name: 'a', args: [1, null, { a: 1 }] }] } }],
  ['env that is no list', { spec: { containers: [{ name: 'a', env: { name: 'IMAGE', value: 'X' } }] } }],
  ['fields of a reference that are lists', { spec: { image: { repository: ['a'], tag: { b: 1 } } } }],
  ['data that is a list', { data: ['quay.io'] }],
]

for (const [title, value] of wrongTypes)
  test(`wrong types hold no image and do no harm: ${title}`, (t) => {
    const rest = value as { [key: string]: Json }
    for (const [apiVersion, kind] of [
      ['v1', 'ConfigMap'],
      ['v1', 'Secret'],
      ['x.example/v1', 'Thing'],
      ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ])
      t.deepEqual(
        findImages({ apiVersion: String(apiVersion), kind: String(kind), metadata: { name: 'x' }, ...rest }),
        [],
      )
  })

test('what is no object holds no image', (t) => {
  for (const value of [null, 7, 'quay.io/a/b:1', ['quay.io/a/b:1'], {}] as Json[])
    t.deepEqual(findImages(value), [])
})
