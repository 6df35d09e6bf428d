import type { Plan, PlannedRelease } from '../../core/plan.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { ReleaseReport } from '../../core/run-report.ts'
import type { Wanted } from '../../core/wanted.ts'
import type { HookOf } from './hook.ts'
import { applyRelease } from './release.ts'
import { unlessStopped } from './run.ts'
import type { Run } from './run.ts'

/** Releases before anything is begun, in the order of the waves, and after them those that go. */
export const notBegun = (plan: Plan): Map<string, ReleaseReport> => {
  const waiting = (name: string): ReleaseReport => ({
    name,
    state: 'not begun',
    because: 'the run ended before it',
    took: 0,
    problems: [],
  })
  const going = (plan.removals ?? []).flatMap(({ releases }) => releases)
  return new Map([
    ...plan.waves.flat().map(({ name }) => [name, waiting(name)] as const),
    ...going.map(({ name }) => [name, { ...waiting(name), removal: true as const }] as const),
  ])
}

const isUp = (report: ReleaseReport | undefined): boolean =>
  report === undefined || report.state === 'done' || report.state === 'unchanged'

/** Which of the releases that it depends on are not there in full; those have been begun before it, or are not begun because of others. */
const missingFor = (name: string, { releases }: Wanted, reports: Map<string, ReleaseReport>): string[] =>
  (releases.find((one) => one.name === name)?.dependsOn ?? []).filter((other) => !isUp(reports.get(other)))

const isIdle = ({ changed, lines }: PlannedRelease): boolean =>
  !changed && lines.every((line) => line.actions.every((action) => action.do === 'skip'))

/** Applies one release, and notes how far it came. */
const reportRelease = async (run: Run, release: PlannedRelease, hookOf: HookOf): Promise<Outcome<void>> => {
  const { name } = release
  const started = run.clock.now()
  const outcome = await applyRelease(run, release, hookOf)
  const stateOf = (): ReleaseReport['state'] => {
    if (outcome.ok) return isIdle(release) ? 'unchanged' : 'done'
    return outcome.problems.every((one) => one.code === 'apply/stopped') ? 'stopped' : 'failed'
  }
  const problems = outcome.ok ? [] : outcome.problems
  run.reports.set(name, { name, state: stateOf(), took: run.clock.now() - started, problems })
  return outcome
}

/**
 * Applies the releases wave by wave; those of a wave side by side. A release that fails ends the run with its wave; with `keepGoing`
 * only what depends on it, directly or by way of others, is left out. A run that was stopped ends in any case. How far each came is in
 * `run.reports`.
 */
export const applyWaves = async (
  run: Run,
  { plan, wanted, keepGoing }: { plan: Plan; wanted: Wanted; keepGoing: boolean },
  hookOf: HookOf,
): Promise<Outcome<void>> => {
  const outcomes: Outcome<void>[] = []
  // Whoever looks on sees from the start how many there are.
  for (const { name } of plan.waves.flat())
    run.tell({ tell: 'subject', stage: 'apply', subject: name, state: 'waiting' })
  for (const wave of plan.waves) {
    const stopped = unlessStopped(run)
    if (!stopped.ok) return all([...outcomes, stopped]) as Outcome<never>
    const free = wave.filter(({ name }) => {
      const missing = missingFor(name, wanted, run.reports)
      if (missing.length === 0) return true
      const because = `it depends on ${missing.join(' and ')}`
      run.reports.set(name, { name, state: 'not begun', because, took: 0, problems: [] })
      return false
    })
    const ended = await Promise.all(free.map((release) => reportRelease(run, release, hookOf)))
    // What follows the last one, where nothing goes, is the last save.
    const isLast = wave === plan.waves.at(-1) && plan.prune.length === 0
    const saved = isLast ? good(undefined) : await run.journal.save()
    outcomes.push(...ended, saved)
    const failed = ended.some((one) => !one.ok)
    if (!saved.ok || (failed && !keepGoing)) break
  }
  const outcome = all(outcomes)
  return outcome.ok ? good(undefined, outcome.warnings) : bad(outcome.problems)
}
