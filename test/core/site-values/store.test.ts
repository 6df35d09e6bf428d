import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import { secretOfStore, storeId, storeOf } from '../../../src/core/site-values/store.ts'
import type { Store, StoredValue } from '../../../src/core/site-values/store.ts'
import type { KubeObject } from '../../../src/core/object.ts'

const set = 'shop-prod'
const value = (text: string): StoredValue => ({ parts: { value: text }, recipe: 'r', of: '', generation: 1 })
const store = (
  values: { [id: string]: StoredValue } = { 'web/admin': value('s3cret'), 'web/b': value('ä\n') },
): Store => ({
  key: new Uint8Array(32).fill(7),
  values: new Map(Object.entries(values)),
})
const written = (content = store()): KubeObject => {
  const secret = secretOfStore(content, set, '1')
  if (!secret.ok) throw new Error(secret.problems[0].what)
  return secret.value
}
const withData = (change: (data: { [key: string]: string }) => void): KubeObject => {
  const secret = written()
  const data = { ...(secret['data'] as { [key: string]: string }) }
  change(data)
  return { ...secret, data }
}
const describedAs = (change: (metadata: JsonObject & { values: JsonObject }) => void): KubeObject =>
  withData((data) => {
    const metadata = JSON.parse(Buffer.from(data['metadata'] ?? '', 'base64').toString())
    change(metadata)
    data['metadata'] = Buffer.from(JSON.stringify(metadata)).toString('base64')
  })
const codeOf = (secret: KubeObject): string => {
  const read = storeOf(secret, set)
  return read.ok
    ? read.value.edited.length > 0
      ? `edited ${read.value.edited.join()}`
      : 'read'
    : read.problems[0].code
}

test('what is written is what is read, and its metadata tells no value', (t) => {
  const secret = written()
  const read = storeOf(secret, set)
  t.deepEqual(read.ok && read.value, {
    content: { ...store(), key: Buffer.alloc(32, 7) },
    edited: [],
    resourceVersion: '1',
  })
  t.deepEqual(Object.keys(secret['data'] as object).sort(), [
    'key',
    'metadata',
    'web_admin.value',
    'web_b.value',
  ])
  t.false(JSON.stringify(secret.metadata).includes('s3cret'))
  t.false(
    Buffer.from((secret['data'] as { [key: string]: string })['metadata'] ?? '', 'base64').includes('s3cret'),
  )
})

const hostile: [claim: string, secret: KubeObject, code: string][] = [
  ['a Secret of another type', { ...written(), type: 'Opaque' }, 'apply/foreign-site-values'],
  [
    'a Secret without our label',
    { ...written(), metadata: { name: 'x', labels: {} } },
    'apply/foreign-site-values',
  ],
  ['a Secret without data', { ...written(), data: null }, 'apply/broken-site-values'],
  ['metadata that are gone', withData((data) => delete data['metadata']), 'apply/broken-site-values'],
  ['a key that is gone', withData((data) => delete data['key']), 'apply/broken-site-values'],
  ['a key of another length', withData((data) => (data['key'] = 'AAAA')), 'apply/broken-site-values'],
  ['a later format', describedAs((one) => (one['format'] = 2)), 'apply/broken-site-values'],
  ['the values of another set', describedAs((one) => (one['set'] = 'other')), 'apply/broken-site-values'],
  ['values that are no map', describedAs((one) => (one['values'] = [] as never)), 'apply/broken-site-values'],
  [
    'a stranger beside the values',
    withData((data) => (data['x_y.value'] = 'AAAA')),
    'apply/broken-site-values',
  ],
  ['a value that is gone', withData((data) => delete data['web_admin.value']), 'edited web/admin'],
  ['a value that was changed', withData((data) => (data['web_admin.value'] = 'AAAA')), 'edited web/admin'],
  ['a value that is not base64', withData((data) => (data['web_b.value'] = '%%')), 'edited web/b'],
  [
    'another key',
    withData((data) => (data['key'] = Buffer.alloc(32, 8).toString('base64'))),
    'edited web/admin,web/b',
  ],
  [
    'a value that the metadata no longer name',
    describedAs((one) => delete one.values['web/b']),
    'apply/broken-site-values',
  ],
  [
    'a value described as another',
    describedAs((one) => ((one.values['web/b'] as JsonObject)['generation'] = 9)),
    'edited web/b',
  ],
  ['a description that is no map', describedAs((one) => (one.values['web/b'] = 1)), 'edited web/b'],
]
for (const [claim, secret, code] of hostile) test(`${claim}: ${code}`, (t) => t.is(codeOf(secret), code))

test('a store that one Secret cannot hold is refused before it is sent', (t) => {
  const large = secretOfStore(store({ 'web/admin': value('x'.repeat(901 * 1024)) }), set, undefined)
  t.like(large, { ok: false, problems: [{ code: 'apply/site-values-too-large' }] })
})

test('an id that could be the key of no Secret is refused', (t) => {
  for (const id of ['web', 'web/a/b', 'web/a_b', '../x', 'web/ä', '__proto__'])
    t.like(secretOfStore(store({ 'x/y': value('x'), ...Object.fromEntries([[id, value('x')]]) }), set, '1'), {
      ok: false,
      problems: [{ code: 'apply/bad-site-value' }],
    })
})

test('the store of a set has a name of its own, whatever the set is called', (t) => {
  const names = ['a', 'a.site-values', 'site-values.a', 'x'.repeat(300), `${'x'.repeat(299)}y`].map(
    (one) => storeId(one).name,
  )
  t.is(new Set(names).size, names.length)
  t.true(names.every((name) => name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)))
  t.false(names.some((name) => name.startsWith('scout-')))
})
