import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { placeholderOf } from '../../../src/core/site-values/placeholder.ts'
import { substitute } from '../../../src/core/site-values/substitute.ts'
import type { Filling } from '../../../src/core/site-values/written.ts'

const hole = placeholderOf('shop/password', 'value')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const object = (fields: JsonObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'auth', namespace: 'shop' },
  ...fields,
})

const fill = (text: string, filling: Partial<Filling> & { text: string }) =>
  substitute(
    object({ stringData: { a: text } }),
    new Map([[hole, { id: 'shop/password', made: false, ...filling }]]),
  )

const pem = '-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----'

const allowed: [claim: string, text: string, filling: Partial<Filling> & { text: string }, result: string][] =
  [
    ['any value, where it is the whole text', hole, { text: 'a "b": c\n' }, 'a "b": c\n'],
    ['any value, where it is all that base64 holds', base64(hole), { text: '"q"' }, base64('"q"')],
    ['any value, on a line of its own', `a: |\n  ${hole}\nb: c`, { text: '"q": 1' }, 'a: |\n  "q": 1\nb: c'],
    ['a harmless value inside a text', `redis://:${hole}@db`, { text: 'a.B_9~-' }, 'redis://:a.B_9~-@db'],
    [
      'the lines of a value, each indented as the first',
      `x:\n  ${hole}\ny`,
      { text: 'a\nb' },
      'x:\n  a\n  b\ny',
    ],
    ['one line end where the text brings its own', `${hole}\n`, { text: 'a\nb\n' }, 'a\nb\n'],
    ['a made value without the line end at its end', hole, { text: `${pem}\n`, made: true }, pem],
    [
      'a made value of other signs inside a text',
      `u:${hole}:0`,
      { text: '$2y$/.', made: true },
      'u:$2y$/.:0',
    ],
    [
      'the lines of a made value inside of quotes, escaped',
      `{"ca":"${hole}\\n"}`,
      { text: `${pem}\n`, made: true },
      JSON.stringify({ ca: `${pem}\n` }),
    ],
    [
      'base64 inside of text beside the value itself',
      `{"password":"${hole}","auth":"${base64(`admin:${hole}`)}"}`,
      { text: 'correct-horse' },
      `{"password":"correct-horse","auth":"${base64('admin:correct-horse')}"}`,
    ],
    ['base64 in base64 in base64', base64(base64(base64(hole))), { text: 'x' }, base64(base64(base64('x')))],
    ['base64 with a line end behind it', `${base64(hole)}\n`, { text: 'x' }, `${base64('x')}\n`],
    ['a value that reads like a pattern of replacement', hole, { text: "$& $1 $' $$" }, "$& $1 $' $$"],
    ['all of several on one line', `${hole}:${hole}`, { text: 'x' }, 'x:x'],
  ]
for (const [claim, text, filling, result] of allowed)
  test(`substituting puts in ${claim}`, (t) => {
    const outcome = fill(text, filling)
    t.true(outcome.ok)
    t.deepEqual(outcome.ok && outcome.value['stringData'], { a: result })
  })

const refused: [claim: string, text: string][] = [
  ['a URL', `redis://:${hole}@db`],
  ['quotes', `{"password":"${hole}"}`],
  ['base64 of more than the value', base64(`admin:${hole}`)],
  ['a line with a comment', `${hole} # the password`],
]
for (const [claim, text] of refused)
  test(`a value that people chose is refused inside of ${claim}, and is not told`, (t) => {
    const outcome = fill(text, { text: 'se"cr:et' })
    t.false(outcome.ok)
    if (outcome.ok) return
    const [problem] = outcome.problems
    t.is(problem.code, 'apply/unsafe-site-value')
    t.deepEqual(problem.where, [
      {
        in: 'object',
        object: { group: '', kind: 'Secret', namespace: 'shop', name: 'auth' },
        pointer: '/stringData/a',
      },
    ])
    t.regex(problem.what, /shop\/password/)
    t.notRegex(JSON.stringify(outcome.problems), /se\\*"cr/)
  })

const controls = ['a\u0000b', 'a\u001b[2J', 'a\rb: c', 'a\u0085b: c', 'a\u2028b: c', 'a\u007f']
test('control characters in a value that people chose are refused on a line of its own, and not where it is the whole text', (t) => {
  for (const text of controls) {
    const outcome = fill(`a: |\n  ${hole}\nb: c`, { text })
    t.is(outcome.ok ? undefined : outcome.problems[0].code, 'apply/unsafe-site-value', JSON.stringify(text))
    t.true(fill(hole, { text }).ok)
  }
  t.true(fill(`a: |\n  ${hole}\nb: c`, { text: 'a\tb\r\nc\n' }).ok)
})

test('a value never becomes another one: a placeholder in it is left as it is, also in base64 and with what stands beside it', (t) => {
  const secret = placeholderOf('shop/secret', 'value')
  const [first, second] = [base64(secret).slice(0, 22), base64(secret).slice(22)]
  const other = placeholderOf('shop/beside', 'value')
  const cases: [text: string, value: string, result: string][] = [
    [hole, secret, secret],
    [hole, base64(secret), base64(secret)],
    [base64(hole), base64(base64(secret)), base64(base64(base64(secret)))],
    [`${hole}${other}`, first, `${first}${second.replace(/=+$/, '')}`],
  ]
  for (const [text, value, result] of cases) {
    const values = new Map([
      [hole, { id: 'shop/password', made: false, text: value }],
      [other, { id: 'shop/beside', made: false, text: second.replace(/=+$/, '') }],
      [secret, { id: 'shop/secret', made: true, text: 'top-secret' }],
    ])
    const outcome = substitute(object({ stringData: { a: text } }), values)
    t.deepEqual(outcome.ok && outcome.value['stringData'], { a: result })
  }
})

test('an object without placeholders comes back as it is, the same one', (t) => {
  const plain = object({ data: { a: base64('just text of some length') } })
  const outcome = substitute(plain, new Map())
  t.is(outcome.ok && outcome.value, plain)
})

test('a placeholder that nothing is known for, and one in the name of a field, are refused together', (t) => {
  const other = placeholderOf('shop/other', 'value')
  const outcome = substitute(object({ stringData: { a: `x${other}` }, data: { [hole]: '' } }), new Map())
  t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code }) => code), [
    'apply/site-value-in-key',
    'apply/unknown-site-value',
  ])
})

test('an object of a hostile shape loses nothing', (t) => {
  const hostile = JSON.parse(`{"__proto__":{"a":"${hole}"},"n":null,"l":[[],{}],"b":true}`) as JsonObject
  const outcome = substitute(object({ spec: hostile }), new Map([[hole, { id: 'x', text: 'v', made: true }]]))
  t.is(outcome.ok && JSON.stringify(outcome.value['spec']), JSON.stringify(hostile).replace(hole, 'v'))
})
