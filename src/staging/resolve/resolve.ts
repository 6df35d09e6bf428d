import { all, bad, good } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { Declared, Lock, Release, Resolved, ResolvedRelease, SetOf } from '../../core/records.ts'
import { linkProblem } from './link.ts'
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

const helmFollows =
  "Helm would render what it leads to, be it any file of this machine, and the chart's digest does not cover that."

/** Helm is not asked before this is known: what it reads of a file it may well print. */
const withoutLinks = async (
  release: Release,
  resolved: Resolved,
  { files }: ResolveSystem,
): Promise<Outcome<Resolved>> => {
  if (resolved.kind === 'manifests') return good(resolved)
  const links = await files.links(resolved.directory)
  const found = links.map((path) => linkProblem(release, path, helmFollows))
  return found.length > 0 ? bad(found as Problems) : good(resolved)
}

/**
 * Finds what each release is made of: a chart in a local folder, with name, version and a digest over all of its files, or the
 * files of a release of plain manifests. Charts from elsewhere are fetched, and have to have the digest that the lock names. A chart with a link in it is refused.
 */
export const resolve = async (
  declared: Declared,
  system: ResolveSystem,
): Promise<Outcome<SetOf<ResolvedRelease>>> => {
  const resolved = await Promise.all(
    declared.releases.map(async (release): Promise<Outcome<ResolvedRelease>> => {
      const source = await sourceOf(release, declared.lock, system)
      if (!source.ok) return source
      const resolved = await withoutLinks(release, source.value, system)
      return resolved.ok ? good({ ...release, resolved: resolved.value }, source.warnings) : resolved
    }),
  )
  const releases = all(resolved)
  return releases.ok ? good({ ...declared, releases: releases.value }, releases.warnings) : releases
}
