import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { propose } from './mask/propose.ts'
import type { Proposal } from './mask/propose.ts'
import type { FoundObject, RenderSystem } from './read-release.ts'
import { laterIn, readUnmasked } from './render-release.ts'
import type { RenderOne } from './render-release.ts'
import type { RenderInput } from './render.ts'
import { settle } from './settle.ts'

export interface ProposedFor {
  release: ResolvedRelease
  proposal: Proposal
}

/** The more renders, the surer length and alphabet of a password are; the first has placeholders of its own. */
const salts = ['', 'twin', 'twin']

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
    const reads: FoundObject[][] = []
    // What the others lack is theirs.
    for (const salt of wanted.has(release.name) ? salts : ['']) {
      const how = salt === '' ? ask : laterIn(ask, dice)
      const read = await readUnmasked(release, known, telling, salt, how)
      if (!read.ok) return read
      reads.push(read.value.objects)
    }
    if (wanted.has(release.name)) renders.set(release, reads)
    return good({ release, objects: reads[0] ?? [], renderedBy: system.helm.version, lookups: [] })
  }
  const settled = await settle(set, wanted, target, system, renderOne)
  if (!settled.ok) return bad(settled.problems)
  return good(
    Array.from(renders, ([release, [first = [], second = [], third]]) => ({
      release,
      proposal: propose(release, first, second, third),
    })),
    settled.warnings,
  )
}
