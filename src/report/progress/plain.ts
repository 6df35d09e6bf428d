import type { Tell, Told } from '../../core/stepper.ts'
import { printProblem } from '../problems.ts'
import { visible, visibleLines } from '../visible.ts'
import { elapsed, isTimed } from './elapsed.ts'
import { printLog } from './log.ts'

/** What somebody waits for is told when it changes, but not more often than this, and again after so long; in milliseconds. */
const changedAfter = 5000
const againAfter = 30_000

/**
 * Lines for CI and for files: one a stage, when it starts, and more where it says something or fails; of releases those that fail, and all while they are
 * applied, which takes its time. With `verbose` one line for each event. What says the same as the line before of its subject is not said again, but what it is waited for:
 * every 30 s, with the time that it has taken. Logs are shown only with `verbose`: a file is no terminal.
 */
export const plainProgress = (
  write: (text: string) => void,
  { colour, verbose, now }: { colour: boolean; verbose: boolean; now: () => number },
): Tell => {
  const said = new Map<string, string>()
  const begun = new Map<string, number>()
  const waited = new Map<string, number>()
  /** Releases in which nothing changes: one line is enough for each. */
  const unchanged = new Set<string>()
  let stage = ''
  const tookOf = (told: Extract<Told, { tell: 'subject' }>): string => {
    const since = begun.get(`${told.stage} ${told.subject}`)
    return !isTimed(told.stage) || since === undefined ? '' : ` (${elapsed(now() - since)})`
  }
  /** Whether it is too early to tell again what somebody waits for. */
  const isTooEarly = (subject: string, isNews: boolean): boolean => {
    const last = waited.get(subject)
    const early = last !== undefined && now() - last < (isNews ? changedAfter : againAfter)
    if (!early) waited.set(subject, now())
    return early
  }
  const noted = (note: string | undefined): string => (note === undefined ? '' : `, ${note}`)
  return (told) => {
    switch (told.tell) {
      case 'stage':
        if (verbose || told.state === 'failed' || told.note !== undefined)
          write(`${visible(`${told.stage}: ${told.state}${noted(told.note)}`)}\n`)
        else if (told.state === 'started' && told.stage !== stage) write(`${visible(told.stage)}\n`)
        stage = told.stage
        return
      case 'subject': {
        if (!verbose && !isTimed(told.stage) && told.state !== 'failed') return
        // Who waits says nothing yet; with a note (what for) it does.
        if (told.state === 'waiting' && told.note === undefined) return
        const subject = `${told.stage} ${told.subject}`
        const count = told.ready === undefined ? '' : `, ${told.ready.done} of ${told.ready.of} ready`
        const line = visible(`${told.stage} ${told.subject}: ${told.state}${count}${noted(told.note)}`)
        const isNews = said.get(subject) !== line
        if (!begun.has(subject)) begun.set(subject, now())
        if (!verbose && told.state === 'working' && told.note === 'unchanged') {
          unchanged.add(subject)
          return
        }
        if (unchanged.delete(subject) && told.state === 'done') {
          write(`${visible(subject)}: unchanged\n`)
          return
        }
        if (told.state === 'waiting' ? isTooEarly(subject, isNews) : !isNews) return
        write(`${line}${told.state === 'working' ? '' : tookOf(told)}\n`)
        said.set(subject, line)
        return
      }
      case 'object':
        // The line of its release says what matters.
        return
      case 'log':
        if (verbose) write(printLog(told))
        return
      case 'warning':
        write(printProblem(told.problem, { colour, verbose }))
        return
      case 'words':
        if (verbose)
          write(
            visibleLines(told.text)
              .map((line) => `${visible(told.from)} | ${line}\n`)
              .join(''),
          )
    }
  }
}
