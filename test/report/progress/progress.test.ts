import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { parseJson } from '../../../src/core/json.ts'
import type { Tell, Told } from '../../../src/core/stepper.ts'
import { tellProgress } from '../../../src/report/progress/progress.ts'
import { golden } from '../../golden/golden.ts'
import { hostileTexts } from '../comparisons.ts'
import { run } from './run.ts'
import { recording, shownBy } from './screen.ts'

const told = (
  events: Told[],
  options: {
    ci?: boolean
    output?: 'text' | 'json'
    verbose?: boolean
    columns?: number
    rows?: number
    isTerminal?: boolean
    now?: () => number
  },
): string[] => {
  const { screen, written } = recording(options.columns, options.rows)
  const err = { ...screen, isTerminal: options.isTerminal ?? true }
  const out = {
    ...screen,
    write: (): never => {
      throw new Error('progress is no result')
    },
  }
  const tell: Tell = tellProgress(
    { out, err, ci: options.ci ?? false },
    {
      output: options.output ?? 'text',
      verbose: options.verbose ?? false,
      ...(options.now && { now: options.now }),
    },
  )
  for (const event of events) tell(event)
  return written
}

test('on a terminal the table is drawn in its place, and the last one stays with the warnings above it', (t) => {
  golden(t, 'report/progress-live.txt', shownBy(told(run, {}), 80).join('\n'))
})

test('half way the table shows who works and who waits', (t) => {
  golden(t, 'report/progress-live-half-way.txt', shownBy(told(run.slice(0, 9), {}), 80).join('\n'))
})

test("with verbose helm's own words stand above the table, and nothing in them acts on the terminal", (t) => {
  golden(t, 'report/progress-live-verbose.txt', shownBy(told(run, { verbose: true }), 80).join('\n'))
})

test('in CI and where there is no terminal, progress is plain lines: of releases only those that fail, unless more is asked for', (t) => {
  const inCi = told(run, { ci: true }).join('')
  golden(t, 'report/progress-plain.txt', inCi)
  t.is(told(run, { isTerminal: false }).join(''), inCi)
  golden(t, 'report/progress-plain-verbose.txt', told(run, { ci: true, verbose: true }).join(''))
})

const noon = Date.UTC(2030, 0, 1, 12)

test('with output json each event is a line of JSON with its time, and what is said again is left out', (t) => {
  const linesOf = (verbose: boolean) =>
    told(run, { output: 'json', verbose, now: () => noon })
      .join('')
      .trimEnd()
      .split('\n')
      .map(parseJson)
  const lines = linesOf(true)
  t.deepEqual(lines[0], { time: '2030-01-01T12:00:00.000Z', event: 'stage started', stage: 'declare' })
  t.deepEqual(lines[7], {
    time: '2030-01-01T12:00:00.000Z',
    event: 'release working',
    stage: 'render',
    release: 'db',
    why: 'helm template',
  })
  t.is(lines.length, run.length - 1)
  t.is(linesOf(false).length, run.length - 2)
})

const pod =
  'Pod web-7d4c9b8f5-x2x4k: container app: image harbor.example/dockerhub-proxy/library/nginx:1.27: not found in project dockerhub-proxy of harbor.example'
const applying: Told[] = [
  { tell: 'stage', stage: 'apply', state: 'started' },
  { tell: 'subject', stage: 'apply', subject: 'db', state: 'working', note: 'install' },
  { tell: 'subject', stage: 'apply', subject: 'web', state: 'working', note: 'upgrade' },
  {
    tell: 'object',
    stage: 'apply',
    subject: 'db',
    object: 'StatefulSet db/pg',
    state: 'waiting',
    note: '1 of 3 replicas are ready',
  },
  {
    tell: 'subject',
    stage: 'apply',
    subject: 'db',
    state: 'waiting',
    note: 'StatefulSet db/pg: 1 of 3 replicas are ready',
    ready: { done: 6, of: 7 },
  },
  {
    tell: 'object',
    stage: 'apply',
    subject: 'web',
    object: 'Deployment shop/web',
    state: 'waiting',
    note: `1 of 3 replicas are available; ${pod}`,
  },
  {
    tell: 'object',
    stage: 'apply',
    subject: 'web',
    object: 'Service shop/web',
    state: 'waiting',
    note: 'it has no address',
  },
  {
    tell: 'subject',
    stage: 'apply',
    subject: 'web',
    state: 'waiting',
    note: `Deployment shop/web: 1 of 3 replicas are available; ${pod}`,
    ready: { done: 2, of: 4 },
  },
]
const failing: Told[] = [
  {
    tell: 'log',
    of: 'Pod shop/web-7d4c9b8f5-x2x4k, container app',
    lines: ['\u001B[31mpassword is hunter2', 'bye'],
  },
  { tell: 'subject', stage: 'apply', subject: 'db', state: 'done' },
  {
    tell: 'subject',
    stage: 'apply',
    subject: 'web',
    state: 'failed',
    note: 'Deployment shop/web is not ready',
  },
]

/** A clock that is 10 s further each time it is looked at. */
const ticking = (): (() => number) => {
  let now = noon
  return () => (now += 10_000)
}

for (const [columns, rows] of [
  [80, 24],
  [40, 10],
] as const)
  test(`while it is applied each release stands with its time and the objects that it waits for, at ${columns}x${rows}`, (t) => {
    const writes = told(applying, { columns, rows, now: ticking() })
    const lines = shownBy(writes, columns)
    t.true(lines.length <= rows)
    golden(t, `report/progress-apply-${columns}.txt`, lines.join('\n'))
  })

test('the time of what is applied goes on where nothing is told, and nothing is written once all is over', async (t) => {
  const { screen, written } = recording()
  const tell = tellProgress({ out: screen, err: screen, ci: false }, { output: 'text', verbose: false })
  const ticked = async (): Promise<void> => {
    const before = written.length
    while (written.length === before) await sleep(20)
  }
  for (const one of applying) tell(one)
  await ticked()
  for (const subject of ['db', 'web']) tell({ tell: 'subject', stage: 'apply', subject, state: 'done' })
  const before = written.length
  await sleep(1500)
  t.is(written.length, before)
})

test('without a terminal a release says what it waits for when that changes, and every 30 s, and how long it took', (t) => {
  let now = noon
  const { screen, written } = recording()
  const tell = tellProgress(
    { out: screen, err: { ...screen, isTerminal: false }, ci: true },
    { output: 'text', verbose: false, now: () => now },
  )
  const waits = (note: string): void =>
    tell({
      tell: 'subject',
      stage: 'apply',
      subject: 'web',
      state: 'waiting',
      note,
      ready: { done: 0, of: 1 },
    })
  tell({ tell: 'subject', stage: 'apply', subject: 'web', state: 'working', note: 'install' })
  waits('a')
  for (const [after, note] of [
    [1000, 'b'],
    [5000, 'b'],
    [20_000, 'b'],
    [10_000, 'b'],
  ] as const) {
    now += after
    waits(note)
  }
  now += 1000
  tell({ tell: 'subject', stage: 'apply', subject: 'web', state: 'done' })
  t.deepEqual(written, [
    'apply web: working, install\n',
    'apply web: waiting, 0 of 1 ready, a (0:00)\n',
    'apply web: waiting, 0 of 1 ready, b (0:06)\n',
    'apply web: waiting, 0 of 1 ready, b (0:36)\n',
    'apply web: done (0:37)\n',
  ])
})

test('in plain lines a release in which nothing changes takes one line', (t) => {
  const web = { tell: 'subject', stage: 'apply', subject: 'web' } as const
  const lines = told(
    [
      { ...web, state: 'working', note: 'unchanged' },
      { ...web, state: 'done' },
    ],
    { ci: true },
  )
  t.deepEqual(lines, ['apply web: unchanged\n'])
})

test('the last lines of a log are for a terminal alone: no JSON has them, and no plain line unless it is asked for', (t) => {
  const events = [...applying, ...failing]
  const shown = told(events, {}).join('').replaceAll('\u001B[0K', '')
  t.true(shown.includes('  | \\u{1B}[31mpassword is hunter2\n  | bye\n'))
  t.notRegex(told(events, { output: 'json', verbose: true }).join(''), /hunter2/)
  t.notRegex(told(events, { ci: true }).join(''), /hunter2/)
  t.regex(told(events, { ci: true, verbose: true }).join(''), /hunter2/)
})

const subjects = (count: number, state: 'waiting' | 'done'): Told[] =>
  Array.from({ length: count }, (_, index) => ({
    tell: 'subject',
    stage: 'apply',
    subject: `release-${index}`,
    state,
  }))

test('of more releases than rows those that failed or are worked on are shown, and the rest is counted', (t) => {
  const events: Told[] = [
    { tell: 'stage', stage: 'apply', state: 'started' },
    ...subjects(500, 'waiting'),
    ...subjects(300, 'done'),
    { tell: 'subject', stage: 'apply', subject: 'release-77', state: 'failed', note: 'timed out' },
    { tell: 'subject', stage: 'apply', subject: 'release-444', state: 'working' },
  ]
  const lines = shownBy(told(events, { rows: 10 }), 80)
  t.true(lines.length <= 10)
  t.true(lines.some((line) => line.includes('release-77') && line.includes('timed out')))
  t.true(lines.some((line) => line.includes('release-444')))
  t.true(lines.some((line) => line.includes('493 more')))
  t.regex(lines[0] ?? '', /300 of 500/)
})

for (const columns of [20, 40, 80])
  test(`no name or note makes a line wrap or acts on the terminal at ${columns} columns`, (t) => {
    const events = hostileTexts.flatMap((text): Told[] => [
      { tell: 'stage', stage: text, state: 'started', note: text },
      { tell: 'subject', stage: text, subject: text, state: 'working', note: text },
      {
        tell: 'warning',
        problem: { code: 'a/b', severity: 'warning', fault: 'input', what: 'x', where: [], fix: 'y' },
      },
    ])
    t.notThrows(() => shownBy(told(events, { columns, rows: 12 }), columns))
    t.notRegex(told(events, { ci: true }).join(''), /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/u)
  })

test('a window that becomes narrower keeps no part of the old table, and nothing above it is erased', (t) => {
  const { screen, written, resize } = recording(80)
  const tell = tellProgress(
    { out: screen, err: { ...screen, colour: true }, ci: false },
    { output: 'text', verbose: false },
  )
  tell({ tell: 'stage', stage: 'render', state: 'started' })
  tell({ tell: 'subject', stage: 'render', subject: 'web', state: 'working', note: 'x'.repeat(30) })
  tell({ tell: 'subject', stage: 'render', subject: 'db', state: 'working' })
  written.length = 0
  resize(30)
  tell({ tell: 'stage', stage: 'render', state: 'failed' })
  // One row for the stage, two for web, whose 55 columns wrapped once, and one for db.
  t.regex(written.join(''), /^\u001B\[4A\r(?:[^\n]+\u001B\[0K\n)+\u001B\[0J$/)
})
