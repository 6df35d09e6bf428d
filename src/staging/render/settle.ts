import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { ResolvedRelease, SetOf } from '../../core/records.ts'
import type { DescribedTarget, ServedKind } from '../../core/target.ts'
import { crdsInDraft, crdsInFolder } from './crds-ahead.ts'
import { wholeVersion } from './read-release.ts'
import type { RenderSystem } from './read-release.ts'
import { remembered } from './remember.ts'
import { renderRelease } from './render-release.ts'
import type { ReleaseDocuments, RenderOne, Telling } from './render-release.ts'
import { saltingOf } from './salting.ts'
import type { Salting } from './salting.ts'
import type { ChartScan } from './scan/scan-chart.ts'
import { asks, diceOf, scanRelease } from './scan-release.ts'
import { dependenciesOf, lastRenderOf } from './surroundings.ts'
import { hearsTheSame, tellerOf } from './telling.ts'
import type { CrdsAhead, Heard, Outcomes, Teller } from './telling.ts'

/** All releases as objects, in the order in which they came in, and what had to be known for that. */
export interface Settled {
  documents: ReleaseDocuments[]
  /** The kinds that the CRDs of the set bring. */
  brought: ServedKind[]
  /** All that `.Capabilities.APIVersions.Has` is true for. */
  served: ReadonlySet<string>
  scanOf(release: ResolvedRelease): ChartScan
  /** What a release was told in the end. */
  tellingOf(release: ResolvedRelease): Telling
  salting: Salting
}

/** A chart that looks for the CRDs of another one that looks for those of a third: more rounds than that is a circle. */
const mostRounds = 8

const circle = (askers: ResolvedRelease[]): Problem =>
  problem({
    code: 'render/unsettled',
    what: `The set does not settle: what ${askers.map(({ name }) => name).join(', ')} render${askers.length > 1 ? '' : 's'} to changes with each render of what it asks for.`,
    where: askers.map((release) => ({ in: 'release', release: release.name, file: release.file })),
    why: 'A chart leaves out a CustomResourceDefinition or an object where it is told that it is there already.',
    fix: 'Find with `scout render --explain RELEASE` what the chart asks, and decide it by its values.',
  })

/** Scans one release after the other. `scanned` hears of each at once, so that helm is at work while the others are scanned. */
const scansOf = async (
  { releases }: SetOf<ResolvedRelease>,
  system: RenderSystem,
  scanned: (release: ResolvedRelease, scan: ChartScan) => void,
): Promise<(release: ResolvedRelease) => ChartScan> => {
  const scans = new Map<ResolvedRelease, ChartScan>()
  for (const release of releases) {
    const scan = await scanRelease(release, system)
    scans.set(release, scan)
    scanned(release, scan)
    // Files are read without waiting for events: now those of helm have their turn.
    await new Promise(setImmediate)
  }
  return (release) => scans.get(release)!
}

const aheadOf = async (
  releases: ResolvedRelease[],
  scanOf: (release: ResolvedRelease) => ChartScan,
  system: RenderSystem,
): Promise<CrdsAhead> => {
  const ahead: CrdsAhead = new Map()
  for (const release of releases) {
    const crds = await crdsInFolder(release, scanOf(release), system)
    if (crds !== undefined) ahead.set(release, crds)
  }
  return ahead
}

/** What releases that look back at their last render find. */
const lastRendersOf = async (
  releases: ResolvedRelease[],
  { files }: RenderSystem,
): Promise<Outcome<Map<ResolvedRelease, KubeObject[]>>> => {
  const looking = releases.filter(({ lookup }) => lookup === 'last-render')
  const found = all(await Promise.all(looking.map((release) => lastRenderOf(release, files))))
  return found.ok
    ? good(new Map(looking.map((release, index) => [release, found.value[index] ?? []])), found.warnings)
    : found
}

/** Those that are wanted, those that bring CRDs, which anybody may ask for, and all that these depend on. */
const neededOf = (
  { releases }: SetOf<ResolvedRelease>,
  wanted: Set<string>,
  scanOf: (release: ResolvedRelease) => ChartScan,
): ResolvedRelease[] => {
  const byName = new Map(releases.map((release) => [release.name, release]))
  const meant = releases.filter((release) => wanted.has(release.name) || scanOf(release).brings)
  const needed = new Set([...meant, ...meant.flatMap((release) => dependenciesOf(release, byName))])
  return releases.filter((release) => needed.has(release))
}

/**
 * Renders until what the charts were told is what the set brings: CRDs in templates, and objects of other releases that a chart looks up, are
 * known only after a render. Charts that ask nothing are rendered once, those first that others may ask for. Of those that ask, the CRDs in `crds/` folders are read; those that
 * bring CRDs by templates are told by list until the set's CRDs are known (a server refuses kinds that it does not know yet); then each in the cheapest way that gives the true
 * answers: helm's own list cannot be shortened, so many have to ask the stand-in. Only then is a failure a failure: a chart may refuse
 * to render before the CRDs of another one are known.
 */
export const settle = async (
  set: SetOf<ResolvedRelease>,
  wanted: Set<string>,
  target: DescribedTarget,
  system: RenderSystem,
  renderOne: RenderOne = renderRelease,
): Promise<Outcome<Settled>> => {
  const salting = saltingOf(set.releases.flatMap(({ siteValues }) => siteValues))
  const outcomes: Outcomes = new Map()
  const heard = new Map<ResolvedRelease, Heard>()
  const kubernetes = `v${wholeVersion(target.kubernetes)}`
  /** Helm is at work on what has changed before anything else is recalled, which takes all of this process. */
  const scanned = Promise.withResolvers<void>()
  const renderTold = async (release: ResolvedRelease, telling: Telling, scan: ChartScan): Promise<void> => {
    const outcome = await remembered(
      release,
      kubernetes,
      telling,
      system,
      () => renderOne(release, target, telling, diceOf(scan), { ...system, salting }),
      scanned.promise,
    )
    outcomes.set(release, outcome)
    heard.set(release, { telling, lookups: outcome.ok ? outcome.value.lookups : 'unknown' })
  }
  const quietly = new Map<ResolvedRelease, Promise<void>>()
  /** Renders a release that asks nothing: once, whatever becomes known of the set. */
  const renderQuiet = (release: ResolvedRelease, scan: ChartScan): Promise<void> => {
    const begun = quietly.get(release) ?? renderTold(release, { by: 'list', apiVersions: [] }, scan)
    quietly.set(release, begun)
    return begun
  }
  const scanOf = await scansOf(set, system, (release, scan) => {
    // Whoever waits for it hears of a failure.
    if (wanted.has(release.name) && !asks(scan)) renderQuiet(release, scan).catch(() => {})
  })
  scanned.resolve()
  const releases = neededOf(set, wanted, scanOf)
  const last = await lastRendersOf(releases, system)
  if (!last.ok) return last
  const askers = releases.filter((release) => asks(scanOf(release)))
  const byName = new Map(releases.map((release) => [release.name, release]))
  const lookedFor = new Set(askers.flatMap((release) => dependenciesOf(release, byName)))
  const quiet = releases.filter((release) => !asks(scanOf(release)))
  const ahead = await aheadOf(askers, scanOf, system)
  const teller = tellerOf(set, target, system.helm.version, scanOf, last.value, ahead)

  /** Renders these until they would hear the same again; those that never do so are told. */
  const settleSome = async (
    some: ResolvedRelease[],
    tellingFor: Teller['truly'],
  ): Promise<ResolvedRelease[]> => {
    for (let round = 0; ; round += 1) {
      const known = teller.know(outcomes)
      const stale = some
        .map((release) => ({ release, telling: tellingFor(release, known), before: heard.get(release) }))
        .filter(({ before, telling }) => before === undefined || !hearsTheSame(before, telling))
      if (stale.length === 0 || round === mostRounds) return stale.map(({ release }) => release)
      await Promise.all(stale.map(({ release, telling }) => renderTold(release, telling, scanOf(release))))
    }
  }

  const bringers = askers.filter((release) => scanOf(release).brings && !ahead.has(release))

  /** Finds the CRDs of these before they ask a server. */
  const draftSome = async (some: ResolvedRelease[]): Promise<void> => {
    const told = new Map<ResolvedRelease, string>()
    for (let round = 0; round < mostRounds; round += 1) {
      const known = teller.know(outcomes)
      const stale = some
        .map((release) => ({ release, telling: teller.byList(release, known) }))
        .filter(({ release, telling }) => told.get(release) !== String(telling.apiVersions))
      if (stale.length === 0) return
      await Promise.all(
        stale.map(async ({ release, telling }) => {
          told.set(release, String(telling.apiVersions))
          ahead.set(release, await crdsInDraft(release, target, telling, { ...system, salting }))
        }),
      )
    }
  }
  const asksServer = (release: ResolvedRelease): boolean =>
    teller.truly(release, teller.know(outcomes)).by === 'server'
  const renderThese = (some: ResolvedRelease[]): Promise<unknown> =>
    Promise.all(some.map((release) => renderQuiet(release, scanOf(release))))
  const unsettledIn = async (): Promise<ResolvedRelease[]> => {
    await renderThese(quiet.filter((release) => scanOf(release).brings || lookedFor.has(release)))
    const byServer = bringers.filter(asksServer)
    const unsettled = await settleSome(
      bringers.filter((release) => !byServer.includes(release)),
      teller.byList,
    )
    if (unsettled.length > 0) return unsettled
    await draftSome(byServer)
    return await settleSome(askers, teller.truly)
  }
  const [early] = await Promise.all([unsettledIn(), renderThese(quiet)])
  // What a chart brings that nobody saw in it is known only now.
  const unsettled = early.length > 0 ? early : await settleSome(askers, teller.truly)
  if (unsettled.length > 0) return bad([circle(unsettled)])
  const documents = all(releases.map((release) => outcomes.get(release)!))
  if (!documents.ok) return documents
  const { brought, served } = teller.know(outcomes)
  const tellingOf = (release: ResolvedRelease): Telling => heard.get(release)!.telling
  return good({ documents: documents.value, brought, served, scanOf, tellingOf, salting }, documents.warnings)
}
