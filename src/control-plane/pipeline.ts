import type { Clock } from '../core/effects/clock.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import type { Maker } from '../core/effects/maker.ts'
import type { Sealer } from '../core/effects/sealer.ts'
import type { Live } from '../core/live.ts'
import type { Plan } from '../core/plan.ts'
import { good, unless } from '../core/problem.ts'
import { scrubOf } from '../core/site-values/scrub.ts'
import type { Scrub } from '../core/site-values/scrub.ts'
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
import { prepareSiteValues } from './site-values/prepare.ts'
import type { Prepared } from './site-values/prepare.ts'

export interface ControlPlaneSystem {
  cluster: Cluster
  clock: Clock
  maker: Maker
  /** Opens what travels sealed with the bundle; without it, that is a problem. */
  sealer?: Pick<Sealer, 'openSealed'>
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

interface Planned extends Prepared {
  live: Live
  plan: Plan
  /** Masks the bundle's site values in what servers say. */
  scrub: Scrub
}

const planned = async (wanted: Wanted, consent: Consent, system: ControlPlaneSystem): Promise<Planned> => {
  const step = stepper(system.tell)
  const live = await step('observe', () => observe(system.cluster, wanted.manifest.name, wanted))
  const prepared = await step('site values', () => prepareSiteValues(wanted, live, system))
  const plan = await step('plan', async () => planApply(prepared.wanted, live, consent))
  return { ...prepared, live, plan, scrub: scrubOf(prepared.secrets) }
}

/**
 * What an apply of this bundle would do now; nothing is written. Each change is shown to the server in a dry run, and what the server
 * cannot judge yet is told as a warning. Throws Refused.
 */
export const planBundle = async (
  bundle: Wanted,
  { consent }: Pick<ApplyOptions, 'consent'>,
  system: ControlPlaneSystem,
): Promise<Plan> => {
  const { wanted, live, plan, scrub } = await planned(bundle, consent, system)
  const step = stepper(system.tell)
  return await step('check', async () => {
    const found = await checkPlan(plan, wanted, live, system.cluster)
    return scrub.outcome(unless(found, () => plan))
  })
}

/** Brings the cluster to what the bundle wants, and answers with the plan that was carried out. Throws Refused. */
export const applyBundle = async (
  bundle: Wanted,
  options: ApplyOptions,
  system: ControlPlaneSystem,
): Promise<Plan> => {
  const { wanted, live, plan, keep, scrub } = await planned(bundle, options.consent, system)
  const step = stepper(system.tell)
  const tell: Tell = (told) => system.tell(scrub.told(told))
  await step('apply', async () =>
    scrub.outcome(await apply({ plan, wanted, live, keep, ...options }, { ...system, tell })),
  )
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
    if (!live.ok) return live
    const stored = Array.from(live.value.store?.content.values.values() ?? [])
    const scrub = scrubOf(stored.flatMap(({ parts }) => Object.values(parts)))
    const status = statusOfSet(set, live.value)
    const objects = status.objects.map((one) => ({ ...one, why: scrub.text(one.why) }))
    return good({ ...status, objects }, live.warnings)
  })
}
