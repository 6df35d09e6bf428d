import type { AuditState } from '../core/audit-check.ts'
import type { AuditEntry } from '../core/audit.ts'
import type { Clock } from '../core/effects/clock.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import type { Maker } from '../core/effects/maker.ts'
import type { Sealer } from '../core/effects/sealer.ts'
import type { Revision } from '../core/history.ts'
import type { Live } from '../core/live.ts'
import type { JudgedChange, JudgedPlan } from '../core/judged.ts'
import { changesNothing } from '../core/plan.ts'
import type { Plan } from '../core/plan.ts'
import type { LockState } from '../core/lock.ts'
import { bad, good, together, unless } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import { ofOtherHelmReleases } from '../core/ownership/helm-release.ts'
import { withoutIgnored } from '../core/ownership/ignored.ts'
import type { KubeObject } from '../core/object.ts'
import type { RunReport } from '../core/run-report.ts'
import { scrubOf } from '../core/site-values/scrub.ts'
import type { Scrub } from '../core/site-values/scrub.ts'
import { lastRunOf } from '../core/status.ts'
import type { SetStatus } from '../core/status.ts'
import type { AuditFile } from '../core/effects/record-files.ts'
import { readAudit } from './record/audit.ts'
import { readAndCheckAudit } from './record/read.ts'
import { purposeFor } from '../core/purpose.ts'
import { stepper } from '../core/stepper.ts'
import type { Tell } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { rolesFor } from './access/roles.ts'
import type { Subject } from './access/roles.ts'
import { apply } from './apply/apply.ts'
import { unlock } from './apply/unlock.ts'
import { identityOf } from './identify/identify.ts'
import { observe, observeAccess } from './observe/observe.ts'
import { explain } from './observe/explain.ts'
import { statusOfSet } from './observe/status.ts'
import type { ReleaseRules } from './observe/status.ts'
import { unlessApproved } from './plan/approve.ts'
import type { ApprovedPlan } from './plan/approve.ts'
import { checkVersion } from './plan/check-version.ts'
import type { Consent } from './plan/consent.ts'
import { judge } from './plan/judge.ts'
import type { Judgement } from './plan/judge.ts'
import type { ToJudge } from './plan/judging.ts'
import { concealing } from './plan/judge-conceal.ts'
import { target } from './plan/judged-plan.ts'
import { planApply } from './plan/plan.ts'
import { unlessResumable } from './plan/resumable.ts'
import { notesOf, lackingVersions } from './history/notes.ts'
import { findSet } from './history/sets.ts'
import { findGoing, rememberer } from './lifecycle.ts'
import type { Keeping } from './lifecycle.ts'
import { goingFrom } from './plan/going.ts'
import { limitTo } from './plan/part.ts'
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
  /** Is told that a run begins that changes something. */
  begun?(plan: Plan, does: AuditEntry['does']): Promise<void>
  /** Is told what a run did and what it did not, whether it failed or not. */
  record?(report: RunReport, does: AuditEntry['does']): Promise<void>
}

export interface ApplyOptions {
  consent: Consent
  /** Who runs this, for the lock: different for any two runs. */
  holder: string
  /** `scout-apply/VERSION` */
  tooling: string
  /** After a release has failed, go on with those that don't depend on it. */
  keepGoing?: boolean
  /** Only where a run of this bundle was cut short. */
  resume?: boolean
  /** How large a Secret of the inventory may become, in bytes of base64; what a Secret may hold, where it is left out. */
  largestPart?: number
  /** The plan that people have agreed to: another one is not carried out. */
  approved?: ApprovedPlan
  /** The releases that it is limited to. */
  only?: string[]
  /** How bundles and runs are remembered; without it nothing is, and nothing that is remembered is used. */
  keeping?: Keeping
  /** The bundle is an older one, and people want to go back to it. */
  rollback?: Rollback
  /** What people want is a removal; `hooks`: with the hooks of what is removed. */
  removal?: { hooks: boolean }
}

/** What a rollback goes back to: the revision, where it is one that is remembered. */
export interface Rollback {
  target: Revision | undefined
  /** All that are remembered. */
  revisions: Revision[]
}

type PlanOptions = Pick<
  ApplyOptions,
  'consent' | 'resume' | 'approved' | 'only' | 'keeping' | 'rollback' | 'removal'
>

interface Planned extends Prepared {
  live: Live
  plan: Plan
  /** The server's version. */
  server: string
  /** Masks the site values that are in use, and those that were, in what servers say. */
  scrub: Scrub
}

const planned = async (
  bundle: Wanted,
  { consent, resume = false, only = [], keeping, rollback, removal }: PlanOptions,
  system: ControlPlaneSystem,
): Promise<Planned> => {
  const step = stepper(system.tell)
  const back = { rollback: true, purpose: purposeFor('rollback', [], bundle.digest) }
  const whole = { ...withoutIgnored(bundle), ...(rollback && back) }
  const wanted = only.length === 0 ? whole : await step('limit', async () => limitTo(whole, only))
  const live = await step('observe', () => observe(system.cluster, wanted.manifest.name, wanted))
  if (resume) await step('resume', async () => unlessResumable(live.inventory?.content, wanted))
  const prepared = await step('site values', () => prepareSiteValues(whole, live, system))
  const { going, secrets } =
    keeping && goingFrom(live.inventory?.content, wanted).length > 0
      ? await step('read the history', () =>
          findGoing(
            wanted,
            live,
            { keeping, strict: removal !== undefined, hooks: removal?.hooks ?? true },
            system,
          ),
        )
      : { going: [], secrets: [] }
  const limited = limitTo(prepared.wanted, only)
  const ready: Wanted = {
    ...(limited.ok ? limited.value : prepared.wanted),
    ...(going.length > 0 && { going }),
  }
  const [plan, server] = await step('plan', async () => {
    const version = await system.cluster.version()
    if (!version.ok) return bad([problemOfRefusal(version.refusal)])
    const skew = checkVersion(wanted.manifest.kubernetes, version.value, consent.versionSkew ?? false)
    const theirs = unless(ofOtherHelmReleases(wanted, live), () => undefined)
    const made = theirs.ok ? planApply(ready, live, consent) : theirs
    return together<[Plan, string, void]>(
      made,
      unless(skew, () => version.value),
      unless(rollback ? lackingVersions(ready, live) : [], () => undefined),
    )
  })
  const notes = rollback ? notesOf(plan, live, rollback.revisions, rollback.target) : plan.notes
  const stored = Array.from(live.store?.content.values.values() ?? []).flatMap(({ parts }) =>
    Object.values(parts),
  )
  const scrub = scrubOf([...prepared.secrets, ...secrets, ...stored])
  return { ...prepared, wanted: ready, live, plan: { ...plan, notes }, server, scrub }
}

const judgedBy = async (
  { plan, wanted, live, scrub }: Planned,
  scope: ToJudge['scope'],
  { cluster }: Pick<ControlPlaneSystem, 'cluster'>,
): Promise<Judgement> => {
  const conceals = concealing(scrub, live, wanted.filled)
  const scrubbed = (one: JudgedChange): JudgedChange =>
    'why' in one ? { ...one, why: scrub.text(one.why) } : one
  const { changes, problems } = await judge({ plan, wanted, live, conceals, scope }, { cluster })
  return { changes: changes.map(scrubbed), problems: problems.map(scrub.problem) }
}

/**
 * The plan as the server sees it, whole. What the server refuses ends it; a conflict is part of the plan, and a problem of this severity.
 */
const judgedPlan = async (
  found: Planned,
  conflicts: Problem['severity'],
  system: ControlPlaneSystem,
): Promise<JudgedPlan> => {
  const step = stepper(system.tell)
  return await step('check', async () => {
    const id = await identityOf(system.cluster)
    if (!id.ok) return id
    const { changes, problems } = await judgedBy(found, 'all', system)
    const told = problems.map((one) =>
      one.code === 'apply/conflict' ? { ...one, severity: conflicts } : one,
    )
    return unless(told, () => ({
      ...found.plan,
      ...target({ ...found, clusterId: id.value }),
      changes,
    }))
  })
}

/**
 * What an apply of this bundle would do now; nothing is written. Each change is shown to the server in a dry run, and what the server
 * cannot judge yet is told as a warning. Throws Refused.
 */
export const planBundle = async (
  bundle: Wanted,
  options: PlanOptions,
  system: ControlPlaneSystem,
): Promise<JudgedPlan> => {
  const { approved } = options
  const plan = await judgedPlan(await planned(bundle, options, system), 'warning', system)
  if (approved) await stepper(system.tell)('approve', async () => unlessApproved(approved, plan))
  return plan
}

/**
 * Brings the cluster to what the bundle wants, and answers with the plan that was carried out. Throws Refused; where something was done before, `record`
 * is told what.
 */
export const applyBundle = async (
  bundle: Wanted,
  options: ApplyOptions,
  system: ControlPlaneSystem,
): Promise<Plan> => {
  const found = await planned(bundle, options, system)
  const { wanted, live, plan, scrub } = found
  const { approved, keeping, holder, rollback, removal } = options
  const step = stepper(system.tell)
  if (approved) {
    const now = await judgedPlan(found, 'error', system)
    await step('approve', async () => unlessApproved(approved, now))
  } else if (!changesNothing(plan))
    await step('check', async () =>
      unless((await judgedBy(found, 'refusals', system)).problems, () => undefined),
    )
  const tell: Tell = (told) => system.tell(scrub.told(told))
  const did = rollback ? 'rollback' : removal ? 'remove' : 'apply'
  const to = rollback?.target && { to: rollback.target.revision }
  const memory = keeping && rememberer(found, { keeping, purpose: { did, ...to }, holder }, system)
  const keep = async (): Promise<Outcome<void>> => {
    // Not before the lock is held: a run that is refused for it has not begun.
    if (!changesNothing(plan)) await system.begun?.(plan, did)
    const kept = await found.keep()
    const told = kept.ok ? ((await memory?.keepBundle()) ?? []) : []
    for (const one of told) tell({ tell: 'warning', problem: one })
    return kept
  }
  const remember = memory && { remember: memory.remember }
  await step('apply', async () => {
    const report = scrub.report(
      await apply({ plan, wanted, live, keep, ...remember, ...options }, { ...system, tell }),
    )
    await system.record?.(report, did)
    return unless([...report.problems, ...report.warnings], () => undefined)
  })
  return plan
}

/** How a set is on the cluster: every object of its inventory, whether it is ready, and whether somebody has changed it. Throws Refused. */
export const statusOf = async (
  set: string,
  { cluster, tell }: Pick<ControlPlaneSystem, 'cluster' | 'tell'>,
  releases: ReleaseRules[] = [],
): Promise<SetStatus> => {
  const step = stepper(tell)
  return await step('observe', async () => {
    const live = await observe(cluster, set, undefined)
    if (!live.ok) return live
    const stored = Array.from(live.value.store?.content.values.values() ?? [])
    const scrub = scrubOf(stored.flatMap(({ parts }) => Object.values(parts)))
    const status = await explain(statusOfSet(set, live.value, releases), live.value, {
      cluster,
      tell: (told) => tell(scrub.told(told)),
    })
    const audit = status.applied && (await readAudit(cluster, set))
    const last = audit?.ok ? audit.value.records.at(-1) : undefined
    const objects = status.objects.map((one) => ({
      ...one,
      why: scrub.text(one.why),
      events: one.events.map((event) => ({ ...event, message: scrub.text(event.message) })),
    }))
    return good({ ...status, objects, lastRun: last ? lastRunOf(last) : null }, live.warnings)
  })
}

/** The audit records of a set, and what is wrong with them. Throws Refused. */
export const auditOf = async (
  named: string | undefined,
  {
    cluster,
    auditFile,
    tell,
  }: Pick<ControlPlaneSystem, 'cluster' | 'tell'> & { auditFile?: Pick<AuditFile, 'name' | 'read'> },
): Promise<AuditState> =>
  await stepper(tell)('read the audit records', async () => {
    const discovery = await cluster.discover()
    if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
    const set = await findSet(cluster, discovery.value, named)
    return set.ok ? await readAndCheckAudit(set.value, { cluster, ...(auditFile && { auditFile }) }) : set
  })

/** Frees the lock of a set (the one that is named, else the only one) where the run that took it is surely dead, or with `force`; tells who held it. Throws Refused. */
export const unlockSet = async (
  { set: named, force }: { set: string | undefined; force: boolean },
  system: Pick<ControlPlaneSystem, 'cluster' | 'clock' | 'tell' | 'signal'>,
): Promise<LockState> => {
  const step = stepper(system.tell)
  return await step('unlock', async () => {
    const discovery = await system.cluster.discover()
    if (!discovery.ok) return bad([problemOfRefusal(discovery.refusal)])
    const set = await findSet(system.cluster, discovery.value, named)
    return set.ok ? await unlock(system, discovery.value, { set: set.value, force }) : set
  })
}

/** The roles with which a bundle can be applied, followed and undone. Throws Refused. */
export const rolesOfBundle = async (
  bundle: Wanted,
  subject: Subject,
  { cluster, tell }: Pick<ControlPlaneSystem, 'cluster' | 'tell'>,
): Promise<KubeObject[]> => {
  const step = stepper(tell)
  const { discovery, inventory } = await step('observe', () => observeAccess(cluster, bundle.manifest.name))
  return rolesFor(bundle, discovery, inventory?.content, subject)
}
