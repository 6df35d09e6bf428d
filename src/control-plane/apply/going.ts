import { beingRemoved } from '../../core/inventory.ts'
import { keyOf } from '../../core/object.ts'
import { noteOrigin } from '../../core/origin.ts'
import type { Plan, PlannedRemoval, Removal } from '../../core/plan.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { removeHook, runHooks } from './hook.ts'
import type { HookOf } from './hook.ts'
import { prune } from './prune.ts'
import { addressOf, unlessStopped } from './run.ts'
import type { Run } from './run.ts'

/** Notes how far the removal of a release came. */
const report = (run: Run, name: string, started: number, outcome: Outcome<void>): void => {
  const problems = outcome.ok ? [] : outcome.problems
  const isStopped = !outcome.ok && problems.every((one) => one.code === 'apply/stopped')
  const state = outcome.ok ? 'done' : isStopped ? 'stopped' : 'failed'
  run.reports.set(name, { name, removal: true, state, took: run.clock.now() - started, problems })
}

const waitingFor = ({ name, timeoutSeconds }: PlannedRemoval) => ({ release: name, timeoutSeconds })

/** What hooks have left behind of a release that is gone goes with it. */
const clearHooks = async (run: Run, { before, after }: PlannedRemoval): Promise<Outcome<void>> => {
  for (const hook of [...before, ...after]) {
    const address = addressOf(run, hook.id)
    const removed = address ? await removeHook(run, hook, address) : good(true)
    if (!removed.ok) return removed
    if (removed.value) run.journal.content.entries.delete(keyOf(hook.id))
  }
  return good(undefined)
}

/** The first half of a removal: a hook that fails stops it, and nothing of the release is deleted. */
const begin = async (run: Run, release: PlannedRemoval, hookOf: HookOf): Promise<Outcome<void>> => {
  const { name } = release
  run.tell({ tell: 'subject', stage: 'apply', subject: name, state: 'working', note: 'remove' })
  const before = release.begun
    ? good(undefined)
    : await runHooks(run, release.before, hookOf, waitingFor(release))
  if (before.ok) run.journal.content.releases[name] = beingRemoved
  else
    run.tell({
      tell: 'subject',
      stage: 'apply',
      subject: name,
      state: 'failed',
      note: before.problems[0].what,
    })
  return before
}

/** The second half, once its objects are gone: the hooks after, and the release is known no more. */
const finish = async (run: Run, release: PlannedRemoval, hookOf: HookOf): Promise<Outcome<void>> => {
  const { name } = release
  const { content } = run.journal
  const after = await runHooks(run, release.after, hookOf, waitingFor(release))
  const cleared = after.ok ? await clearHooks(run, release) : after
  if (!cleared.ok) {
    run.tell({
      tell: 'subject',
      stage: 'apply',
      subject: name,
      state: 'failed',
      note: cleared.problems[0].what,
    })
    return cleared
  }
  delete content.releases[name]
  noteOrigin(content, name, undefined)
  run.tell({ tell: 'subject', stage: 'apply', subject: name, state: 'done' })
  return good(undefined)
}

/** Removes releases that may go side by side: hooks before, their objects step by step, hooks after. */
const removeGroup = async (
  run: Run,
  releases: PlannedRemoval[],
  steps: Removal[][],
  hookOf: HookOf,
): Promise<Outcome<void>> => {
  const started = run.clock.now()
  const begun = await Promise.all(
    releases.map(async (one) => ({ one, outcome: await begin(run, one, hookOf) })),
  )
  const saved = await run.journal.save()
  const stuck = new Set(begun.filter(({ outcome }) => !outcome.ok).map(({ one }) => one.name))
  const isFree = ({ id }: Removal): boolean =>
    !stuck.has(run.journal.content.entries.get(keyOf(id))?.release ?? '')
  const pruned = saved.ok
    ? await prune(
        run,
        steps.map((step) => step.filter(isFree)),
      )
    : saved
  const free = releases.filter(({ name }) => !stuck.has(name))
  const ended = pruned.ok ? await Promise.all(free.map((one) => finish(run, one, hookOf))) : []
  for (const { one, outcome } of begun) if (!outcome.ok) report(run, one.name, started, outcome)
  for (const [at, { name }] of free.entries()) report(run, name, started, ended[at] ?? pruned)
  const outcome = all([...begun.map((one) => one.outcome), pruned, ...ended, await run.journal.save()])
  return outcome.ok ? good(undefined, outcome.warnings) : bad(outcome.problems)
}

/**
 * Deletes all that a plan prunes, in its order, with the hooks of releases that go as a whole around their objects (helm v4
 * `pkg/action/uninstall.go`). What fails ends it: what is removed later may be needed by what could not be removed.
 */
export const removeGone = async (run: Run, plan: Plan, hookOf: HookOf): Promise<Outcome<void>> => {
  const warnings: Problem[] = []
  const rest = async (from: number, to?: number): Promise<Outcome<void>> =>
    await prune(run, plan.prune.slice(from, to))
  let at = 0
  for (const { releases, from, to } of plan.removals ?? []) {
    const before = await rest(at, from)
    if (!before.ok) return before
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    const removed = await removeGroup(run, releases, plan.prune.slice(from, to), hookOf)
    if (!removed.ok) return removed
    warnings.push(...before.warnings, ...removed.warnings)
    at = to
  }
  const last = await rest(at)
  return last.ok ? good(undefined, [...warnings, ...last.warnings]) : last
}
