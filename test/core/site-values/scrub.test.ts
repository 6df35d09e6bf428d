import test from 'ava'
import { problem } from '../../../src/core/problem.ts'
import { scrubOf } from '../../../src/core/site-values/scrub.ts'

const value = 'p"ass/w?rd 1'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const scrub = scrubOf([
  value,
  '-----BEGIN X-----\nMIIEpAIBAAKCAQEAsecretsecret\n-----END X-----\n',
  'abc',
  'x<y>&zzz',
  'correct-horse-battery',
  'dotted-value.x',
])
const told = (text: string): string => scrub.text(text)

const masked: [claim: string, text: string, left: string][] = [
  ['in clear', `Invalid value: ${value}!`, 'Invalid value: (site value)!'],
  ['as JSON and Go quote it', `Invalid value: ${JSON.stringify(value)}`, 'Invalid value: "(site value)"'],
  ['as a part of a URL', `http://x/?q=${encodeURIComponent(value)}`, 'http://x/?q=(site value)'],
  ['a line of a key', 'bad: MIIEpAIBAAKCAQEAsecretsecret', 'bad: (site value)'],
  ['a short one as a word', 'Invalid value: "abc"', 'Invalid value: "(site value)"'],
  ['as Go writes JSON', String.raw`{"a":"x\u003cy\u003e\u0026zzz"}`, '{"a":"(site value)"}'],
  [
    'as JSON inside of JSON',
    JSON.stringify(JSON.stringify({ a: value })),
    String.raw`"{\"a\":\"(site value)\"}"`,
  ],
  [
    'as JSON of Go inside of JSON',
    String.raw`"\"x\\u003cy\\u003e\\u0026zzz\""`,
    String.raw`"\"(site value)\""`,
  ],
  ['where the text ends within it', 'Invalid value: "correct-horse-b', 'Invalid value: "(site value)'],
  ['cut by …', 'bad: correct-horse… (more)', 'bad: (site value)… (more)'],
  ['cut by dots', 'bad: correct-horse...: correct-hors...', 'bad: (site value)...: (site value)...'],
  ['cut by dots within its own', 'bad: dotted-value...', 'bad: (site value)...'],
  ['not where fewer than 12 characters of it are left', 'correct-hor…', 'correct-hor…'],
  ['not where another word begins like it', 'correct-horses run', 'correct-horses run'],
  ['not a short one inside of a word', 'abcdef', 'abcdef'],
]
for (const [claim, text, left] of masked) test(`a value is masked ${claim}`, (t) => t.is(told(text), left))

test('a value is masked in base64, wherever it begins in a bigger text', (t) => {
  for (const before of ['', 'a', 'ab', 'abcd', 'user:']) {
    const text = told(base64(`${before}${value} and more`))
    t.true(text.includes('(site value)'))
    for (const form of [1, 2, 3].map((at) => base64(value.slice(at))))
      t.false(text.includes(form.slice(0, 8)), before)
  }
})

test('a long value is masked where only a part of it is quoted, and a huge one costs no time to speak of', (t) => {
  const long = Array.from({ length: 40_000 }, (_, at) => `${at * 7919}`).join('')
  const scrub = scrubOf([long])
  t.false(scrub.text(`Invalid value: "${long.slice(0, 300)}…`).includes(long.slice(0, 250)))
  t.false(scrub.text(`data: ${base64(`x${long}`).slice(0, 300)}…`).includes(base64(`x${long}`).slice(8, 200)))
  t.is(scrub.text('nothing'), 'nothing')
})

test('all texts of a problem are masked, and what tells its kind is not', (t) => {
  const object = { group: '', kind: 'Secret', namespace: 'shop', name: value }
  const one = scrubOf([value, 'object', 'error']).problem(
    problem({
      code: 'apply/error',
      what: value,
      where: [{ in: 'object', object }],
      why: value,
      fix: value,
      raw: value,
    }),
  )
  t.false(JSON.stringify(one).includes('ass/w?rd'))
  t.like(one, { code: 'apply/error', severity: 'error', where: [{ in: 'object' }] })
})

test('without values nothing is touched', (t) => {
  const one = problem({ code: 'a/b', what: 'x', fix: 'y' })
  t.is(scrubOf(['']).problem(one), one)
})
