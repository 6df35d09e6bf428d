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
    { output: options.output ?? 'text', verbose: options.verbose ?? false },
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

test('in CI and where there is no terminal, progress is plain lines', (t) => {
  const inCi = told(run, { ci: true }).join('')
  golden(t, 'report/progress-plain.txt', inCi)
  t.is(told(run, { isTerminal: false }).join(''), inCi)
  golden(t, 'report/progress-plain-verbose.txt', told(run, { ci: true, verbose: true }).join(''))
})

test('with output json each event is a line of JSON', (t) => {
  const lines = told(run, { output: 'json', verbose: true }).join('').trimEnd().split('\n')
  t.deepEqual(lines.map(parseJson), run as never)
  t.is(told(run, { output: 'json' }).length, run.length - 1)
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
  t.regex(written.join(''), /^\u001B\[4A\r\u001B\[0J/)
})
