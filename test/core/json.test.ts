import test from 'ava'
import { canonicalJson, parseJson, printJson } from '../../src/core/json.ts'
import type { Json } from '../../src/core/json.ts'

for (const text of [
  '9223372036854775807',
  '-9223372036854775808',
  '9007199254740993',
  '[1,9007199254740993]',
  '{"a":{"b":12345678901234567}}',
])
  test(`${text} comes out as it went in`, (t) => {
    t.is(printJson(parseJson(text)), text)
  })

test('an integer of more than 64 bits is a float, as Go has it', (t) => {
  t.is(parseJson('18446744073709551616'), 18446744073709551616)
  t.is(parseJson('1e400'), Infinity)
})

const long = 9007199254740993n

for (const [text, value] of [
  ['9007199254740993', long],
  [' \t\r\n-9007199254740993', -long],
  ['[9007199254740993]', [long]],
  ['[1,9007199254740993]', [1, long]],
  ['[1,\n  -9007199254740993 ]', [1, -long]],
  ['{"a":9007199254740993}', { a: long }],
  ['{"a": -9007199254740993}', { a: -long }],
  ['{"sha256:1529f33707339707205c58c":9007199254740993}', { 'sha256:1529f33707339707205c58c': long }],
] as const)
  test(`an integer beyond 2^53 is not rounded, wherever it stands: ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(parseJson(text), value as unknown as Json)
  })

test('digits inside a string stay a string', (t) => {
  t.is(parseJson('"9223372036854775807"'), '9223372036854775807')
})

test('a key named __proto__ is a key like any other', (t) => {
  const value = parseJson('{"z":1,"__proto__":{"a":9223372036854775807}}')
  t.is(canonicalJson(value), '{"__proto__":{"a":9223372036854775807},"z":1}')
})
