import type { Clock } from '../core/effects/clock.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import type { Live } from '../core/live.ts'
import type { Plan } from '../core/plan.ts'
import { good, unless } from '../core/problem.ts'
import type { SetStatus } from '../core/status.ts'
import { stepper } from '../core/stepper.ts'
import type { Tell } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { apply } from './apply/apply.ts'
import { observe } from './observe/observe.ts'
import { statusOfSet } from './observe/status.ts'
import { checkPlan } from './plan/check.ts'
import type { Consent } from './plan/consent.ts'
import { planApply } from './plan/plan.ts'

export interface ControlPlaneSystem {
  cluster: Cluster
  clock: Clock
  tell: Tell
  /** Aborting it (Ctrl-C) ends a run between two steps; the next run goes on from there. */
  signal?: AbortSignal
}

export interface ApplyOptions {
  consent: Consent
  /** Who runs this, for the lock: different for any two runs. */
  holder: string
  /** `scout-apply/VERSION` */
  tooling: string
}

const planned = async (
  wanted: Wanted,
  consent: Consent,
  { cluster, tell }: ControlPlaneSystem,
): Promise<{ live: Live; plan: Plan }> => {
  const step = stepper(tell)
  const live = await step('observe', () => observe(cluster, wanted.manifest.name, wanted))
  const plan = await step('plan', async () => planApply(wanted, live, consent))
  return { live, plan }
}

/**
 * What an apply of this bundle would do now; nothing is written. Each change is shown to the server in a dry run, and what the server
 * cannot judge yet is told as a warning. Throws Refused.
 */
export const planBundle = async (
  wanted: Wanted,
  { consent }: Pick<ApplyOptions, 'consent'>,
  system: ControlPlaneSystem,
): Promise<Plan> => {
  const { live, plan } = await planned(wanted, consent, system)
  const step = stepper(system.tell)
  return await step('check', async () => {
    const found = await checkPlan(plan, wanted, live, system.cluster)
    return unless(found, () => plan)
  })
}

/** Brings the cluster to what the bundle wants, and answers with the plan that was carried out. Throws Refused. */
export const applyBundle = async (
  wanted: Wanted,
  options: ApplyOptions,
  system: ControlPlaneSystem,
): Promise<Plan> => {
  const { live, plan } = await planned(wanted, options.consent, system)
  const step = stepper(system.tell)
  await step('apply', () => apply({ plan, wanted, live, ...options }, system))
  return plan
}

/** How a set is on the cluster: every object of its inventory, whether it is ready, and whether somebody has changed it. Throws Refused. */
export const statusOf = async (
  set: string,
  { cluster, tell }: Pick<ControlPlaneSystem, 'cluster' | 'tell'>,
): Promise<SetStatus> => {
  const step = stepper(tell)
  return await step('observe', async () => {
    const live = await observe(cluster, set, undefined)
    return live.ok ? good(statusOfSet(set, live.value)) : live
  })
}
