import type { ReadFiles } from '../../core/effects/files.ts'
import { good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Release, Resolved } from '../../core/records.ts'
import { linkProblem } from './link.ts'
import { treeDigest } from './tree-digest.ts'

/** Editors keep their notes so, some of them as links that lead nowhere. */
const isHidden = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1).startsWith('.')

const isManifest = (path: string): boolean => /\.(ya?ml|json)$/.test(path) && !isHidden(path)

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const missing = (release: Release, path: string, there: string[]): Problem =>
  problem({
    code: 'resolve/missing-manifests',
    what: `Release ${release.name} has no manifests at ${path}.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    fix:
      there.length > 0
        ? `There are ${there.join(', ')}, but none ends with .yaml, .yml or .json.`
        : 'Name a file, or a folder with .yaml, .yml or .json files, relative to the release file.',
  })

const unbuilt = (release: Release, file: string): Problem =>
  problem({
    code: 'resolve/kustomization',
    what: `${file} would have to be built, and release ${release.name} takes manifests as they are.`,
    where: [{ in: 'file', file }],
    fix: 'Build it (kustomize build) and commit what it prints, or name the manifest files themselves.',
  })

const wouldBeMissing = 'What it leads to would be missing without a word, and then pruned.'

/** The manifest files that a release without a chart names, each a file or a folder, with one digest over all of them. */
export const resolveManifests = async (
  release: Release,
  paths: string[],
  files: ReadFiles,
): Promise<Outcome<Resolved>> => {
  const found: Problem[] = []
  const manifests = new Set<string>()
  for (const path of paths) {
    const below = await files.list(path)
    const listed = below.length > 0 ? below.filter(isManifest) : await fileAt(files, path)
    // A file that is named may be a link within the site: it is read all the same, and counts for the digest.
    const links = below.length > 0 ? await files.links(path) : []
    found.push(
      ...links.filter((link) => !isHidden(link)).map((link) => linkProblem(release, link, wouldBeMissing)),
    )
    if (listed.length === 0) found.push(missing(release, path, below))
    for (const file of listed) {
      if (kustomizations.some((name) => file.endsWith(`/${name}`))) found.push(unbuilt(release, file))
      manifests.add(file)
    }
  }
  const sorted = Array.from(manifests).sort()
  if (found.length > 0) return unless(found, () => ({ kind: 'manifests', files: sorted, digest: '' }))
  return good({ kind: 'manifests', files: sorted, digest: await treeDigest(files, sorted) })
}

const fileAt = async (files: ReadFiles, path: string): Promise<string[]> =>
  (await files.read(path)) === undefined ? [] : [path]
