import test from 'ava'
import type { Json } from '../../../src/core/json.ts'
import { readYaml } from '../../../src/core/yaml/read.ts'
import { writeYaml } from '../../../src/core/yaml/write.ts'
import { strings, values } from './values.ts'

const forms: [value: Json, text: string][] = [
  [
    { spec: { b: 1, a: [] }, metadata: { name: 'x' }, kind: 'Thing', apiVersion: 'v1', data: {} },
    'apiVersion: v1\nkind: Thing\nmetadata:\n  name: x\ndata: {}\nspec:\n  a: []\n  b: 1\n',
  ],
  [{ metadata: 1, b: 1, a: { metadata: 1, b: 1 } }, 'a:\n  b: 1\n  metadata: 1\nb: 1\nmetadata: 1\n'],
  [
    { a: [{ b: 1, c: [1, [2, 3]] }, [], {}, null] },
    'a:\n- b: 1\n  c:\n  - 1\n  - - 2\n    - 3\n- []\n- {}\n- null\n',
  ],
  [{ a: 'one\ntwo\n', b: ['one\ntwo'] }, 'a: |\n  one\n  two\nb:\n- |-\n  one\n  two\n'],
  [{ a: '  one\ntwo\n\n' }, 'a: |2+\n    one\n  two\n\n'],
  [{ a: '\n' }, 'a: "\\n"\n'],
  [{ a: 'one\r\ntwo\n' }, 'a: "one\\r\\ntwo\\n"\n'],
  [{ a: 'x'.repeat(300) }, `a: ${'x'.repeat(300)}\n`],
  [{ n: 'y', '0644': '0644', a: '~' }, '"0644": "0644"\na: "~"\n"n": "y"\n'],
  [
    { a: '2001-01-01', b: '12:30', c: '1_000', d: '<<', e: '=', f: '1e3' },
    ['a: "2001-01-01"', 'b: "12:30"', 'c: "1_000"', 'd: "<<"', 'e: "="', 'f: "1e3"', ''].join('\n'),
  ],
  [{ a: 'say "x"', b: 'c:\\d', c: `it's "x"`, d: '"x"' }, `a: say "x"\nb: c:\\d\nc: it's "x"\nd: '"x"'\n`],
  [{ a: '--flag=x', b: '-1', c: '- x', d: '$(x)' }, 'a: --flag=x\nb: "-1"\nc: "- x"\nd: $(x)\n'],
  [
    { a: 'x\u202Ey', b: 'x\u2028y', c: '\uFEFF', d: 'é\u{1F600}' },
    'a: "x\\u202Ey"\nb: "x\\u2028y"\nc: "\\uFEFF"\nd: é\u{1F600}\n',
  ],
  [{ a: 2n ** 63n - 1n, b: 1.5, d: 1e21, e: 1e-7 }, 'a: 9223372036854775807\nb: 1.5\nd: 1e+21\ne: 1e-7\n'],
  [null, 'null\n'],
  [[], '[]\n'],
  [[1, { a: 2 }], '- 1\n- a: 2\n'],
  ['one\ntwo\n', '"one\\ntwo\\n"\n'],
]

for (const [value, text] of forms)
  test(`writes ${JSON.stringify(text).slice(0, 80)}`, (t) => {
    t.is(writeYaml(value), text)
    if (value !== null) t.deepEqual(readBack(text), value)
  })

const readBack = (text: string): Json => {
  const read = readYaml(text, 'written')
  if (!read.ok) throw new Error(read.problems[0].what)
  return read.value.length === 1 && read.warnings.length === 0 ? read.value[0]!.value : '(not one document)'
}

test('whatever is written reads back equal, and is written the same again', (t) => {
  const wanted = [...strings, ...strings.map((text) => ({ [text]: [text] })), ...values(3000, 2)]
  for (const value of wanted) {
    const text = writeYaml(value)
    const back = readBack(text)
    t.deepEqual(back, value, text.slice(0, 400))
    t.is(writeYaml(back), text)
  }
})

test('no line that is written can be taken for the end of a document', (t) => {
  for (const value of values(1000, 3)) t.notRegex(writeYaml(value), /^(?:---|\.\.\.)/m)
})

test('the order in which fields were set makes no difference', (t) => {
  t.is(writeYaml({ b: { d: 1, c: 2 }, a: 3 }), writeYaml({ a: 3, b: { c: 2, d: 1 } }))
})

test('half a surrogate pair is written as the character that stands for what is none', (t) => {
  t.is(writeYaml({ a: '\uD800' }), 'a: \uFFFD\n')
})

test('minus zero is written as zero, for JSON in Go knows no other', (t) => {
  t.is(writeYaml({ a: -0 }), 'a: 0\n')
})

test('infinity is no JSON, and is not written as something else', (t) => {
  t.throws(() => writeYaml({ a: Infinity }), { instanceOf: TypeError })
})
