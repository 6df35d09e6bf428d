import test from 'ava'
import { parseJson } from '../../src/core/json.ts'
import { problem } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import { printProblem, printProblems, problemsJson } from '../../src/report/problems.ts'
import { golden } from '../golden/golden.ts'
import { hostileTexts } from './comparisons.ts'

const plain = { colour: false, verbose: false }
const web = { group: 'apps', kind: 'Deployment', namespace: 'web', name: 'api' }

const unknownField = problem({
  code: 'validate/unknown-field',
  what: 'Deployment web/api has no field spec.replica',
  where: [
    {
      in: 'file',
      file: 'releases/api/values.yaml',
      line: 12,
      column: 3,
      excerpt: { line: 12, text: '  replica: 3', from: 3, to: 10 },
    },
    { in: 'object', object: web, template: 'templates/deployment.yaml', line: 12 },
  ],
  why: 'The API server would refuse it.',
  fix: 'did you mean `replicas`?',
})

const everyWhere: Problem[] = [
  unknownField,
  problem({
    code: 'validate/unknown-field',
    what: 'A field is unknown.',
    where: [
      {
        in: 'object',
        object: web,
        release: 'api',
        pointer: '/spec/replica',
        template: 'templates/a.yaml',
        line: 3,
      },
    ],
    fix: 'Remove it.',
  }),
  problem({
    code: 'declare/cycle',
    what: 'a and b depend on each other.',
    where: [
      { in: 'release', release: 'a', file: 'releases/a/release.yaml' },
      { in: 'release', release: 'b' },
    ],
    fix: 'Remove one dependsOn.',
  }),
  problem({
    code: 'verify/altered',
    what: 'A member is not what was signed.',
    where: [{ in: 'bundle', bundle: 'shop-1.tgz', member: 'objects/web/main/shop/Service_web.yaml' }],
    fix: 'Ship it again.',
  }),
  problem({
    code: 'verify/truncated',
    what: 'The bundle is cut short.',
    where: [{ in: 'bundle', bundle: 'shop-1.tgz' }],
    fix: 'Ship it again.',
  }),
  problem({
    code: 'apply/unreachable',
    fault: 'world',
    what: 'The API server does not answer.',
    where: [{ in: 'cluster', server: 'https://127.0.0.1:6443' }],
    fix: 'Look whether it runs.',
  }),
  problem({
    code: 'render/helm',
    severity: 'warning',
    fault: 'world',
    what: 'helm warned.',
    where: [{ in: 'command', command: 'helm template api' }],
    fix: 'Read its words.\nOr ask.',
    raw: 'line 1\n\tline 2\n',
  }),
  problem({ code: 'diff/nowhere', what: 'A problem that lies nowhere.', fix: '' }),
]

test('a problem says what, where, why and what to do now', (t) => {
  t.is(
    printProblem(unknownField, plain),
    [
      'error validate/unknown-field: Deployment web/api has no field spec.replica',
      '  releases/api/values.yaml:12:3 ← templates/deployment.yaml, line 12 as rendered',
      '    12 |   replica: 3',
      '       |   ^^^^^^^',
      '  The API server would refuse it.',
      '  Fix: did you mean `replicas`?',
      '',
    ].join('\n'),
  )
})

test('every kind of place has its words, and a count of errors and warnings is the last line', (t) => {
  golden(t, 'report/problems.txt', printProblems(everyWhere, plain))
  golden(t, 'report/problems-verbose.txt', printProblems(everyWhere, { colour: false, verbose: true }))
})

test('no problems are no words', (t) => {
  t.is(printProblems([], plain), '')
})

test('colours change no word', (t) => {
  t.is(
    printProblems(everyWhere, { ...plain, colour: true }).replace(/\u001B\[\d+m/g, ''),
    printProblems(everyWhere, plain),
  )
})

test('of one code 20 are told in full and the rest is counted, unless all are asked for', (t) => {
  const many = [...Array.from({ length: 10_000 }, () => unknownField), ...everyWhere.slice(2)]
  const text = printProblems(many, plain)
  t.is(text.match(/validate\/unknown-field:/g)?.length, 20)
  t.regex(text, /… and 9,980 more of validate\/unknown-field/)
  t.regex(text, /\n10,005 errors, 1 warning/)
  t.is(printProblems(many, { ...plain, verbose: true }).match(/validate\/unknown-field:/g)?.length, 10_000)
})

test('nothing in a problem can act on the terminal or make a problem of its own', (t) => {
  const problems = hostileTexts.map((text) =>
    problem({
      code: 'declare/bad',
      what: text,
      where: [
        { in: 'file', file: text, line: 1, excerpt: { line: 1, text, from: 2, to: 5 } },
        { in: 'object', object: { group: text, kind: text, namespace: text, name: text }, pointer: text },
      ],
      why: text,
      fix: text,
      raw: text,
    }),
  )
  const text = printProblems(
    [...problems, problem({ code: 'a/b', what: 'x\nerror fake/one: y', fix: 'z\nerror fake/two: y' })],
    { colour: false, verbose: true },
  )
  t.notRegex(text, /[^\P{Cc}\n]|[\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|\p{Cs}/u)
  t.notRegex(text, /^error fake/m)
})

const excerpts = [
  { title: 'tabs', text: '\t\treplica: 3', from: 3, to: 10, marks: '  ^^^^^^^' },
  { title: 'wide characters', text: '名前: x', from: 5, to: 6, marks: '      ^' },
  { title: 'a place beyond the end of the line', text: 'a', from: 5, to: 9, marks: ' ^' },
  { title: 'an empty place', text: 'abc', from: 2, to: 2, marks: ' ^' },
]
for (const { title, text, from, to, marks } of excerpts)
  test(`the marks stand under what they mark: ${title}`, (t) => {
    const told = problem({
      code: 'a/b',
      what: 'x',
      where: [{ in: 'file', file: 'f', excerpt: { line: 7, text, from, to } }],
      fix: 'y',
    })
    t.is(printProblem(told, plain).split('\n')[3], `      | ${marks}`)
  })

test('of a line of 100,000 characters the part around the place is shown', (t) => {
  const text = `${'a'.repeat(50_000)}HERE${'b'.repeat(50_000)}`
  const told = problem({
    code: 'a/b',
    what: 'x',
    where: [{ in: 'file', file: 'f', excerpt: { line: 1, text, from: 50_001, to: 50_005 } }],
    fix: 'y',
  })
  const [, , line = '', marks = ''] = printProblem(told, plain).split('\n')
  t.true(line.length < 120)
  t.is(marks.indexOf('^^^^'), line.indexOf('HERE'))
})

test('problems as JSON keep every field', (t) => {
  t.deepEqual(parseJson(problemsJson(everyWhere)), { problems: everyWhere } as never)
})
