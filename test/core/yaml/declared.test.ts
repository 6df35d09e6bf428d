import test from 'ava'
import { readDeclared } from '../../../src/core/yaml/declared.ts'
import type { Path } from '../../../src/core/pointer.ts'

const text = `# a comment
one: 1
map:
  list: [ab, { deep: "x y" }]
  block: |
    several
    lines
shared: &shared { in: 2 }
alias: *shared
merged:
  <<: *shared
  own: 3
"quoted key": é
`

const places: [Path, 'key' | 'value', string][] = [
  [['one'], 'value', '2:6 1'],
  [['one'], 'key', '2:1 one'],
  [['map'], 'key', '3:1 map'],
  [['map', 'list', 0], 'value', '4:10 ab'],
  [['map', 'list', 1, 'deep'], 'value', '4:22 "x y"'],
  [['map', 'list', 1, 'deep'], 'key', '4:16 deep'],
  [['map', 'block'], 'value', '5:10 |'],
  [['alias', 'in'], 'value', '8:23 2'],
  [['alias'], 'key', '9:1 alias'],
  [['merged', 'in'], 'value', '8:23 2'],
  [['merged', 'own'], 'value', '12:8 3'],
  [['merged'], 'key', '10:1 merged'],
  [['quoted key'], 'value', '13:15 é'],
  [['map', 'missing', 'deeper'], 'value', '3:1 map'],
  [['map', 'list', 7], 'value', '4:3 list'],
]

const at = (source: string, path: Path, part: 'key' | 'value'): string => {
  const { declared } = readDeclared('x.yaml', new TextEncoder().encode(source))
  const { line, column, excerpt } = declared!.at(path, part)
  return `${line}:${column} ${excerpt?.text.slice(excerpt.from - 1, excerpt.to - 1)}`
}

for (const [path, part, expected] of places)
  test(`the ${part} of ${path.join('.')} stands at ${expected}`, (t) => {
    t.is(at(text, path, part), expected)
    t.is(at(`\uFEFF${text.replaceAll('\n', '\r\n')}`, path, part), expected)
  })

test('a part that is nowhere in the file has the file alone as its place', (t) => {
  const { declared } = readDeclared('x.yaml', new TextEncoder().encode('a: 1\n'))
  t.deepEqual(declared?.at(['b']), { in: 'file', file: 'x.yaml' })
})

test('of a long line only the part around the place is shown', (t) => {
  const line = `a: [${'x, '.repeat(300)}here]\n`
  const { declared } = readDeclared('x.yaml', new TextEncoder().encode(line))
  const { column, excerpt } = declared!.at(['a', 300])
  t.is(column, 905)
  t.true(excerpt!.text.length <= 160)
  t.is(excerpt!.text.slice(excerpt!.from - 1, excerpt!.to - 1), 'here')
})

test('what a merge key brings in lies over what stands before it, as in go-yaml', (t) => {
  const { declared } = readDeclared(
    'x.yaml',
    new TextEncoder().encode(
      's: &s { a: 1 }\nbefore: { a: 2, <<: *s }\nafter: { <<: *s, a: 2 }\nlist: { <<: [{ a: 1 }, { a: 2, b: 3 }] }\n',
    ),
  )
  t.deepEqual(declared?.value, {
    s: { a: 1 },
    before: { a: 1 },
    after: { a: 2 },
    list: { a: 1, b: 3 },
  })
})

test('an alias stands for the last anchor of its name before it', (t) => {
  const { declared } = readDeclared(
    'x.yaml',
    new TextEncoder().encode('a: &x { b: &y 1 }\nc: &y 2\nd: *x\ne: *y\nf: &x 3\ng: *x\n'),
  )
  t.deepEqual(declared?.value, { a: { b: 1 }, c: 2, d: { b: 1 }, e: 2, f: 3, g: 3 })
})
