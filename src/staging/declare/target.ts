import type { ReadFiles } from '../../core/effects/files.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Declared } from '../../core/records.ts'
import { targetOf } from '../../core/snapshot.ts'
import type { DescribedTarget } from '../../core/target.ts'
import { missingSnapshot } from './named-snapshots.ts'

interface TargetSystem {
  files: Pick<ReadFiles, 'read'>
  loadTarget(version: string): Promise<Outcome<DescribedTarget>>
}

/**
 * What an environment is rendered for: its cluster as its snapshot shows it, where one is declared, else a bare API server of the
 * Kubernetes that the site names.
 */
export const readTarget = async (
  { site, environment }: Pick<Declared, 'site' | 'environment'>,
  { files, loadTarget }: TargetSystem,
): Promise<Outcome<DescribedTarget>> => {
  const { kubernetes } = site.target
  const builtIn = await loadTarget(kubernetes)
  const { cluster = '', snapshot: file } = site.environments[environment] ?? {}
  if (!builtIn.ok || file === undefined) return builtIn
  const bytes = await files.read(file)
  if (bytes === undefined) return bad([missingSnapshot(environment, file, { in: 'file', file: site.file })])
  const { readSnapshot } = await import('./snapshot.ts')
  const snapshot = readSnapshot(bytes, { file, environment, cluster, kubernetes })
  return snapshot.ok ? good(targetOf(snapshot.value, builtIn.value), snapshot.warnings) : snapshot
}
