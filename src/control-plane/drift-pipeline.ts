import { fieldManagerOf } from '../core/applyset.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import { driftOf } from '../core/drift.ts'
import type { NotLookedAt, ObjectDrift, SetDrift } from '../core/drift.ts'
import type { Inventory, Origin } from '../core/inventory.ts'
import type { JudgedChange } from '../core/judged.ts'
import type { Live } from '../core/live.ts'
import { keyOf } from '../core/object.ts'
import { withoutIgnored } from '../core/ownership/ignored.ts'
import { bad, good, problem, unless } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { purposeFor } from '../core/purpose.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import { scrubOf } from '../core/site-values/scrub.ts'
import type { Scrub } from '../core/site-values/scrub.ts'
import { stepper } from '../core/stepper.ts'
import type { Tell } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { apply } from './apply/apply.ts'
import { cameFrom } from './came-from.ts'
import { rememberer } from './lifecycle.ts'
import type { Keeping } from './lifecycle.ts'
import { observe } from './observe/observe.ts'
import type { ApplyOptions, ControlPlaneSystem } from './pipeline.ts'
import { limitedTo, planDrift } from './plan/drift.ts'
import type { DriftPlan } from './plan/drift.ts'
import { judge } from './plan/judge.ts'
import { concealing } from './plan/judge-conceal.ts'
import { limitTo } from './plan/part.ts'
import { prepareSiteValues } from './site-values/prepare.ts'
import type { Prepared } from './site-values/prepare.ts'

export interface ToCompare {
  /** The name of the set, where it is neither that of a given bundle nor the only one. */
  set: string | undefined
  /** Where bundles are that were applied; those that people give are in `given`. */
  keeping: Keeping
}

/** Releases that are from one bundle, and that bundle, verified. */
interface Applied {
  origin: Origin
  bundle: VerifiedBundle
  releases: string[]
}

interface Found {
  set: string
  there: Inventory
  applied: Applied[]
}

const nothingApplied = (set: string): Problem =>
  problem({
    code: 'drift/nothing-applied',
    fault: 'usage',
    what: `There is no inventory of ${set} on this cluster, so it is not known what was applied.`,
    fix: `Check the name of the set: scout-apply history. If its inventory was lost: scout-apply repair --set ${set}.`,
  })

const otherBundle = (set: string, { manifest }: VerifiedBundle, origins: Origin[]): Outcome<never> =>
  bad([
    problem({
      code: 'drift/other-bundle',
      fault: 'usage',
      what: `Bundle ${manifest.version} of ${set} is not what was applied last: that is ${origins.map((one) => one.version).join(', ')}.`,
      fix: 'Leave the bundle out, or name the one that was applied. What this one would change: scout-apply BUNDLE --dry-run.',
    }),
  ])

/** Adopted from Helm, or repaired without a history: nobody knows what was applied. */
const unknownBundle = (names: string[], isSome: boolean): Problem =>
  problem({
    code: 'drift/unknown-bundle',
    severity: isSome ? 'warning' : 'error',
    what: `It is not known which bundle ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} from.`,
    why: 'Without it nothing can be said of drift.',
    fix: 'Apply the bundle: scout-apply BUNDLE; its plan (--dry-run) shows what is not as it wants.',
  })

/** Of bundles that are not kept people may have the file. */
const withFile = (found: Problem): Problem =>
  found.code.startsWith('history/')
    ? { ...found, fix: 'Name the file of that bundle: scout-apply drift FILE.' }
    : found

/** The bundles that what is there came from: each verified, and the one that was applied. */
const findApplied = async (
  { set: named, keeping }: ToCompare,
  { cluster, tell }: Pick<ControlPlaneSystem, 'cluster' | 'tell'>,
): Promise<Found> =>
  await stepper(tell)('read the history', async () => {
    const reply = await cluster.discover()
    if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
    const set = named ?? keeping.given?.[0]?.manifest.name
    const found = await cameFrom(
      { set, keeping, unfinished: 'releases', nothing: nothingApplied },
      { cluster, discovery: reply.value },
    )
    if (!found.ok) return found
    const { there, origins: parts, unknown, read } = found.value
    const origins = parts.map(({ origin }) => origin)
    const stranger = keeping.given?.find(({ digest }) => origins.every(({ bundle }) => bundle !== digest))
    if (stranger && origins.length > 0) return otherBundle(found.value.set, stranger, origins)
    const applied: Applied[] = []
    const problems: Problem[] = unknown.length === 0 ? [] : [unknownBundle(unknown, origins.length > 0)]
    for (const { origin, releases } of parts) {
      const bundle = await read(origin)
      if (!bundle.ok) {
        problems.push(...bundle.problems.map(withFile))
        continue
      }
      // One that is being removed is in no bundle any more.
      const own = releases.filter((name) => bundle.value.releases.some((one) => one.name === name))
      if (own.length > 0) applied.push({ origin, releases: own, bundle: bundle.value })
    }
    return unless(problems, () => ({ set: found.value.set, there, applied }))
  })

/** What was found of the releases of one bundle. */
interface Part {
  applied: Applied
  prepared: Prepared
  wanted: Wanted
  live: Live
  planned: DriftPlan
  objects: ObjectDrift[]
  notLookedAt: NotLookedAt[]
  scrub: Scrub
}

const unfinishedRelease = (names: string[]): Problem[] =>
  names.length === 0
    ? []
    : [
        problem({
          code: 'drift/unfinished',
          severity: 'warning',
          fault: 'world',
          what: `${names.join(', ')}: not there in full as the bundle has it, or its site values were changed since it was applied.`,
          why: 'Of what was not applied it cannot be said that it has drifted; nothing of it is put back.',
          fix: 'Apply the bundle: scout-apply BUNDLE.',
        }),
      ]

/** Compares the releases of one bundle with what is live: by the plan that would put them back, and the server's verdict on each step of it. */
const compare = async (set: string, applied: Applied, system: ControlPlaneSystem): Promise<Part> => {
  const step = stepper(system.tell)
  const { bundle, releases } = applied
  const whole: Wanted = withoutIgnored(bundle)
  const live = await step('observe', () => observe(system.cluster, set, whole))
  const prepared = await step('site values', () => prepareSiteValues(whole, live, system))
  const limited = await step('limit', async () => limitTo(prepared.wanted, releases))
  const wanted = { ...limited, purpose: purposeFor('correct', releases, bundle.digest) }
  const stored = Array.from(live.store?.content.values.values() ?? []).flatMap(({ parts }) =>
    Object.values(parts),
  )
  const scrub = scrubOf([...prepared.secrets, ...stored])
  const conceals = concealing(scrub, live, wanted.filled)
  const manager = fieldManagerOf(set)
  return await step('compare', async () => {
    const planned = planDrift(wanted, live)
    const { changes, problems } = await judge(
      { plan: planned.plan, wanted, live, conceals, scope: 'all', takesBack: true },
      { cluster: system.cluster },
    )
    const refused = new Map(
      problems.flatMap((one) =>
        one.where.flatMap((place) =>
          place.in === 'object' ? [[keyOf(place.object), one.what] as const] : [],
        ),
      ),
    )
    const scrubbed = (one: JudgedChange): JudgedChange =>
      'why' in one ? { ...one, why: scrub.text(refused.get(keyOf(one.id)) ?? one.why) } : one
    const judged = changes.map(scrubbed).flatMap((change) => {
      const key = keyOf(change.id)
      const uid = live.inventory?.content.entries.get(key)?.uid ?? ''
      const there = live.members.get(key) ?? live.others.get(key)
      return driftOf(change, { uid }, there, manager) ?? []
    })
    const unfinished = new Set(planned.unfinished)
    const whyLeft = ({ id, release }: ObjectDrift): string | undefined =>
      unfinished.has(release) ? 'its release is not there in full; apply the bundle' : refused.get(keyOf(id))
    const left = (one: ObjectDrift): ObjectDrift => {
      const because = one.correction === 'puts back' ? whyLeft(one) : undefined
      return because === undefined ? one : { ...one, correction: 'leaves', because: scrub.text(because) }
    }
    return good(
      {
        applied,
        prepared,
        wanted,
        live,
        planned,
        scrub,
        objects: [...planned.taken, ...judged.flatMap((one) => ('drift' in one ? [one.drift] : []))].map(
          left,
        ),
        notLookedAt: [
          ...planned.notLookedAt,
          ...judged.flatMap((one) => ('notLookedAt' in one ? [one.notLookedAt] : [])),
        ],
      },
      unfinishedRelease(planned.unfinished),
    )
  })
}

const place = ({ id, release }: { id: NotLookedAt['id']; release: string }): string =>
  `${release}\n${keyOf(id)}`

/** All parts as one: what two bundles both speak of (a Namespace) is told once. */
const together = ({ set, applied }: Found, parts: Part[]): SetDrift => {
  const once = <T extends NotLookedAt | ObjectDrift>(all: T[]): T[] =>
    Array.from(new Map(all.toReversed().map((one) => [keyOf(one.id), one])).values()).sort((a, b) =>
      place(a) < place(b) ? -1 : 1,
    )
  const compared = new Set(parts.flatMap(({ planned }) => planned.compared))
  return {
    set,
    bundles: applied.map(({ origin, releases }) => ({ ...origin, releases })),
    compared: compared.size,
    objects: once(parts.flatMap(({ objects }) => objects)),
    notLookedAt: once(parts.flatMap(({ notLookedAt }) => notLookedAt)).filter(
      ({ id }) => !compared.has(keyOf(id)),
    ),
    corrected: false,
  }
}

const inOrder = async <T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** What of a set is not as it was applied, release by release from the bundle that each came from. Nothing is written. Throws Refused. */
export const driftOfSet = async (input: ToCompare, system: ControlPlaneSystem): Promise<SetDrift> => {
  const found = await findApplied(input, system)
  return together(found, await inOrder(found.applied, (one) => compare(found.set, one, system)))
}

/** By key: what is sent to put a part back, and what a correction that was cut short has made of it. */
const toPutBack = ({ objects, notLookedAt, planned }: Part): Set<string> => {
  const left = [...objects.filter((one) => one.correction === 'leaves'), ...notLookedAt]
  const back = objects.filter((one) => one.correction === 'puts back').map(({ id }) => keyOf(id))
  return new Set([...back, ...(planned.begun ?? [])]).difference(new Set(left.map(({ id }) => keyOf(id))))
}

/** Whether a correction of a part was cut short, so that the inventory does not know how far it came. */
const isCutShort = ({ planned }: Part): boolean => planned.begun !== undefined

/** Puts back what can be of one part: by an apply of just that, remembered and recorded like any other. */
const putBack = async (
  { applied, prepared, wanted, live, planned, scrub }: Part,
  keys: ReadonlySet<string>,
  { keeping, openRecord }: ToCorrect,
  system: ControlPlaneSystem,
): Promise<void> => {
  const { holder, tooling, begun, record } = await openRecord(applied.bundle)
  const plan = limitedTo(planned.plan, keys)
  const tell: Tell = (told) => system.tell(scrub.told(told))
  const memory = rememberer({ wanted, live, plan }, { keeping, purpose: { did: 'correct' }, holder }, system)
  await stepper(system.tell)('put back', async () => {
    const report = scrub.report(
      await apply(
        {
          plan,
          wanted,
          live,
          keep: async () => {
            // Not before the lock is held: a run that is refused for it has not begun.
            await begun?.(plan, 'correct')
            return await prepared.keep()
          },
          remember: memory.remember,
          takesBack: true,
          holder,
          tooling,
        },
        { ...system, tell },
      ),
    )
    await record?.(report, 'correct')
    return unless([...report.problems, ...report.warnings], () => undefined)
  })
}

/** Refuses in the middle of a run that was cut short, unless that was a correction: the same command takes it up. */
const cutShort = ({ set, there }: Found, parts: Part[]): Problem[] =>
  there.state === 'applied' || parts.some(isCutShort)
    ? []
    : [
        problem({
          code: 'drift/cut-short',
          what: `The last run of ${set} did not come to its end.`,
          where: [{ in: 'bundle', bundle: set }],
          why: 'To put back what it was about to change would be a second run in the middle of the first.',
          fix: `Take it up first: scout-apply resume --set ${set}; or apply the bundle.`,
        }),
      ]

export interface ToCorrect extends ToCompare {
  /** Opens the records of one run; called for each bundle of which something is put back. */
  openRecord(
    bundle: VerifiedBundle,
  ): Promise<Pick<ApplyOptions, 'holder' | 'tooling'> & Pick<ControlPlaneSystem, 'begun' | 'record'>>
}

/**
 * Puts back what has drifted, and nothing else: no hook is run and nothing is pruned. Fields are taken back from whoever set them since, but not from
 * those whose they are (autoscalers, injectors, what a release leaves to others). Answers with the drift that was found. Throws Refused.
 */
export const correctSet = async (input: ToCorrect, system: ControlPlaneSystem): Promise<SetDrift> => {
  const found = await findApplied(input, system)
  const parts = await inOrder(found.applied, (one) => compare(found.set, one, system))
  const drift = together(found, parts)
  const isMeant = (part: Part): boolean => toPutBack(part).size > 0 || isCutShort(part)
  if (!parts.some(isMeant)) return drift
  await stepper(system.tell)('check', async () => unless(cutShort(found, parts), () => undefined))
  const done = new Set<string>()
  let isMoved = false
  // What was cut short comes first: a run for another part would make it look as if it had come to its end.
  const order = parts.toSorted((a, b) => Number(isCutShort(b)) - Number(isCutShort(a)))
  for (const known of order) {
    // What was put back of another bundle has moved the inventory on since.
    const part = isMoved ? await compare(found.set, known.applied, system) : known
    const keys = toPutBack(part).difference(done)
    if (keys.size === 0 && !isCutShort(part)) continue
    await putBack(part, keys, input, system)
    isMoved = true
    for (const key of keys) done.add(key)
  }
  return { ...drift, corrected: true }
}
