import type { VerifiedBundle } from '../core/bundle/verified.ts'
import type { Cluster, Discovery } from '../core/effects/cluster.ts'
import type { Shelf } from '../core/effects/shelf.ts'
import type { Revision } from '../core/history.ts'
import type { Inventory, Origin } from '../core/inventory.ts'
import type { Live } from '../core/live.ts'
import { keyOf, nameOf } from '../core/object.ts'
import { originOf } from '../core/origin.ts'
import { changesNothing } from '../core/plan.ts'
import type { Plan } from '../core/plan.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { appliedObjects, objectsOf } from '../core/wanted.ts'
import type { GoingRelease, Wanted, WantedObject } from '../core/wanted.ts'
import { keepBundle } from './history/keep.ts'
import type { Limits } from './history/keep.ts'
import { loadBundle } from './history/load.ts'
import { recordRevisions } from './history/record.ts'
import { cutOffRun, revisionOf } from './history/revision.ts'
import type { Purpose } from './history/revision.ts'
import type { ControlPlaneSystem } from './pipeline.ts'
import { goingFrom } from './plan/going.ts'
import { fillHooks } from './site-values/fill-hooks.ts'

/** How bundles are kept and believed again. */
export interface Keeping {
  limits: Limits
  /** Where those lie that are too large for the cluster. */
  shelf?: Shelf
  /** The file of the bundle that comes; left out where it is not to be kept. */
  bytes?: Uint8Array
  /** Bundles that people have brought along, verified. */
  given?: VerifiedBundle[]
  /** Verifies what was kept, as any bundle; `name` is how messages call it. */
  reverify(bytes: Uint8Array, name: string): Outcome<VerifiedBundle>
}

export type ReadBundle = (origin: Pick<Origin, 'bundle' | 'version'>) => Promise<Outcome<VerifiedBundle>>

const otherBundle = (set: string, version: string, found: VerifiedBundle): Outcome<never> =>
  bad([
    problem({
      code: 'history/other-bundle',
      fault: 'world',
      what: `What is kept as bundle ${version} of ${set} is bundle ${found.manifest.version} of ${found.manifest.name}.`,
      where: [{ in: 'bundle', bundle: set }],
      why: 'It is signed, and it is not the one that was applied: somebody has put it in its place.',
      fix: 'Name the file of the bundle that is meant with --bundle FILE.',
    }),
  ])

/** Reads bundles that were applied before, each verified anew, and seen to be the one that is asked for; each is read once. */
export const bundleReader = (
  set: string,
  keeping: Keeping,
  { cluster, discovery }: { cluster: Cluster; discovery: Discovery },
): ReadBundle => {
  const read = async ({
    bundle,
    version,
  }: Pick<Origin, 'bundle' | 'version'>): Promise<Outcome<VerifiedBundle>> => {
    const given = keeping.given?.find((one) => one.digest === bundle)
    if (given) return good(given)
    const { shelf } = keeping
    const bytes = await loadBundle({ set, bundle, version }, { cluster, discovery, shelf })
    if (!bytes.ok) return bytes
    const verified = keeping.reverify(bytes.value, `bundle ${version} of the history`)
    if (!verified.ok) return verified
    const isMeant = verified.value.digest === bundle && verified.value.manifest.name === set
    return isMeant ? verified : otherBundle(set, version, verified.value)
  }
  const begun = new Map<string, Promise<Outcome<VerifiedBundle>>>()
  return async (origin) => {
    const found = begun.get(origin.bundle) ?? read(origin)
    begun.set(origin.bundle, found)
    return await found
  }
}

const withoutHooks = (
  name: string,
  version: string,
  found: Problem[],
  hooks: WantedObject[] = [],
): Problem => {
  const named = hooks.length === 0 ? '' : ` (${hooks.map(({ id }) => nameOf(id)).join(', ')})`
  return problem({
    code: 'history/no-delete-hooks',
    severity: 'warning',
    fault: 'world',
    what: `Release ${name} is removed, and the hooks that it may have for that${named} cannot run: ${found.map((one) => one.what).join(' ')}`,
    where: [{ in: 'release', release: name }],
    fix: `Do what they would have done by hand; or remove ${name} first: scout-apply remove ${name} --bundle FILE, with the file of bundle ${version}.`,
  })
}

const runsAtRemoval = ({ hook }: WantedObject): boolean =>
  hook?.events.some((event) => event === 'pre-delete' || event === 'post-delete') ?? false

/** What is found of the releases that go. `secrets`: site values that stand in their hooks. */
export interface Going {
  going: GoingRelease[]
  secrets: string[]
}

/**
 * What is to be known of the releases that a plan will remove, from the bundles that they came from, verified anew: their waves, and (unless `hooks` says that
 * none are run) their hooks with site values in place. Where a bundle is not to be had, that is a problem if people have asked for the removal
 * (`strict`), else a warning.
 */
export const findGoing = async (
  wanted: Wanted,
  live: Live,
  { keeping, strict, hooks: areRun }: { keeping: Keeping; strict: boolean; hooks: boolean },
  system: ControlPlaneSystem,
): Promise<Outcome<Going>> => {
  const there = live.inventory?.content
  const names = goingFrom(there, wanted)
  if (there === undefined || names.length === 0) return good({ going: [], secrets: [] })
  const readBundle = bundleReader(wanted.manifest.name, keeping, {
    cluster: system.cluster,
    discovery: live.discovery,
  })
  const taken = new Set(appliedObjects(wanted).map(({ id }) => keyOf(id)))
  const found: Going = { going: [], secrets: [] }
  const problems: Problem[] = []
  for (const name of names) {
    const origin = originOf(there, name)
    if (origin === undefined) continue
    const bundle = await readBundle(origin)
    const release = bundle.ok ? bundle.value.releases.find((one) => one.name === name) : undefined
    const tell = (why: Problem[], hooks?: WantedObject[]): void => {
      if (!areRun) return
      if (strict) problems.push(...why)
      else problems.push(withoutHooks(name, origin.version, why, hooks))
    }
    if (!bundle.ok) tell(bundle.problems)
    if (!bundle.ok || release === undefined) continue
    const isMeant = (one: WantedObject): boolean => areRun && runsAtRemoval(one) && !taken.has(keyOf(one.id))
    const hooks = objectsOf(release).filter(isMeant)
    const filled = await fillHooks(bundle.value, hooks, live, system)
    if (!filled.ok) tell(filled.problems, hooks)
    found.going.push({
      name,
      wave: bundle.value.manifest.waves.findIndex((wave) => wave.includes(name)),
      timeoutSeconds: release.timeoutSeconds,
      hooks: filled.ok ? filled.value.hooks : [],
    })
    if (filled.ok) found.secrets.push(...filled.value.secrets)
  }
  const errors = problems.filter((one) => one.severity === 'error')
  const [first, ...more] = errors
  return first ? bad([first, ...more]) : good(found, problems)
}

interface Planned {
  wanted: Wanted
  live: Live
  plan: Plan
}

/** What is written besides, under the lock: the bundle's file before the first change, and what became of the run at its end. */
export const rememberer = (
  { wanted, live, plan }: Planned,
  { keeping, purpose, holder }: { keeping: Keeping; purpose: Purpose; holder: string },
  { cluster, clock }: Pick<ControlPlaneSystem, 'cluster' | 'clock'>,
): {
  keepBundle(): Promise<Problem[]>
  remember(ok: boolean, content: Inventory, done: Revision['changes']): Promise<Problem[]>
} => {
  const set = plan.set
  const { discovery } = live
  const nothing = changesNothing(plan)
  return {
    keepBundle: async () =>
      nothing || keeping.bytes === undefined
        ? []
        : await keepBundle(
            { set, revision: plan.generation, bundle: wanted.digest, bytes: keeping.bytes },
            keeping.limits,
            { cluster, discovery, shelf: keeping.shelf },
          ),
    remember: async (ok, content, done) => {
      if (nothing) return []
      const run = { ok, by: holder, now: clock.now(), done }
      const there = live.inventory?.content
      const found = (known: Revision[]): Revision[] => {
        const before =
          there && there.generation !== plan.generation
            ? cutOffRun(there, known, live.store, run.now)
            : undefined
        const earlier = known.find(({ revision }) => revision === plan.generation)
        return [...(before ? [before] : []), revisionOf(plan, purpose, content, live.store, run, earlier)]
      }
      return await recordRevisions(set, found, content, keeping.limits, { cluster, discovery })
    },
  }
}
