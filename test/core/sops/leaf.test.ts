import test from 'ava'
import type { Json } from '../../../src/core/json.ts'
import { decryptedLeaf, floatText, leafOf, plainLeaf, valueOf } from '../../../src/core/sops/leaf.ts'
import type { Leaf, LeafType } from '../../../src/core/sops/leaf.ts'

const shown = (leaf: Leaf | undefined): string | undefined =>
  leaf && `${leaf.type} ${Buffer.from(leaf.bytes).toString()}`

test('a float is written as Go does: the fewest digits, no exponent', (t) => {
  const written: [value: number, text: string][] = [
    [0.1, '0.1'],
    [-1.5, '-1.5'],
    [1e21, '1000000000000000000000'],
    [1.25e22, '12500000000000000000000'],
    [-1.25e-9, '-0.00000000125'],
    [1e-7, '0.0000001'],
    [123456.789, '123456.789'],
    [-0, '-0'],
    [Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
    [5e-324, `0.${'0'.repeat(323)}5`],
  ]
  for (const [value, text] of written) {
    t.is(floatText(value), text)
    t.is(Number(text), value)
  }
})

test('a plain scalar is what go-yaml v3 takes it for', (t) => {
  const leaves: [text: string, leaf: string | undefined][] = [
    ['yes', 'str yes'],
    ['Off', 'str Off'],
    ['y', 'str y'],
    ['True', 'bool True'],
    ['false', 'bool False'],
    ['', 'null '],
    ['~', 'null '],
    ['42', 'int 42'],
    ['0777', 'int 511'],
    ['0o17', 'int 15'],
    ['0x1F', 'int 31'],
    ['1_000', 'int 1000'],
    ['-9223372036854775808', 'int -9223372036854775808'],
    ['1.50', 'float 1.5'],
    // A float to Go; but of the same text, which is all that counts.
    ['1e3', 'int 1000'],
    ['.nan', undefined],
    ['-.inf', undefined],
    ['2020-1-2', 'time 2020-01-02T00:00:00Z'],
    ['2020-01-02T03:04:05.120Z', 'time 2020-01-02T03:04:05.12Z'],
    ['2020-01-02t3:4:5+02:00', 'time 2020-01-02T03:04:05+02:00'],
    ['2020-01-02 03:04:05', 'time 2020-01-02T03:04:05Z'],
    ['2020-01-02 03:04:05Z', 'str 2020-01-02 03:04:05Z'],
    ['2020-01-02T03:04:05', 'str 2020-01-02T03:04:05'],
    ['2020-02-31', 'str 2020-02-31'],
    ['20-01-01', 'str 20-01-01'],
  ]
  for (const [text, leaf] of leaves) t.is(shown(plainLeaf(text)), leaf, text)
})

test('every value of JSON that sops can hold has one leaf, and comes back from it', (t) => {
  const values: [value: Json, leaf: string][] = [
    [null, 'null '],
    [true, 'bool True'],
    ['', 'str '],
    ['é😀', 'str é😀'],
    [-7, 'int -7'],
    [9007199254740993n, 'int 9007199254740993'],
    [0.1, 'float 0.1'],
    [1e21, 'float 1000000000000000000000'],
  ]
  for (const [value, leaf] of values) {
    t.is(shown(leafOf(value)), leaf)
    t.is(valueOf(leafOf(value)!), value)
  }
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, Infinity, NaN, '\uD800', [], {}])
    t.is(leafOf(value), undefined)
})

test('decrypted text of a type is brought to the one form that is counted, or refused', (t) => {
  const read: [type: Exclude<LeafType, 'null'>, text: string, leaf: string | undefined][] = [
    ['int', '+007', 'int 7'],
    ['int', '1.0', undefined],
    ['int', '9223372036854775808', undefined],
    ['int', '', undefined],
    ['float', '1.50', 'float 1.5'],
    ['float', '1e2', 'float 100'],
    ['float', '0x1p4', undefined],
    ['float', 'NaN', undefined],
    ['float', '1e999', undefined],
    ['bool', 't', 'bool True'],
    ['bool', 'FALSE', 'bool False'],
    ['bool', 'yes', undefined],
    ['time', '2020-01-02T03:04:05.000Z', 'time 2020-01-02T03:04:05Z'],
    ['time', '2020-01-02', undefined],
    ['bytes', 'x', 'bytes x'],
    ['comment', ' c', 'comment  c'],
  ]
  for (const [type, text, leaf] of read)
    t.is(shown(decryptedLeaf(type, Buffer.from(text))), leaf, `${type} ${text}`)
})

test('bytes that are no text are no value', (t) => {
  t.is(valueOf({ type: 'str', bytes: Buffer.from([0xff]) }), undefined)
  t.is(valueOf({ type: 'bytes', bytes: Buffer.from('é') }), 'é')
})
