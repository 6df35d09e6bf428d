import { all, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Declared, Lock, Release, Resolved, ResolvedRelease, SetOf } from '../../core/records.ts'
import { resolveLocalChart } from './local-chart.ts'
import { resolveManifests } from './manifests.ts'
import { resolveRemoteChart } from './remote-chart.ts'
import type { ResolveSystem } from './remote-chart.ts'

const sourceOf = (release: Release, lock: Lock, system: ResolveSystem): Promise<Outcome<Resolved>> => {
  if (release.source.kind === 'manifests')
    return resolveManifests(release, release.source.paths, system.files)
  const { chart } = release.source
  return chart.from === 'path'
    ? resolveLocalChart(release, chart.path, system.files)
    : resolveRemoteChart(release, chart, lock, system)
}

/**
 * Finds what each release is made of: a chart in a local folder, with name, version and a digest over all of its files, or the
 * files of a release of plain manifests. Charts from elsewhere are fetched, and have to have the digest that the lock names.
 */
export const resolve = async (
  declared: Declared,
  system: ResolveSystem,
): Promise<Outcome<SetOf<ResolvedRelease>>> => {
  const resolved = await Promise.all(
    declared.releases.map(async (release): Promise<Outcome<ResolvedRelease>> => {
      const source = await sourceOf(release, declared.lock, system)
      return source.ok ? good({ ...release, resolved: source.value }, source.warnings) : source
    }),
  )
  const releases = all(resolved)
  return releases.ok ? good({ ...declared, releases: releases.value }, releases.warnings) : releases
}
