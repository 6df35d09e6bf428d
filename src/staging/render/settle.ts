import { isCrd, idOf } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { helmApiVersionsOf, kindsOfCrd } from '../../core/target.ts'
import type { ServedKind, Target } from '../../core/target.ts'
import { asksApiVersions } from './asks.ts'
import { readRelease } from './read-release.ts'
import type { ReleaseDocuments, RenderSystem } from './read-release.ts'

/** All releases as objects, in the order in which they came in, and the kinds that the CRDs of the set bring. */
export interface Settled {
  documents: ReleaseDocuments[]
  brought: ServedKind[]
}

/** A chart that looks for the CRDs of another one that looks for those of a third: more rounds than that is a circle. */
const mostRounds = 8

const crdKinds = (outcomes: Iterable<Outcome<ReleaseDocuments>>): ServedKind[] =>
  Array.from(outcomes).flatMap((one) =>
    one.ok ? one.value.objects.flatMap(({ object }) => (isCrd(idOf(object)) ? kindsOfCrd(object) : [])) : [],
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

/**
 * Renders until what the charts were told is what the set brings: API versions of CRDs in templates are known only after a
 * render. Charts that ask for none are rendered once, first; those that ask, until the list stays as it is. Only then is a
 * failure a failure: a chart may refuse to render before the CRDs of another one are known.
 */
export const settle = async (
  releases: ResolvedRelease[],
  target: Target,
  system: RenderSystem,
): Promise<Outcome<Settled>> => {
  const asks = await Promise.all(
    releases.map(
      async ({ resolved }) =>
        resolved.kind === 'chart' && (await asksApiVersions(resolved.directory, system.files)),
    ),
  )
  const outcomes = new Map<ResolvedRelease, Outcome<ReleaseDocuments>>()
  const run = async (some: ResolvedRelease[], apiVersions: string[]): Promise<void> => {
    const read = await Promise.all(some.map((release) => readRelease(release, target, apiVersions, system)))
    some.forEach((release, index) => outcomes.set(release, read[index]!))
  }
  const inOrder = (): Outcome<ReleaseDocuments>[] => releases.map((release) => outcomes.get(release)!)

  await run(
    releases.filter((_, index) => !asks[index]),
    [],
  )
  const askers = releases.filter((_, index) => asks[index])
  let brought = crdKinds(outcomes.values())
  if (askers.length === 0) return judged(inOrder(), brought)
  let told = helmApiVersionsOf([...target.kinds, ...brought])
  for (let round = 0; round < mostRounds; round += 1) {
    await run(askers, told)
    brought = crdKinds(outcomes.values())
    const now = helmApiVersionsOf([...target.kinds, ...brought])
    if (differing(told, now).length === 0) return judged(inOrder(), brought)
    if (round === mostRounds - 1) return bad([circle(differing(told, now), askers)])
    told = now
  }
  return judged(inOrder(), brought)
}
