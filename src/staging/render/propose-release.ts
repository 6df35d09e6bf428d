import { forgetful } from '../../core/effects/memory.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { leftoversOf } from './mask/found-problems.ts'
import { pointInto, withOutputs } from './point.ts'
import { propose } from './mask/propose.ts'
import type { Proposal } from './mask/propose.ts'
import type { FoundObject, RenderSystem } from './read-release.ts'
import { laterIn, readUnmasked, whenLater } from './render-release.ts'
import type { RenderOne } from './render-release.ts'
import type { RenderInput } from './render.ts'
import { settle } from './settle.ts'

export interface ProposedFor {
  release: ResolvedRelease
  proposal: Proposal
  /** What differs still, and no site value can serve, with what can be done instead. */
  left: Problem[]
  /** Something is proposed to be sealed, and nobody is named who could open it. */
  lacksRecipients: boolean
}

/** The more renders, the surer length and alphabet of a password are; the first has placeholders of its own. */
const twins = ['twin', 'twin']

/**
 * What of site values the releases that are wanted need beside what they declare, found by rendering each three times; the others are
 * rendered as ever, for what they bring.
 */
export const proposeForRelease = async (
  { set, target, wanted }: RenderInput,
  system: RenderSystem,
): Promise<Outcome<ProposedFor[]>> => {
  const renders = new Map<ResolvedRelease, FoundObject[][]>()
  const renderOne: RenderOne = async (release, known, telling, dice, ask) => {
    // What the others lack is theirs.
    const tried = wanted.has(release.name) ? twins : []
    const first = readUnmasked(release, known, telling, '', ask)
    const again = tried.map(async (salt) => {
      await whenLater(dice, first)
      return await readUnmasked(release, known, telling, salt, laterIn(ask, dice))
    })
    const outcomes = await Promise.all([first, ...again])
    // They fail alike.
    const failed = outcomes.find((outcome) => !outcome.ok)
    if (failed !== undefined) return failed
    const reads = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.objects] : []))
    if (wanted.has(release.name)) renders.set(release, reads)
    return good({ release, objects: reads[0] ?? [], renderedBy: system.helm.version, lookups: [] })
  }
  // What is kept of a release has its placeholders; here it stands as the chart made it.
  const { system: asked, outputs } = withOutputs({ ...system, memory: forgetful })
  const settled = await settle(set, wanted, target, asked, renderOne)
  if (!settled.ok) return bad(settled.problems)
  const proposed = Array.from(renders, async ([release, [first = [], second = [], third]]) => {
    const proposal = propose(release, first, second, third)
    const left = leftoversOf(release, proposal)
    const recipients = set.site.environments[release.environment]?.recipients ?? []
    const seals = proposal.proposed.some(({ siteValue }) => siteValue.recipe.made === 'sealed')
    return {
      release,
      proposal,
      left: await pointInto(left, set.releases, outputs, system.files),
      lacksRecipients: seals && recipients.length === 0,
    }
  })
  return good(await Promise.all(proposed), settled.warnings)
}
