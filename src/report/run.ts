import { changesNothing } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import { wordOf } from '../core/run-report.ts'
import type { ReleaseReport, RunReport } from '../core/run-report.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { summaryOfDone } from './plan.ts'
import { visible } from './visible.ts'

const brushOf: Record<ReleaseReport['state'], keyof Paint> = {
  done: 'green',
  unchanged: 'dim',
  failed: 'red',
  stopped: 'yellow',
  'not begun': 'yellow',
}

/** `0.4 s`, `12 s`, `3 m 5 s` */
const tookInWords = (milliseconds: number): string => {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} m ${whole % 60} s`
}

const releaseLine = (report: ReleaseReport, width: number, paint: Paint): string => {
  const { name, state, took, because, problems } = report
  const why = because ?? problems.map((one) => one.what).at(0)
  const time = state === 'not begun' ? '' : tookInWords(took)
  return `  ${name.padEnd(width)}  ${paint[brushOf[state]](wordOf(report).padEnd(9))}  ${time.padEnd(8)}${why === undefined ? '' : `  ${visible(why)}`}`.trimEnd()
}

/** Releases as a table: how far each came, and in which time. */
const tableOf = (releases: ReleaseReport[], paint: Paint): string[] => {
  const width = Math.max(0, ...releases.map(({ name }) => name.length))
  return releases.map((one) => releaseLine(one, width, paint))
}

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const commandLine = (words: string[]): string => words.map(quoted).join(' ')

/**
 * What to do after a run that failed, as command lines with what each is for: who holds the lock, what does not get ready, and the run that goes
 * on. `again` is that run where it is not one of a bundle's file; `also` are the options that lead to this cluster (`--trust FILE`), for all of them. [] where all is done.
 */
export const nextAfter = (
  { plan, problems }: RunReport,
  { file, again, also = [] }: { file: string; again?: string | undefined; also?: string[] },
): [line: string, does: string][] => {
  const more = also.length === 0 ? '' : ` ${commandLine(also)}`
  const bundle = quoted(file)
  const has = (...codes: Problem['code'][]): boolean => problems.some(({ code }) => codes.includes(code))
  if (problems.length === 0) return []
  if (has('apply/locked'))
    return [
      [`scout-apply unlock --set ${plan.set}${more}`, 'who holds the lock, and since when'],
      [`${again ?? `scout-apply ${bundle}`}${more}`, 'once it is free'],
    ]
  const looks: [string, string][] =
    again === undefined && has('apply/not-ready', 'apply/failed')
      ? [[`scout-apply ${bundle} status${more}`, 'what is not ready, and what it waits for']]
      : []
  const stopped = problems.every(({ code }) => code === 'apply/stopped')
  return [
    ...looks,
    [
      `${again ?? `scout-apply resume ${bundle}`}${more}`,
      stopped ? 'go on from there' : 'go on from there, once the cause is mended',
    ],
  ]
}

/** A run that came to its end: one line, and one more where something was left on the cluster. */
export const describeDone = ({ plan }: RunReport): string => {
  if (changesNothing(plan)) return `${plan.set} ${plan.bundle.version}: nothing to do\n`
  const left =
    plan.kept.length === 0
      ? ''
      : `Not wanted any more, and not deleted: ${counted(plan.kept.length, 'object')}; --dry-run says which and why\n`
  return `${plan.set} ${plan.bundle.version} is applied and ready (${summaryOfDone(plan)})\n${left}`
}

/** A run that failed: how far each release came. */
export const describeUndone = ({ plan, releases, started, ended }: RunReport, paint: Paint): string => {
  const wanted = releases.filter(({ removal }) => !removal)
  const up = wanted.filter(({ state }) => state === 'done' || state === 'unchanged').length
  const pruned = up === wanted.length ? 'not all is pruned' : 'nothing was pruned after them'
  if (releases.length > 0 && releases.every(({ state }) => state === 'not begun'))
    return `${paint.bold(`${plan.set} ${plan.bundle.version} is not applied: nothing was begun`)}\n`
  return [
    paint.bold(
      `${plan.set} ${plan.bundle.version} is not applied in full: ${up} of ${counted(wanted.length, 'release')} there, ${pruned} (${tookInWords(ended - started)})`,
    ),
    ...tableOf(releases, paint),
    '',
  ].join('\n')
}

/** The command lines to go on with, aligned. */
export const describeNext = (next: [line: string, does: string][]): string => {
  if (next.length === 0) return ''
  const width = Math.max(...next.map(([line]) => line.length))
  return ['Run next:', ...next.map(([line, does]) => `  ${visible(line.padEnd(width))}  # ${does}`), ''].join(
    '\n',
  )
}
