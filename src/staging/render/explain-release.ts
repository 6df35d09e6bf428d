import { forgetful } from '../../core/effects/memory.ts'
import type { StandIn, Visit } from '../../core/effects/stand-in.ts'
import type { Explained } from '../../core/explained.ts'
import { good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { pointInto, withOutputs } from './point.ts'
import { wholeVersion } from './read-release.ts'
import type { RenderSystem } from './read-release.ts'
import { renderRelease } from './render-release.ts'
import type { RenderOne } from './render-release.ts'
import type { RenderInput } from './render.ts'
import { explain } from './scan/explained.ts'
import { wayFor } from './scan/way.ts'
import { settle } from './settle.ts'

/** What releases ask, and why those among them, and those that they depend on, that do not render do not. */
export interface ExplainedReleases {
  releases: Explained[]
  problems: Problem[]
}

/** As ever, but a release that does not render comes to nothing; why not is kept, until it renders. */
const renderedOrKept =
  (failures: Map<ResolvedRelease, Problem[]>): RenderOne =>
  async (release, target, telling, dice, system) => {
    const visits: Visit[] = []
    const openStandIn = async (): Promise<Pick<StandIn, 'visit'>> => {
      const standIn = await system.openStandIn()
      return {
        visit: (knowledge) => {
          const visit = standIn.visit(knowledge)
          visits.push(visit)
          return visit
        },
      }
    }
    const outcome = await renderRelease(release, target, telling, dice, { ...system, openStandIn })
    failures.delete(release)
    if (outcome.ok) return outcome
    failures.set(release, outcome.problems)
    const lookups = visits.flatMap((visit) => visit.lookups)
    return good({ release, objects: [], renderedBy: system.helm.version, lookups })
  }

/**
 * What the templates of the releases that are wanted can ask of the cluster, what they are answered, and what they looked up; also of one that does not
 * render, which is when somebody asks.
 */
export const explainRelease = async (
  { set, target, wanted }: RenderInput,
  system: RenderSystem,
): Promise<Outcome<ExplainedReleases>> => {
  const failures = new Map<ResolvedRelease, Problem[]>()
  // Nothing is recalled, as what is recalled was not asked now; and nothing is kept, as what failed is taken for empty here.
  const { system: asked, outputs } = withOutputs({ ...system, memory: forgetful })
  const settled = await settle(set, wanted, target, asked, renderedOrKept(failures))
  if (!settled.ok) return settled
  const { documents, scanOf, served } = settled.value
  const releases = documents
    .filter(({ release }) => wanted.has(release.name))
    .map((one) => {
      const { release } = one
      const { resolved } = release
      const scan = scanOf(release)
      return explain({
        release: release.name,
        chart: resolved.kind === 'chart' ? `${resolved.name} ${resolved.version}` : release.name,
        kubernetes: `v${wholeVersion(target.kubernetes)}`,
        way: resolved.kind === 'chart' ? wayFor(scan, system.helm.version, served).way : 'manifests',
        scan,
        served,
        lookups: one.lookups,
      })
    })
  const problems = documents.flatMap(({ release }) => failures.get(release) ?? [])
  return good(
    { releases, problems: await pointInto(problems, set.releases, outputs, system.files) },
    settled.warnings,
  )
}
