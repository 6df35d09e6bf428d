import { fieldManagerOf, setIdOf } from '../../core/applyset.ts'
import type { Clock } from '../../core/effects/clock.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import { freshKindsOf } from '../../core/fresh-kinds.ts'
import type { Live } from '../../core/live.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { idOf, keyOf } from '../../core/object.ts'
import { changesNothing } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Tell } from '../../core/stepper.ts'
import { appliedObjects, releaseDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import type { HookOf } from './hook.ts'
import { openJournal } from './journal.ts'
import { underLock } from './lock.ts'
import { prune } from './prune.ts'
import { actAll, applyRelease } from './release.ts'
import { rediscover, unlessStopped } from './run.ts'
import type { Run } from './run.ts'
import { unionOf } from './union.ts'
import { waitReady } from './wait.ts'

/** How long a CRD is given to be Established. */
const crdSeconds = 60

export interface ToApply {
  plan: Plan
  wanted: Wanted
  live: Live
  /** Keeps the site values that the objects hold, so that they can be had again. */
  keep(): Promise<Outcome<void>>
  /** Who runs this, for the lock: different for any two runs. */
  holder: string
  /** `scout-apply/VERSION` */
  tooling: string
}

export interface ApplySystem {
  cluster: Cluster
  clock: Clock
  tell: Tell
  signal?: AbortSignal
}

/** Takes out of the inventory which releases are there that the bundle has no more. */
const forgetReleases = ({ journal, releaseDigests }: Run): void => {
  const { content } = journal
  content.releases = Object.fromEntries(
    Object.entries(content.releases).filter(([name]) => releaseDigests.has(name)),
  )
}

/** Namespaces, then CRDs until they are served, then wave by wave; at last what is no longer wanted goes. */
const carryOut = async (run: Run, { plan, wanted }: ToApply): Promise<Outcome<void>> => {
  const warnings: Problem[] = []
  const hooks = new Map(
    appliedObjects(wanted).flatMap((one) => (one.hook ? [[keyOf(one.id), one.hook] as const] : [])),
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
    const found = await rediscover(run)
    if (!found.ok) return found
  }

  for (const wave of plan.waves) {
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    const outcome = all(await Promise.all(wave.map((release) => applyRelease(run, release, hookOf))))
    const saved = await run.journal.save()
    if (!outcome.ok) return saved.ok ? outcome : bad([...outcome.problems, ...saved.problems])
    if (!saved.ok) return saved
  }

  // Before the first of their objects goes: a release that comes back is installed anew.
  forgetReleases(run)
  const noted = await run.journal.save()
  if (!noted.ok) return noted
  const pruned = await prune(run, plan.prune)
  if (!pruned.ok) return pruned
  warnings.push(...pruned.warnings)
  return good(undefined, warnings)
}

const startRun = (input: ToApply, system: ApplySystem, lost: AbortSignal): Run => {
  const { plan, wanted, live, tooling } = input
  const manager = fieldManagerOf(plan.set)
  const namespaces = namespacesOf(wanted)
  const changes = !changesNothing(plan)
  const content =
    live.inventory && !changes ? live.inventory.content : unionOf(plan, wanted, namespaces, live)
  return {
    cluster: system.cluster,
    clock: system.clock,
    tell: system.tell,
    signal: system.signal ? AbortSignal.any([system.signal, lost]) : lost,
    set: { name: plan.set, id: setIdOf(plan.set), manager },
    wanted: new Map([
      ...appliedObjects(wanted).map(({ id, object }) => [keyOf(id), object] as const),
      ...namespaces.map((object) => [keyOf(idOf(object)), object] as const),
    ]),
    filled: wanted.filled,
    live: new Map(live.members),
    releaseDigests: new Map(wanted.releases.map((one) => [one.name, releaseDigest(one, wanted.filled)])),
    discovery: live.discovery,
    journal: openJournal(
      system.cluster,
      live.discovery,
      { name: plan.set, manager, tooling },
      live.inventory,
      content,
    ),
    freshKinds: freshKindsOf(plan, wanted),
    mark: `${plan.bundle.digest}/${plan.generation}`,
  }
}

/**
 * Carries out a plan. Site values are kept before anything else is written. The inventory is written before the first change, with all
 * that was there and all that will be; as releases come up; and after pruning, exact. A plan that changes nothing writes nothing but the lock.
 * Stopped (signal) or failed, it leaves what the next run goes on from; the lock is given back either way.
 */
export const apply = async (input: ToApply, system: ApplySystem): Promise<Outcome<void>> =>
  await underLock(
    system,
    input.live.discovery,
    { set: input.plan.set, holder: input.holder },
    async (lost) => {
      const run = startRun(input, system, lost)
      const unmoved = await run.journal.confirm()
      if (!unmoved.ok) return unmoved
      const kept = await input.keep()
      if (!kept.ok) return kept
      const begun = await run.journal.save()
      if (!begun.ok) return begun
      const outcome = await carryOut(run, input)
      if (outcome.ok) run.journal.content.state = 'applied'
      const saved = await run.journal.save()
      if (!outcome.ok) return saved.ok ? outcome : bad([...outcome.problems, ...saved.problems])
      return saved.ok ? outcome : saved
    },
  )
