import { fieldManagerOf, setIdOf } from '../../core/applyset.ts'
import type { Clock } from '../../core/effects/clock.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import { freshKindsOf } from '../../core/fresh-kinds.ts'
import type { Inventory } from '../../core/inventory.ts'
import type { Live } from '../../core/live.ts'
import { largestJournal } from '../../core/inventory-secrets.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { idOf, keyOf } from '../../core/object.ts'
import { changesNothing } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { policyOf } from '../../core/policy.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Tell } from '../../core/stepper.ts'
import { appliedObjects, goingHooks, releaseDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { fenced } from './fence.ts'
import { removeGone } from './going.ts'
import type { HookOf } from './hook.ts'
import type { RunReport } from '../../core/run-report.ts'
import { openJournal } from './journal.ts'
import { underLocks } from './lock.ts'
import { actAll } from './release.ts'
import { rediscover, stoppedBy, unlessStopped } from './run.ts'
import type { Run } from './run.ts'
import { asBefore, unionOf } from './union.ts'
import { waitReady } from './wait.ts'
import { applyWaves, notBegun } from './waves.ts'

/** How long a CRD is given to be Established. */
const crdSeconds = 60

export interface ToApply {
  plan: Plan
  wanted: Wanted
  live: Live
  /** Keeps the site values that the objects hold, so that they can be had again. */
  keep(): Promise<Outcome<void>>
  /** Is told, still under the lock, whether all was done, the inventory as it is then, and how much was done; answers with warnings. */
  remember?(ok: boolean, content: Inventory, done: Run['done']): Promise<Problem[]>
  /** Who runs this, for the lock: different for any two runs. */
  holder: string
  /** `scout-apply/VERSION` */
  tooling: string
  /** After a release has failed, go on with those that don't depend on it. */
  keepGoing?: boolean
  /** Take back fields that others have set since they were applied, of the very objects that were. */
  takesBack?: boolean
  /** How large a Secret of the inventory may become, in bytes of base64. */
  largestPart?: number
}

export interface ApplySystem {
  cluster: Cluster
  clock: Clock
  tell: Tell
  signal?: AbortSignal
}

/** Namespaces, then CRDs until they are served, then wave by wave; at last what is no longer wanted goes. */
const carryOut = async (run: Run, { plan, wanted, keepGoing = false }: ToApply): Promise<Outcome<void>> => {
  const warnings: Problem[] = []
  const hooks = new Map(
    [...goingHooks(wanted), ...appliedObjects(wanted)].flatMap((one) =>
      one.hook ? [[keyOf(one.id), one.hook] as const] : [],
    ),
  )
  const hookOf: HookOf = ({ id }) => {
    const hook = hooks.get(keyOf(id))
    if (hook === undefined) throw new Error(`the plan runs a hook that the bundle has not: ${keyOf(id)}`)
    return hook
  }
  const first = await actAll(run, plan.namespaces)
  if (!first.ok) return first

  const crds = await actAll(run, plan.crds)
  if (!crds.ok) return crds
  const ids = plan.crds.map((one) => one.id)
  const established = await waitReady(run, ids, { release: 'CRDs', timeoutSeconds: crdSeconds })
  if (!established.ok) return established
  if (plan.crds.some((one) => one.do !== 'skip')) {
    run.tell({ tell: 'subject', stage: 'apply', subject: 'CRDs', state: 'done' })
    const found = await rediscover(run)
    if (!found.ok) return found
  }

  const up = await applyWaves(run, { plan, wanted, keepGoing }, hookOf)
  if (!up.ok) return up
  warnings.push(...up.warnings)

  const pruned = await removeGone(run, plan, hookOf)
  if (!pruned.ok) return pruned
  warnings.push(...pruned.warnings)
  return good(undefined, warnings)
}

const startRun = (input: ToApply, system: ApplySystem, lost: AbortSignal, reports: Run['reports']): Run => {
  const { plan, wanted, live, tooling, largestPart = largestJournal } = input
  const manager = fieldManagerOf(plan.set)
  const namespaces = namespacesOf(wanted)
  const changes = !changesNothing(plan)
  const content =
    live.inventory && !changes ? live.inventory.content : unionOf(plan, wanted, namespaces, live)
  const cluster = fenced(system.cluster, lost)
  return {
    cluster,
    clock: system.clock,
    tell: system.tell,
    signal: system.signal ? AbortSignal.any([system.signal, lost]) : lost,
    set: { name: plan.set, id: setIdOf(plan.set), manager },
    wanted: new Map([
      ...[...goingHooks(wanted), ...appliedObjects(wanted)].map(
        ({ id, object }) => [keyOf(id), object] as const,
      ),
      ...namespaces.map((object) => [keyOf(idOf(object)), object] as const),
    ]),
    filled: wanted.filled,
    live: new Map(live.members),
    others: live.others,
    policies: new Map(wanted.releases.map((one) => [one.name, policyOf(one)])),
    releaseDigests: new Map(wanted.releases.map((one) => [one.name, releaseDigest(one, wanted.filled)])),
    discovery: live.discovery,
    journal: openJournal(
      {
        cluster,
        discovery: live.discovery,
        unlessLost: () => (lost.aborted ? stoppedBy(cluster, lost) : good(undefined)),
      },
      { name: plan.set, manager, tooling, largest: largestPart },
      live.inventory,
      content,
    ),
    freshKinds: freshKindsOf(plan, wanted),
    unheard: new Map(),
    handedOver: new Set((plan.takesFrom ?? []).map(fieldManagerOf)),
    takesBack: input.takesBack ?? false,
    mark: `${plan.bundle.digest}/${plan.generation}`,
    reports,
    done: { created: 0, changed: 0, deleted: 0 },
    touched: new Set(),
  }
}

/** Each problem once: all releases that run side by side are stopped by the same thing. */
const distinct = (found: Problem[]): Problem[] =>
  Array.from(new Map(found.map((one) => [`${one.code}\n${one.what}`, one])).values())

/**
 * Carries out a plan. Site values are kept before anything else is written. The inventory is written before the first change, with all
 * that was there and all that will be; as releases come up; and after pruning, exact. A plan that changes nothing writes nothing but the lock.
 * Stopped (signal) or failed, it leaves what the next run goes on from, and nothing is pruned; the lock is given back either way. The report says what was
 * done and what was not; without problems all of it was.
 */
export const apply = async (input: ToApply, system: ApplySystem): Promise<RunReport> => {
  const { plan, wanted, live, holder } = input
  const started = system.clock.now()
  const reports = notBegun(plan)
  // A set that hands objects over must not delete them meanwhile.
  const sets: [string, ...string[]] = [plan.set, ...(plan.takesFrom ?? [])]
  const outcome = await underLocks(system, live.discovery, { sets, holder }, async (lost) => {
    const run = startRun(input, system, lost, reports)
    const unmoved = await run.journal.confirm()
    if (!unmoved.ok) return unmoved
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    const kept = await input.keep()
    if (!kept.ok) return kept
    const begun = await run.journal.save()
    if (!begun.ok) return begun
    const carried = await carryOut(run, input)
    const { content } = run.journal
    if (carried.ok) content.state = 'applied'
    else asBefore(content, live.inventory?.content, plan, run)
    if (carried.ok && wanted.filled && wanted.part === undefined)
      content.generations = wanted.filled.generations
    const saved = await run.journal.save()
    const warnings = lost.aborted
      ? []
      : ((await input.remember?.(carried.ok && saved.ok, content, run.done)) ?? [])
    if (!carried.ok) return bad([...carried.problems, ...(saved.ok ? [] : saved.problems), ...warnings])
    return saved.ok ? good(undefined, [...carried.warnings, ...warnings]) : saved
  })
  const found = distinct(outcome.ok ? outcome.warnings : outcome.problems)
  return {
    plan,
    releases: Array.from(reports.values()),
    problems: found.filter((one) => one.severity === 'error'),
    warnings: found.filter((one) => one.severity === 'warning'),
    started,
    ended: system.clock.now(),
  }
}
