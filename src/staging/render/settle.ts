import { isCrd, idOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { withCrds } from '../../core/stand-in/crds.ts'
import type { Discovered } from '../../core/stand-in/knowledge.ts'
import { helmApiVersionsOf, kindsOfCrd } from '../../core/target.ts'
import type { DescribedTarget, ServedKind, Target } from '../../core/target.ts'
import { traitsOf } from './chart-traits.ts'
import type { ChartTraits } from './chart-traits.ts'
import { readRelease, wholeVersion } from './read-release.ts'
import type { ReleaseDocuments, RenderSystem } from './read-release.ts'

/** All releases as objects, in the order in which they came in, and the kinds that the CRDs of the set bring. */
export interface Settled {
  documents: ReleaseDocuments[]
  brought: ServedKind[]
}

/** A chart that looks for the CRDs of another one that looks for those of a third: more rounds than that is a circle. */
const mostRounds = 8

const crdsOf = (outcomes: Iterable<Outcome<ReleaseDocuments>>): KubeObject[] =>
  Array.from(outcomes).flatMap((one) =>
    one.ok ? one.value.objects.flatMap(({ object }) => (isCrd(idOf(object)) ? [object] : [])) : [],
  )

const differing = (a: string[], b: string[]): string[] => {
  const [left, right] = [new Set(a), new Set(b)]
  return Array.from(left.symmetricDifference(right)).sort()
}

const circle = (versions: string[], askers: ResolvedRelease[]): Problem =>
  problem({
    code: 'render/unsettled-api-versions',
    what: `The set does not settle: ${versions.slice(0, 5).join(', ')} come and go with each render.`,
    where: askers.map((release) => ({ in: 'release', release: release.name, file: release.file })),
    why: 'A chart leaves out its CustomResourceDefinition where it is told that its API is there already.',
    fix: 'Find the chart that asks .Capabilities.APIVersions about its own CRDs, and decide it by its values.',
  })

const judged = (outcomes: Outcome<ReleaseDocuments>[], brought: ServedKind[]): Outcome<Settled> => {
  const problems = outcomes.flatMap((one) => (one.ok ? one.warnings : one.problems))
  if (problems.some((one) => one.severity === 'error')) return bad(problems as Problems)
  return good({ documents: outcomes.flatMap((one) => (one.ok ? [one.value] : [])), brought }, problems)
}

/** Renders one release by asking the stand-in, which knows the target and the CRDs of the set. */
const askStandIn = async (
  release: ResolvedRelease,
  target: Target,
  discovered: Discovered,
  system: RenderSystem,
): Promise<Outcome<ReleaseDocuments>> => {
  const visit = system.standIn.visit({ discovered, objects: [] })
  const outcome = await readRelease(release, target, { by: 'server', kubeconfig: visit.kubeconfig }, system)
  visit.end()
  if (visit.unknown.length === 0) return outcome
  return bad([
    problem({
      code: 'render/unanswered',
      what: `Release ${release.name} asked the cluster for ${visit.unknown.join(', ')}, which nobody here knows.`,
      where: [{ in: 'release', release: release.name, file: release.file }],
      why: 'A guess could be wrong, and then so would be what runs.',
      fix: 'Correct the apiVersion that the template looks up, or add the CRD of that kind to the set.',
    }),
  ])
}

/** Helm, when it asks a server, refuses kinds that the server lacks, and less clearly than we do further on. */
const lacksKind = (outcome: Outcome<ReleaseDocuments>): boolean =>
  !outcome.ok && outcome.problems.some(({ raw }) => raw?.includes('no matches for kind') ?? false)

const traits = async ({ resolved }: ResolvedRelease, { files }: RenderSystem): Promise<ChartTraits> =>
  resolved.kind === 'chart' ? await traitsOf(resolved.directory, files) : { asks: false, brings: false }

/**
 * Renders until what the charts were told is what the set brings: CRDs in templates are known only after a render. Charts that
 * ask nothing are rendered once, first. Of those that ask, the ones that bring CRDs are told by list until the set's CRDs are known
 * (a server refuses kinds that it does not know yet); then all ask the stand-in, whose answer alone is true: helm's own list
 * cannot be shortened. Only then is a failure a failure: a chart may refuse to render before the CRDs of another one are known.
 */
export const settle = async (
  releases: ResolvedRelease[],
  target: DescribedTarget,
  system: RenderSystem,
): Promise<Outcome<Settled>> => {
  const seen = await Promise.all(releases.map((release) => traits(release, system)))
  const quiet = releases.filter((_, index) => !seen[index]?.asks)
  const askers = releases.filter((_, index) => seen[index]?.asks)
  const bringers = releases.filter((_, index) => seen[index]?.asks && seen[index]?.brings)
  const outcomes = new Map<ResolvedRelease, Outcome<ReleaseDocuments>>()
  const served = (crds: KubeObject[]): string[] =>
    helmApiVersionsOf([...target.kinds, ...crds.flatMap(kindsOfCrd)])

  type Way = (release: ResolvedRelease) => Promise<Outcome<ReleaseDocuments>>
  const byList =
    (apiVersions: string[]): Way =>
    (release) =>
      readRelease(release, target, { by: 'list', apiVersions }, system)
  const byStandIn = (apiVersions: string[], crds: KubeObject[]): Way => {
    const kubernetes = `v${wholeVersion(target.kubernetes)}`
    const discovered = withCrds({ ...target.discovered, kubernetes }, crds)
    return async (release) => {
      const outcome = await askStandIn(release, target, discovered, system)
      return lacksKind(outcome) ? await byList(apiVersions)(release) : outcome
    }
  }
  const run = async (some: ResolvedRelease[], way: Way): Promise<KubeObject[]> => {
    await Promise.all(some.map(async (release) => outcomes.set(release, await way(release))))
    return crdsOf(outcomes.values())
  }

  let crds = await run(quiet, byList([]))
  let told = served(crds)
  for (const [some, wayFor] of [
    [bringers, byList],
    [askers, byStandIn],
  ] as const) {
    if (some.length === 0) continue
    for (let round = 0; ; round += 1) {
      crds = await run(some, wayFor(told, crds))
      const now = served(crds)
      const changed = differing(told, now)
      told = now
      if (changed.length === 0) break
      if (round === mostRounds - 1) return bad([circle(changed, some)])
    }
  }
  return judged(
    releases.map((release) => outcomes.get(release)!),
    crds.flatMap(kindsOfCrd),
  )
}
