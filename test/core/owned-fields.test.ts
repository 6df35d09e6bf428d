import test from 'ava'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { ownedDigest } from '../../src/core/owned-fields.ts'

const apply = (manager: string, fieldsV1: JsonObject): JsonObject => ({
  manager,
  operation: 'Apply',
  fieldsV1,
})
const update = (manager: string, fieldsV1: JsonObject): JsonObject => ({
  manager,
  operation: 'Update',
  fieldsV1,
})
const object = (managedFields: Json[], rest: JsonObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x', managedFields },
  ...rest,
})

const same: [claim: string, fields: JsonObject, before: JsonObject, after: JsonObject][] = [
  ['a field that is not ours', { 'f:spec': { 'f:a': {} } }, { spec: { a: 1 } }, { spec: { a: 1, b: 2 } }],
  ['status', { 'f:spec': { 'f:a': {} } }, { spec: { a: 1 } }, { spec: { a: 1 }, status: { ready: true } }],
  [
    'another item of a keyed list',
    { 'f:spec': { 'f:ports': { 'k:{"port":80}': { 'f:name': {} } } } },
    { spec: { ports: [{ port: 80, name: 'a' }] } },
    {
      spec: {
        ports: [
          { port: 81, name: 'b' },
          { port: 80, name: 'a' },
        ],
      },
    },
  ],
  [
    'another value of a set',
    { 'f:spec': { 'f:set': { 'v:"a"': {} } } },
    { spec: { set: ['a'] } },
    { spec: { set: ['b', 'a'] } },
  ],
  ['the order of keys in a map', { 'f:spec': {} }, { spec: { a: 1, b: 2 } }, { spec: { b: 2, a: 1 } }],
]
for (const [claim, fields, before, after] of same)
  test(`${claim} does not change the digest of what we own`, (t) => {
    const managed = [apply('us', fields)]
    t.is(ownedDigest(object(managed, before), 'us'), ownedDigest(object(managed, after), 'us'))
  })

const other: [claim: string, fields: JsonObject, before: JsonObject, after: JsonObject][] = [
  ['a value', { 'f:spec': { 'f:a': {} } }, { spec: { a: 1 } }, { spec: { a: 2 } }],
  ['a type', { 'f:spec': { 'f:a': {} } }, { spec: { a: 1 } }, { spec: { a: '1' } }],
  ['a field that is gone', { 'f:spec': { 'f:a': {} } }, { spec: { a: 1 } }, { spec: {} }],
  [
    'a field in a keyed item',
    { 'f:l': { 'k:{"port":80}': { 'f:name': {} } } },
    { l: [{ port: 80, name: 'a' }] },
    { l: [{ port: 80, name: 'b' }] },
  ],
  [
    'a keyed item that is gone',
    { 'f:l': { 'k:{"port":80}': { '.': {}, 'f:port': {} } } },
    { l: [{ port: 80 }] },
    { l: [] },
  ],
  ['the order of an atomic list', { 'f:l': {} }, { l: [1, 2] }, { l: [2, 1] }],
  [
    'the last digit of a big integer',
    { 'f:a': {} },
    { a: 9223372036854775807n },
    { a: 9223372036854775806n },
  ],
  [
    'a field named __proto__',
    { 'f:data': { 'f:__proto__': {} } },
    { data: JSON.parse('{"__proto__":"a"}') as JsonObject },
    { data: JSON.parse('{"__proto__":"b"}') as JsonObject },
  ],
]
for (const [claim, fields, before, after] of other)
  test(`${claim} of ours changes the digest`, (t) => {
    const managed = [apply('us', fields)]
    t.not(ownedDigest(object(managed, before), 'us'), ownedDigest(object(managed, after), 'us'))
  })

test('a map that we left empty and a controller fills is theirs to change', (t) => {
  const managed = [apply('us', { 'f:data': {} }), update('controller', { 'f:data': { 'f:key': {} } })]
  const before = ownedDigest(object(managed, { data: { key: 'a' } }), 'us')
  t.is(before, ownedDigest(object(managed, { data: { key: 'b' } }), 'us'))
  t.not(before, '')
})

test('a map that we left blank may leave our fields when a controller fills it', (t) => {
  const ours = { 'f:spec': { 'f:a': {} } }
  const before = object([apply('us', { ...ours, 'f:metadata': { 'f:annotations': {} } })], { spec: { a: 1 } })
  const theirs = update('controller', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:revision': {} } } })
  const after = object([apply('us', ours), theirs], { spec: { a: 1 } })
  after.metadata.annotations = { revision: '1' }
  t.is(ownedDigest(before, 'us'), ownedDigest(after, 'us'))
})

test('a value of ours that somebody has removed leaves our fields, and changes the digest', (t) => {
  const before = object([apply('us', { 'f:spec': { 'f:a': {}, 'f:b': {} } })], { spec: { a: 1, b: 2 } })
  const after = object([apply('us', { 'f:spec': { 'f:a': {} } })], { spec: { a: 1 } })
  t.not(ownedDigest(before, 'us'), ownedDigest(after, 'us'))
})

test('where we have applied nothing there is no digest', (t) => {
  t.is(ownedDigest(object([update('us', { 'f:a': {} }), apply('them', { 'f:a': {} })], { a: 1 }), 'us'), '')
  t.is(ownedDigest(object([], { a: 1 }), 'us'), '')
})
