import { posix } from 'node:path'
import type { ReadFiles } from '../../core/effects/files.ts'
import type { Path } from '../../core/pointer.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { everywhere } from './overlay.ts'
import { fromRoot } from './release.ts'
import type { DeclaredRelease } from './release.ts'

/** A path that a release's file names, and where it does. `path` is from the site's root. */
interface Named {
  as: 'values' | 'manifests' | 'chart'
  written: string
  path: string
  at: Path
}

const namedBy = ({ folder, content }: DeclaredRelease): Named[] => {
  const named = (as: Named['as'], written: string, at: Path): Named => ({
    as,
    written,
    path: fromRoot(folder, written),
    at,
  })
  const { chart, manifests = [] } = content
  return [
    ...(chart !== undefined && 'path' in chart ? [named('chart', chart.path, ['chart', 'path'])] : []),
    ...manifests.map((path, index) => named('manifests', path, ['manifests', index])),
    ...everywhere(content, 'valuesFiles').flatMap(({ value, path }) =>
      value.map((file, index) => named('values', file, [...path, index])),
    ),
  ]
}

const told = (
  { name, declared }: DeclaredRelease,
  { at }: Named,
  slug: string,
  what: string,
  fix: string,
): Problem =>
  problem({
    code: `declare/${slug}`,
    what: `Release ${name}: ${what}.`,
    where: [declared.at(at)],
    fix,
  })

const misplaced = (release: DeclaredRelease, named: Named): Problem | undefined => {
  const { written, path, as } = named
  if (posix.isAbsolute(written) || path === '..' || path.startsWith('../'))
    return told(
      release,
      named,
      'leaves-site',
      `the path \`${written}\` leaves the site`,
      `Copy it into the site, and write its path relative to ${release.folder}.`,
    )
  if (as === 'manifests' && (path === '.' || `${release.file}/`.startsWith(`${path}/`)))
    return told(
      release,
      named,
      'bad-path',
      `the path \`${written}\` holds release.yaml itself, which is no manifest`,
      'Put the manifests into a folder of their own.',
    )
  return undefined
}

/** What lies at a path; a folder without files is none. */
export const kindOf = async (
  path: string,
  files: ReadFiles,
  known: Set<string>,
): Promise<'file' | 'folder' | undefined> => {
  if (known.has(path)) return 'file'
  if ((await files.list(path)).length > 0) return 'folder'
  return (await files.read(path)) === undefined ? undefined : 'file'
}

const nouns = { values: 'values file', manifests: 'file or folder of manifests', chart: 'chart' }

/** The path that was most likely meant, as the release's file would write it: of the same kind, below `releases/`. */
const nearest = (
  { folder }: DeclaredRelease,
  { as, path }: Named,
  known: Set<string>,
): string | undefined => {
  const candidates = [...known].flatMap((file) => {
    if (as === 'chart') return file.endsWith('/Chart.yaml') ? [posix.dirname(file)] : []
    if (as === 'values') return [file]
    return [file, posix.dirname(file)]
  })
  const near = suggest(
    path,
    candidates.filter((one) => one.startsWith('releases/')),
  )
  return near === undefined ? undefined : posix.relative(folder, near)
}

const missing = async (
  release: DeclaredRelease,
  named: Named,
  files: ReadFiles,
  known: Set<string>,
): Promise<Problem | undefined> => {
  if (named.as === 'chart' && known.has(`${named.path}/Chart.yaml`)) return undefined
  const kind = await kindOf(named.path, files, known)
  if (named.as === 'chart') {
    if (kind === 'folder' && (await files.read(`${named.path}/Chart.yaml`)) !== undefined) return undefined
  } else if (kind === 'file' || (kind === 'folder' && named.as === 'manifests')) return undefined
  const near = nearest(release, named, known)
  const what =
    kind === undefined
      ? `there is no ${nouns[named.as]} ${named.path}`
      : named.as === 'chart'
        ? `${named.path} is ${kind === 'file' ? 'a file, not the folder of a chart' : 'no chart: it has no Chart.yaml'}`
        : `${named.path} is a folder, not a ${nouns[named.as]}`
  const fix = near === undefined ? 'Add it, or correct the path.' : `Did you mean \`${near}\`?`
  return told(release, named, 'missing-file', what, fix)
}

/**
 * Looks after every path that a release's file names, for all environments: it stays in the site and there is what is expected.
 * Also gives the values files and the files and folders of manifests that are there.
 */
export const checkNamedFiles = async (
  release: DeclaredRelease,
  files: ReadFiles,
  known: Set<string>,
): Promise<{ valuesFiles: string[]; manifests: string[]; problems: Problem[] }> => {
  const valuesFiles: string[] = []
  const manifests: string[] = []
  const problems: Problem[] = []
  for (const named of namedBy(release)) {
    const found = misplaced(release, named) ?? (await missing(release, named, files, known))
    if (found !== undefined) problems.push(found)
    else if (named.as === 'values') valuesFiles.push(named.path)
    else if (named.as === 'manifests') manifests.push(named.path)
  }
  return { valuesFiles, manifests, problems }
}
