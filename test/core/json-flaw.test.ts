import test from 'ava'
import { jsonFlaw } from '../../src/core/json-flaw.ts'

const twice: [what: string, text: string, key: string, line: number][] = [
  ['in the same map', '{"a": 1,\n"b": 2,\n"a": 3}', 'a', 3],
  ['in a map in a list', '{"a": [{"b": {"c": 1}, "b": 2}]}', 'b', 1],
  ['once with an escape', '{"a": 1, "\\u0061": 2}', 'a', 1],
  ['with white space before its colon', '{"a" : 1,\r\n\t"a" \n: 2}', 'a', 2],
  ['after a string that ends in a backslash', '{"a": "\\\\", "a": "\\""}', 'a', 1],
  ['that is the prototype', '{"__proto__": 1, "__proto__": 2}', '__proto__', 1],
  ['that is empty', '{"": 1, "": 2}', '', 1],
]
for (const [what, text, key, line] of twice)
  test(`a key that stands twice ${what} is found with its line`, (t) => {
    t.deepEqual(jsonFlaw(text), { flaw: 'duplicate-key', key, line })
  })

const sound = [
  '{"a": {"a": {"a": []}}, "b": [{"a": 1}, {"a": 1}]}',
  '["a", "a", "a:", "{", "}", "\\"a\\":"]',
  '{"a": "b", "b": "a", "constructor": 1}',
  '"a"',
  '1',
]
for (const text of sound) test(`nothing is found in ${text}`, (t) => t.is(jsonFlaw(text), undefined))

test('a thousand levels are fine, and more are told', (t) => {
  const nested = (levels: number) => `${'[\n'.repeat(levels)}${']'.repeat(levels)}`
  t.is(jsonFlaw(nested(1000)), undefined)
  t.deepEqual(jsonFlaw(nested(1001)), { flaw: 'too-deep', line: 1001 })
})

test('a string of ten million escapes is read to its end', (t) => {
  t.deepEqual(jsonFlaw(`{"a": "${'\\n'.repeat(10_000_000)}", "a": 1}`), {
    flaw: 'duplicate-key',
    key: 'a',
    line: 1,
  })
})
