import test from 'ava'
import type { Plan } from '../../src/core/plan.ts'
import { problem } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { ReleaseReport, RunReport } from '../../src/core/run-report.ts'
import { paintIn } from '../../src/report/paint.ts'
import { describeDone, describeNext, describeUndone, nextAfter } from '../../src/report/run.ts'

const plan: Plan = {
  set: 'shop-production',
  bundle: { digest: 'sha256:2', version: '1.4.0', sequence: 14 },
  replaces: null,
  generation: 3,
  siteValues: [],
  namespaces: [],
  crds: [],
  waves: [],
  prune: [],
  kept: [],
  notes: [],
}
const found = (code: Problem['code'], what: string): Problem =>
  problem({ code, fault: 'world', what, fix: 'Mend it.' })
const release = (name: string, rest: Partial<ReleaseReport>): ReleaseReport => ({
  name,
  state: 'done',
  took: 0,
  problems: [],
  ...rest,
})
const report = (releases: ReleaseReport[], problems: Problem[]): RunReport => ({
  plan,
  releases,
  problems,
  warnings: [],
  started: 1000,
  ended: 66_000,
})
const plain = paintIn(false)

test('a run that failed is told as a table: how far each release came, in which time, and why', (t) => {
  const crashed = found(
    'apply/not-ready',
    'Deployment shop/db is not ready after 60 s: it \u001B[31mcrashes.',
  )
  const releases = [
    release('base', { state: 'unchanged', took: 40 }),
    release('db', { state: 'failed', took: 61_400, problems: [crashed] }),
    release('shop', { state: 'not begun', because: 'it depends on db' }),
    release('monitoring', { took: 12_000 }),
  ]
  t.is(
    describeUndone(report(releases, [crashed]), plain),
    [
      'shop-production 1.4.0 is not applied in full: 2 of 4 releases there, nothing was pruned after them (1 m 5 s)',
      '  base        unchanged  0.0 s',
      '  db          failed     1 m 1 s   Deployment shop/db is not ready after 60 s: it \\u{1B}[31mcrashes.',
      '  shop        not begun            it depends on db',
      '  monitoring  done       12 s',
      '',
    ].join('\n'),
  )
})

test('where all releases are there and pruning failed, that is said', (t) => {
  const stays = found('apply/not-gone', 'ConfigMap shop/old is still there.')
  t.regex(
    describeUndone(report([release('db', {})], [stays]), plain),
    /1 of 1 release there, not all is pruned/,
  )
})

for (const [code, lines] of [
  ['apply/not-ready', ['scout-apply bundle.tgz status', 'scout-apply resume bundle.tgz']],
  ['apply/stopped', ['scout-apply resume bundle.tgz']],
  ['apply/locked', ['scout-apply unlock --set shop-production', 'scout-apply bundle.tgz']],
] as const)
  test(`after ${code} the next command is ${lines[0]}`, (t) => {
    const next = nextAfter(report([], [found(code, 'It is so.')]), { file: 'bundle.tgz' })
    t.deepEqual(
      next.map(([line]) => line),
      [...lines],
    )
    const told = describeNext(next)
    t.true(lines.every((line) => told.includes(`  ${line}`)))
  })

test('the next commands lead to the same cluster, and a rollback goes on as a rollback', (t) => {
  const lines = (code: Problem['code'], more: { again?: string }): string[] =>
    nextAfter(report([], [found(code, 'It is so.')]), {
      file: 'bundle.tgz',
      also: ['--trust', 'my keys/trust.yaml'],
      ...more,
    }).map(([line]) => line)
  const trust = "--trust 'my keys/trust.yaml'"
  t.deepEqual(lines('apply/not-ready', {}), [
    `scout-apply bundle.tgz status ${trust}`,
    `scout-apply resume bundle.tgz ${trust}`,
  ])
  const again = 'scout-apply rollback 7'
  t.deepEqual(lines('apply/not-ready', { again }), [`${again} ${trust}`])
  t.deepEqual(lines('apply/locked', { again }), [
    `scout-apply unlock --set shop-production ${trust}`,
    `${again} ${trust}`,
  ])
})

test('of a run that began nothing no table is shown', (t) => {
  const locked = found('apply/locked', 'Somebody else applies it.')
  t.is(
    describeUndone(report([release('db', { state: 'not begun' })], [locked]), plain),
    'shop-production 1.4.0 is not applied: nothing was begun\n',
  )
})

test('after a run that is done there is nothing to run next', (t) => {
  const done = report([release('db', {})], [])
  t.deepEqual(nextAfter(done, { file: 'bundle.tgz' }), [])
  t.is(describeNext([]), '')
  t.regex(describeDone(done), /^shop-production 1\.4\.0 is applied and ready \(0 created/)
})
