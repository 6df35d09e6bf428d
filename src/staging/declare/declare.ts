import type { LockFile, ReleaseFile, SiteFile } from '../../core/declared.generated.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import { forgetful } from '../../core/effects/memory.ts'
import type { Memory } from '../../core/effects/memory.ts'
import { isObject } from '../../core/json.ts'
import { bad, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { Declared } from '../../core/records.ts'
import { orderReleases } from './dependencies.ts'
import { checkOverlays, unknownEnvironment } from './environments.ts'
import { findFolders } from './folders.ts'
import { checkImages } from './images.ts'
import { checkHarbor } from './harbor.ts'
import { checkNamedFiles } from './named-files.ts'
import { checkSnapshots } from './named-snapshots.ts'
import { everywhere } from './overlay.ts'
import { readChecked } from './read-file.ts'
import { isEnabled, releaseOf } from './release.ts'
import type { DeclaredRelease } from './release.ts'
import { checkNamespaces, lockFile, lockOf, recipientsIn, siteFile, siteOf } from './site.ts'
import { siteValuesOf } from './site-values/site-values.ts'
import { checkPolicy } from './policy.ts'
import { checkValuesFiles } from './values-file.ts'

/** By file, then line and column; a problem of a whole file comes before those of its lines. */
const inOrder = (problems: Problem[]): Problem[] => {
  const key = ({ where: [first], code, what }: Problem): (string | number)[] =>
    first?.in === 'file'
      ? [first.file, first.line ?? 0, first.column ?? 0, code, what]
      : ['', 0, 0, code, what]
  return problems.toSorted((a, b) => {
    const others = key(b)
    for (const [index, part] of key(a).entries()) {
      const other = others[index] as string | number
      if (part !== other) return part < other ? -1 : 1
    }
    return 0
  })
}

const valuesWithoutChart = ({ name, declared, content }: DeclaredRelease): Problem[] => {
  if (content.manifests === undefined) return []
  return [...everywhere(content, 'valuesFiles'), ...everywhere(content, 'values')].map(({ path }) =>
    problem({
      code: 'declare/values-without-chart',
      what: `Release ${name}: it has values, and plain manifests take none.`,
      where: [declared.at(path, 'key')],
      fix: 'Remove them, or use a chart.',
    }),
  )
}

/**
 * Reads all that people write below `releases/` and gives the releases of one environment, overlays applied.
 * Every problem of every file comes at once, by file and line; files that only other environments name are looked at as well.
 * An environment that the site does not have is wrong usage.
 */
export const declare = async (
  { environment }: { environment: string },
  { files, memory = forgetful }: { files: ReadFiles; memory?: Memory },
): Promise<Outcome<Declared>> => {
  const known = new Set(await files.list('releases'))
  const site = await readChecked<SiteFile>(files, siteFile, 'site', 'Site')
  const lock = await readChecked<LockFile>(files, lockFile, 'lock', 'Lock')
  const {
    folders,
    names,
    problems: found,
  } = findFolders(known, await files.links('releases'), [siteFile, lockFile])
  found.push(...site.problems, ...lock.problems)

  const releases: DeclaredRelease[] = []
  const valuesFiles = new Set<string>()
  const manifests = new Set<string>()
  // Also those that something is wrong with: an overlay for one of them is no mistake of its own.
  const written = site.checked?.declared.value['environments']
  const environments = isObject(written) ? Object.keys(written) : undefined
  for (const folder of folders) {
    const { checked, problems } = await readChecked<ReleaseFile>(
      files,
      folder.file,
      'release',
      `Release ${folder.name}`,
    )
    found.push(...problems)
    if (checked === undefined) continue
    const release = { ...folder, ...checked }
    const named = await checkNamedFiles(release, files, known)
    for (const file of named.valuesFiles) valuesFiles.add(file)
    for (const path of named.manifests) manifests.add(path)
    found.push(
      ...named.problems,
      ...valuesWithoutChart(release),
      ...checkPolicy(release),
      ...checkImages(release),
    )
    if (environments !== undefined) found.push(...checkOverlays(release, environments))
    releases.push(release)
  }
  found.push(...(await checkValuesFiles([...valuesFiles], { files, memory })))

  if (environments !== undefined && site.problems.length === 0 && !environments.includes(environment))
    found.push(unknownEnvironment(environment, environments))
  if (site.checked !== undefined)
    found.push(
      ...checkHarbor(site.checked),
      ...checkNamespaces(site.checked, releases),
      ...(await checkSnapshots(site.checked, files, known)),
    )
  const { waves, problems } = orderReleases(releases, names, environment)
  const { siteValues, problems: ofValues } = await siteValuesOf(
    {
      releases,
      folders: names,
      environments: environments ?? [],
      environment,
      named: new Set([...valuesFiles, ...manifests]),
      recipientsOf: (one) =>
        site.problems.length > 0 ? undefined : recipientsIn(site.checked?.content ?? {}, one),
    },
    files,
  )
  const all = inOrder([...found, ...problems, ...ofValues])
  if (site.checked === undefined || lock.checked === undefined) return bad(all as Problems)
  const record = { site: siteOf(site.checked), lock: lockOf(lock.checked) }
  return unless(all, () => ({
    ...record,
    environment,
    waves,
    releases: releases
      .filter((release) => isEnabled(release, environment))
      .map((release) => releaseOf(release, environment, siteValues(release))),
  }))
}
