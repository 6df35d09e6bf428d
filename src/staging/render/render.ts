import { all, bad, good } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { RenderedRelease, ResolvedRelease, SetOf } from '../../core/records.ts'
import type { DescribedTarget } from '../../core/target.ts'
import { findDuplicates } from './duplicates.ts'
import { finishRelease } from './finish.ts'
import type { RenderSystem } from './read-release.ts'
import { settle } from './settle.ts'

export interface RenderInput {
  set: SetOf<ResolvedRelease>
  /** The built-in kinds of the Kubernetes version that the site targets. */
  target: DescribedTarget
}

/**
 * Renders all releases: charts by helm, which asks a stand-in for what the target and the CRDs of the set serve, where its templates
 * ask at all; manifests as they are. Each object gets its namespace, by the scope of its kind, and its phase; test hooks are left
 * out. Refuses kinds that nothing serves, and two objects of one identity. Same input, same output, whatever the order of work.
 */
export const render = async (
  { set, target }: RenderInput,
  system: RenderSystem,
): Promise<Outcome<SetOf<RenderedRelease>>> => {
  const settled = await settle(set.releases, target, system)
  if (!settled.ok) return settled
  const { documents, brought } = settled.value
  const finished = all(
    documents.map(({ release, objects, renderedBy }) =>
      finishRelease(release, objects, renderedBy, { ...target, brought }),
    ),
  )
  if (!finished.ok) return finished
  const duplicates = findDuplicates(finished.value)
  if (duplicates.length > 0) return bad(duplicates as Problems)
  return good({ ...set, releases: finished.value }, [...settled.warnings, ...finished.warnings])
}
