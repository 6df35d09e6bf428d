import type { Explained } from '../../core/explained.ts'
import { good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { wholeVersion } from './read-release.ts'
import type { RenderSystem } from './read-release.ts'
import type { RenderInput } from './render.ts'
import { explain } from './scan/explained.ts'
import { wayFor } from './scan/way.ts'
import { settle } from './settle.ts'

/** What the templates of the one release that is wanted can ask of the cluster, what they are answered, and what they looked up. */
export const explainRelease = async (
  { set, target, wanted }: RenderInput,
  system: RenderSystem,
): Promise<Outcome<Explained[]>> => {
  const settled = await settle(set, wanted, target, system)
  if (!settled.ok) return settled
  const { documents, scanOf, served } = settled.value
  const explained = documents
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
  return good(explained, settled.warnings)
}
