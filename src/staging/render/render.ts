import { all, bad, good } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { RenderedRelease, ResolvedRelease, SetOf } from '../../core/records.ts'
import type { DescribedTarget } from '../../core/target.ts'
import { findDuplicates } from './duplicates.ts'
import { finishRelease } from './finish.ts'
import type { RenderSystem } from './read-release.ts'
import { keepSealed } from './sealed/keep-sealed.ts'
import { settle } from './settle.ts'

export interface RenderInput {
  set: SetOf<ResolvedRelease>
  /** The built-in kinds of the Kubernetes version that the site targets. */
  target: DescribedTarget
  /** Names of the releases that are asked for; others are rendered only where something of them has to be known. */
  wanted: Set<string>
}

/**
 * Renders all releases: charts by helm, which asks a stand-in for what the target and the CRDs of the set serve, where its templates
 * ask at all; manifests as they are. Each object gets its namespace, by the scope of its kind, and its phase; test hooks are left
 * out. Fields that are kept sealed are made with the key, or compared without it. Refuses kinds that nothing serves, and two objects of one identity. Same input, same output, whatever the order of work.
 */
export const render = async (
  { set, target, wanted }: RenderInput,
  system: RenderSystem,
): Promise<Outcome<SetOf<RenderedRelease>>> => {
  const settled = await settle(set, wanted, target, system)
  if (!settled.ok) return settled
  const { documents, brought } = settled.value
  const finished = all(
    documents.map(({ release, objects, renderedBy, kept }) =>
      finishRelease({ ...release, ...(kept && { kept }) }, objects, renderedBy, { ...target, brought }),
    ),
  )
  if (!finished.ok) return finished
  const duplicates = findDuplicates(finished.value)
  if (duplicates.length > 0) return bad(duplicates as Problems)
  const asked = documents.filter(({ release }) => wanted.has(release.name))
  const sealed = await keepSealed(asked, { site: set.site, target, settled: settled.value, system })
  if (!sealed.ok) return sealed
  const releases = finished.value.map((release) => {
    const fields = sealed.value.get(release.name)
    return fields === undefined ? release : { ...release, sealed: fields }
  })
  return good({ ...set, releases }, [...settled.warnings, ...finished.warnings, ...sealed.warnings])
}
