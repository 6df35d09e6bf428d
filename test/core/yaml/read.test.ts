import test from 'ava'
import { longestText, readYaml } from '../../../src/core/yaml/read.ts'
import type { Problem } from '../../../src/core/problem.ts'

const problemsOf = (stream: string): Problem[] => {
  const read = readYaml(stream, 'site/x.yaml')
  return read.ok ? read.warnings : read.problems
}

const placesOf = (stream: string): string[] =>
  problemsOf(stream).map(({ code, where: [place] }) =>
    place?.in === 'file' ? `${code} ${place.file}:${place.line}:${place.column}` : code,
  )

test('each document says the line that its value begins at and the template that it came from', (t) => {
  const stream = [
    '---',
    '# Source: shop/templates/a.yaml',
    '# a comment of the template',
    '',
    'a: 1',
    '---',
    '# Source: shop/crds/b.yaml',
    '---',
    'b: 1',
    '---',
    'c: # Source: not/this.yaml',
    '  1',
  ].join('\n')
  const read = readYaml(stream, 'x')
  t.deepEqual(read.ok && read.value, [
    { value: { a: 1 }, line: 5, source: 'shop/templates/a.yaml' },
    { value: null, line: 7, source: 'shop/crds/b.yaml' },
    { value: { b: 1 }, line: 9, source: 'shop/crds/b.yaml' },
    { value: { c: 1 }, line: 11, source: 'shop/crds/b.yaml' },
  ])
})

test('a document that no helm wrote has no source', (t) => {
  const read = readYaml('# comment\na: 1\n', 'x')
  t.deepEqual(read.ok && read.value, [{ value: { a: 1 }, line: 2 }])
})

test('the line counts through carriage returns and a byte order mark', (t) => {
  const read = readYaml('\uFEFF---\r\n\r\na: 1\r\n---\r\nb: 1\r\n', 'x')
  t.deepEqual(read.ok && read.value.map(({ line }) => line), [3, 5])
})

const faults: [stream: string, places: string[]][] = [
  ['a: 1\n---\nb: c: d\n', ['yaml/syntax site/x.yaml:3:5']],
  ['a: b: c\n---\nd: [e\n---\nf: 1\n', ['yaml/syntax site/x.yaml:1:5', 'yaml/syntax site/x.yaml:4:1']],
  ['a: 1\n--- b\n', ['yaml/syntax site/x.yaml:2:4']],
  ['a:\n  b: *none\n', ['yaml/syntax site/x.yaml:2:7']],
  ['a:\n- .inf\n', ['yaml/syntax site/x.yaml:2:3']],
  ['a: x\n# \x07\n', ['yaml/syntax site/x.yaml:2:3']],
  ['a: [\nb, *c]\n', ['yaml/syntax site/x.yaml:2:5']],
  ['a: {\nb: c\n', ['yaml/syntax site/x.yaml:3:1']],
  ['a: 1\nb: 2\na: 3\n', ['yaml/duplicate-key site/x.yaml:3:1']],
  ['a: {\nb: 1,\nb: 2\n}\n', ['yaml/duplicate-key site/x.yaml:3:1']],
  ['n: 1\nno: 2\n', ['yaml/duplicate-key site/x.yaml:2:1']],
  ['a: 1\n...\nb: 1\n', ['yaml/syntax site/x.yaml:1:1']],
]

for (const [stream, places] of faults)
  test(`${JSON.stringify(stream)} is answered with its line and column`, (t) => {
    t.deepEqual(placesOf(stream), places)
  })

test('a fault shows the line that it is in and names the template', (t) => {
  const [found] = problemsOf('---\n# Source: shop/templates/a.yaml\na: b: c\n')
  t.deepEqual(found?.where, [
    {
      in: 'file',
      file: 'site/x.yaml',
      line: 3,
      column: 5,
      excerpt: { line: 3, text: 'a: b: c', from: 5, to: 6 },
    },
  ])
  t.regex(found!.fix, /shop\/templates\/a\.yaml/)
})

for (const [title, value] of [
  ['in quotes', '"hunter2" hunter2'],
  ['that reads as an alias', '*hunter2'],
  ['that reads as a tag', '!hunter2!x y'],
  ['that reads as a tag with a brace', '!{hunter2} y'],
  ['that reads as the end of the document', '\n---hunter2'],
] as const)
  test(`no line of a Secret is in a problem about it, nor a value ${title}`, (t) => {
    const problems = problemsOf(`kind: Secret\nstringData:\n  password: ${value}\n`)
    t.true(problems.length > 0)
    t.notRegex(JSON.stringify(problems), /hunter2/)
  })

test('a map with 200,000 equal keys is read, and each is warned of at its line', (t) => {
  const read = readYaml('a: 1\n'.repeat(200_000), 'x')
  t.is(read.ok && read.warnings.length, 199_999)
  t.like(read.ok && read.warnings.at(-1)?.where[0], { line: 200_000, column: 1 })
})

test('the last of two equal keys wins, as it does for kubectl, and is warned of', (t) => {
  const read = readYaml('a: 1\na: 2\n', 'x')
  t.deepEqual(read.ok && [read.value[0]?.value, read.warnings.map(({ severity }) => severity)], [
    { a: 2 },
    ['warning'],
  ])
})

test('a key named __proto__ is a field like any other', (t) => {
  const read = readYaml('__proto__: {polluted: yes}\na: {<<: {__proto__: 1}}\n', 'x')
  const value = read.ok ? (read.value[0]!.value as { a: object }) : undefined
  t.deepEqual(Object.keys(value!), ['__proto__', 'a'])
  t.deepEqual(Object.keys(value!.a), ['__proto__'])
  t.is(({} as { polluted?: unknown }).polluted, undefined)
})

test('what an alias stands for is a copy, so that a change in one place is none in the other', (t) => {
  const read = readYaml('a: &x {b: 1}\nc: *x\n', 'x')
  const value = read.ok ? (read.value[0]!.value as { a: object; c: object }) : undefined
  t.not(value!.a, value!.c)
})

test('aliases that multiply are refused', (t) => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]`,
  )
  const [found] = problemsOf(`a0: &a0 [${'x,'.repeat(10)}]\n${levels.join('\n')}\n`)
  t.regex(found!.what, /too many aliases/)
})

test('what nests too deep is refused, also where aliases make it so, and in JSON', (t) => {
  const nested = (inside: string, depth: number): string => '['.repeat(depth) + inside + ']'.repeat(depth)
  const anchors = Array.from(
    { length: 40 },
    (_, index) => `a${index + 1}: &a${index + 1} ${nested(`*a${index}`, 900)}`,
  )
  for (const stream of [
    `a: ${nested('', 1001)}\n`,
    `a0: &a0 ${nested('', 900)}\n${anchors.join('\n')}\n`,
    `{"a": ${nested('', 200_000)}}`,
  ])
    t.deepEqual(
      placesOf(stream).map((place) => place.split(' ')[0]),
      ['yaml/syntax'],
    )
})

test('JSON is read as Go reads it', (t) => {
  const read = readYaml('{"a":[9223372036854775807,18446744073709551615,1.0,-0,1e3],"b":"\\ud800"}', 'x')
  t.deepEqual(read.ok && read.value, [
    { value: { a: [2n ** 63n - 1n, 2 ** 64, 1, 0, 1000], b: '\uFFFD' }, line: 1 },
  ])
})

test('text beyond the limit is refused before it is read', (t) => {
  t.deepEqual(
    problemsOf('x'.repeat(longestText + 1)).map(({ code }) => code),
    ['yaml/too-large'],
  )
})

test('brackets closed too far to the left are refused in the end, where thousands of documents are full of them', (t) => {
  const document = `---\na: [\n${'x,\n'.repeat(400)}]\n`
  t.deepEqual(placesOf(document), [])
  t.true(placesOf(document.repeat(20)).length > 0)
})

test('a quote that is never closed is refused, however long the rest is', (t) => {
  t.is(problemsOf(`a: "open\n${'b: c\n'.repeat(50_000)}`).length, 1)
})

test('an empty stream holds no document', (t) => {
  t.deepEqual(readYaml('', 'x'), { ok: true, value: [], warnings: [] })
})
