import { canonicalJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { idOf, isCrd, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { ResolvedRelease, SetOf } from '../../core/records.ts'
import type { Lookup } from '../../core/stand-in/answer.ts'
import { withCrds } from '../../core/stand-in/crds.ts'
import { kindsOfCrd } from '../../core/target.ts'
import type { DescribedTarget, ServedKind } from '../../core/target.ts'
import { wholeVersion } from './read-release.ts'
import type { RenderSystem } from './read-release.ts'
import { answersTo, remembered } from './remember.ts'
import { renderRelease } from './render-release.ts'
import type { ReleaseDocuments, RenderOne, Telling } from './render-release.ts'
import { saltingOf } from './salting.ts'
import type { Salting } from './salting.ts'
import type { ChartScan } from './scan/scan-chart.ts'
import { servedBy } from './scan/served.ts'
import { apiVersionsAsked, wayFor } from './scan/way.ts'
import { asks, scanRelease, throwsDice } from './scan-release.ts'
import { appliedOf, dependenciesOf, groundOf, lastRenderOf } from './surroundings.ts'

/** All releases as objects, in the order in which they came in, and the kinds that the CRDs of the set bring. */
export interface Settled {
  documents: ReleaseDocuments[]
  brought: ServedKind[]
  /** All that `.Capabilities.APIVersions.Has` is true for. */
  served: ReadonlySet<string>
  scanOf(release: ResolvedRelease): ChartScan
  /** What a release was told when it was rendered last. */
  tellingOf(release: ResolvedRelease): Telling
  salting: Salting
}

/** A chart that looks for the CRDs of another one that looks for those of a third: more rounds than that is a circle. */
const mostRounds = 8

const crdsOf = (outcomes: Iterable<Outcome<ReleaseDocuments>>): KubeObject[] =>
  Array.from(outcomes).flatMap((one) =>
    one.ok ? one.value.objects.flatMap(({ object }) => (isCrd(idOf(object)) ? [object] : [])) : [],
  )

const circle = (askers: ResolvedRelease[]): Problem =>
  problem({
    code: 'render/unsettled',
    what: `The set does not settle: what ${askers.map(({ name }) => name).join(', ')} render${askers.length > 1 ? '' : 's'} to changes with each render of what it asks for.`,
    where: askers.map((release) => ({ in: 'release', release: release.name, file: release.file })),
    why: 'A chart leaves out a CustomResourceDefinition or an object where it is told that it is there already.',
    fix: 'Find with `scout render --explain RELEASE` what the chart asks, and decide it by its values.',
  })

/** What a release was told when it was last rendered, and what it asked then; one that failed may have asked anything. */
interface Heard {
  telling: Telling
  lookups: Lookup[] | 'unknown'
}

/** Whether a release would hear the same again. */
const isSame = ({ telling: before, lookups }: Heard, now: Telling): boolean => {
  if (before.by === 'list' || now.by === 'list')
    return before.by === 'list' && now.by === 'list' && String(before.apiVersions) === String(now.apiVersions)
  return (
    before.knowledge.discovered === now.knowledge.discovered &&
    answersTo(lookups, before.knowledge.objects) === answersTo(lookups, now.knowledge.objects)
  )
}

/**
 * Renders until what the charts were told is what the set brings: CRDs in templates, and objects of other releases that a chart looks up, are
 * known only after a render. Charts that ask nothing are rendered once, first. Of those that ask, the ones that bring CRDs are told by
 * list until the set's CRDs are known (a server refuses kinds that it does not know yet); then all ask the stand-in, whose answer alone is
 * true: helm's own list cannot be shortened. Only then is a failure a failure: a chart may refuse to render before the CRDs of another one are known.
 */
export const settle = async (
  set: SetOf<ResolvedRelease>,
  wanted: Set<string>,
  target: DescribedTarget,
  system: RenderSystem,
  renderOne: RenderOne = renderRelease,
): Promise<Outcome<Settled>> => {
  const byName = new Map(set.releases.map((release) => [release.name, release]))
  const meant = set.releases.filter(({ name }) => wanted.has(name))
  const needed = new Set([...meant, ...meant.flatMap((release) => dependenciesOf(release, byName))])
  const scans = new Map(
    await Promise.all(
      set.releases.map(async (release) => [release, await scanRelease(release, system.files)] as const),
    ),
  )
  const scanOf = (release: ResolvedRelease): ChartScan => scans.get(release)!
  const releases = set.releases.filter((release) => needed.has(release) || scanOf(release).brings)
  const askers = releases.filter((release) => asks(scanOf(release)))
  const quiet = releases.filter((release) => !asks(scanOf(release)))
  const bringers = askers.filter((release) => scanOf(release).brings)

  const last = new Map<ResolvedRelease, KubeObject[]>()
  const lookingBack = releases.filter(({ lookup }) => lookup === 'last-render')
  const lastRenders = all(
    await Promise.all(
      lookingBack.map(async (release) => {
        const objects = await lastRenderOf(release, system.files)
        if (objects.ok) last.set(release, objects.value)
        return objects
      }),
    ),
  )
  if (!lastRenders.ok) return lastRenders

  const ground = groundOf(set)
  const salting = saltingOf(releases.flatMap(({ siteValues }) => siteValues))
  const outcomes = new Map<ResolvedRelease, Outcome<ReleaseDocuments>>()
  const heard = new Map<ResolvedRelease, Heard>()
  const kubernetes = `v${wholeVersion(target.kubernetes)}`

  const servedWith = (crds: KubeObject[]) => {
    const discovered = withCrds({ ...target.discovered, kubernetes }, crds)
    const served = servedBy(discovered)
    return { discovered, served, apiVersions: Array.from(served.difference(builtIn)).sort() }
  }
  const builtIn = servedBy(target.discovered)
  let latest: { brought: ServedKind[] } & ReturnType<typeof servedWith> = { brought: [], ...servedWith([]) }
  /** What the set brings, as far as it is rendered, and what the target serves with that. */
  const known = () => {
    const crds = crdsOf(outcomes.values())
    const brought = crds.flatMap(kindsOfCrd)
    // Most rounds bring nothing new, and a telling is the same as long as its discovery is.
    const same =
      canonicalJson(brought as unknown as Json) === canonicalJson(latest.brought as unknown as Json)
    if (!same) latest = { brought, ...servedWith(crds) }
    return latest
  }
  type Known = typeof latest
  /** What is on the cluster when this release comes, the later over the earlier. */
  const objectsFor = (release: ResolvedRelease, { brought }: Known): KubeObject[] => {
    const dependencies = dependenciesOf(release, byName).flatMap((one) => {
      const outcome = outcomes.get(one)
      return outcome?.ok ? appliedOf(outcome.value, { ...target, brought }) : []
    })
    const there = [...target.objects, ...ground, ...dependencies, ...(last.get(release) ?? [])]
    return Array.from(new Map(there.map((object) => [keyOf(idOf(object)), object])).values())
  }
  type TellingFor = (release: ResolvedRelease, now: Known) => Telling
  const byList: TellingFor = (release, now) => {
    const asked = apiVersionsAsked(scanOf(release))
    return { by: 'list', apiVersions: asked?.filter((one) => now.served.has(one)) ?? now.apiVersions }
  }
  const truly: TellingFor = (release, now) => {
    if (wayFor(scanOf(release), system.helm.version, now.served).way !== 'server') return byList(release, now)
    const knowledge = { discovered: now.discovered, objects: objectsFor(release, now) }
    return { by: 'server', knowledge }
  }

  const settleSome = async (
    some: ResolvedRelease[],
    tellingFor: TellingFor,
  ): Promise<Problem | undefined> => {
    for (let round = 0; ; round += 1) {
      const now = known()
      const tellings = some.map((release) => [release, tellingFor(release, now)] as const)
      const stale = tellings.filter(([release, telling]) => {
        const before = heard.get(release)
        return before === undefined || !isSame(before, telling)
      })
      if (stale.length === 0) return undefined
      if (round === mostRounds) return circle(stale.map(([release]) => release))
      await Promise.all(
        stale.map(async ([release, telling]) => {
          const outcome = await remembered(release, kubernetes, telling, system, () =>
            renderOne(release, target, telling, throwsDice(scanOf(release)), { ...system, salting }),
          )
          outcomes.set(release, outcome)
          heard.set(release, { telling, lookups: outcome.ok ? outcome.value.lookups : 'unknown' })
        }),
      )
    }
  }

  const unsettled =
    (await settleSome(quiet, () => ({ by: 'list', apiVersions: [] }))) ??
    (await settleSome(bringers, byList)) ??
    (await settleSome(askers, truly))
  if (unsettled !== undefined) return bad([unsettled])
  const problems = releases.flatMap((release) => {
    const outcome = outcomes.get(release)!
    return outcome.ok ? outcome.warnings : outcome.problems
  })
  if (problems.some((one) => one.severity === 'error')) return bad(problems as Problems)
  const documents = releases.flatMap((release) => {
    const outcome = outcomes.get(release)!
    return outcome.ok ? [outcome.value] : []
  })
  const { brought, served } = known()
  const tellingOf = (release: ResolvedRelease): Telling => heard.get(release)!.telling
  return good({ documents, brought, served, scanOf, tellingOf, salting }, problems)
}
