import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'

/** A folder below `releases/`, which is one release. */
export interface ReleaseFolder {
  name: string
  folder: string
  file: string
}

/** Helm takes 53 characters: it makes names of objects by adding to that of the release. */
const releaseName = /^(?=.{1,53}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const badName = ({ name, file }: ReleaseFolder): Problem =>
  problem({
    code: 'declare/bad-release-name',
    what: `The release's folder \`${name}\` is not named by a DNS label of at most 53 characters.`,
    where: [{ in: 'file', file }],
    why: 'Helm would refuse it as the name of a release.',
    fix: 'Rename it with lower case letters, digits and -, no - at either end.',
  })

const withoutFile = ({ name, folder, file }: ReleaseFolder, known: Set<string>): Problem => {
  const siblings = [...known].filter((path) => path.startsWith(`${folder}/`))
  const near = suggest(
    'release.yaml',
    siblings.map((path) => path.slice(folder.length + 1)),
  )
  return problem({
    code: 'declare/missing-file',
    what: `Release ${name}: there is no ${file}.`,
    where: [{ in: 'file', file: folder }],
    fix:
      near === undefined
        ? 'Write it, or move the folder out of releases/.'
        : `Rename ${folder}/${near} to release.yaml.`,
  })
}

const linked = (path: string): Problem =>
  problem({
    code: 'declare/link',
    what: `${path} is a link, and no release is read through one.`,
    where: [{ in: 'file', file: path }],
    why: 'It would be missing without a word, and then pruned.',
    fix: 'Put the folder or the file itself in its place.',
  })

const stray = (path: string): Problem =>
  problem({
    code: 'declare/stray-file',
    severity: 'warning',
    what: `${path} is read by nobody.`,
    where: [{ in: 'file', file: path }],
    fix: 'Move it into the folder of a release as release.yaml, or remove it.',
  })

/**
 * The releases of a site by the paths of all files and links below `releases/`, sorted by name; those whose name or file is wrong are problems.
 * `folders` are those that have a file, `names` are all.
 * A YAML file beside the folders is a warning. What begins with a dot is not looked at.
 */
export const findFolders = (
  known: Set<string>,
  links: string[],
  expected: string[],
): { folders: ReleaseFolder[]; names: string[]; problems: Problem[] } => {
  const paths = [...known].filter((path) => !path.startsWith('releases/.'))
  const names = new Set(
    paths.map((path) => path.split('/')).flatMap(([, name, inside]) => (inside ? [name as string] : [])),
  )
  const folders = [...names].sort().map((name) => {
    const folder = `releases/${name}`
    return { name, folder, file: `${folder}/release.yaml` }
  })
  const hiding = links.filter(
    (path) => /^releases\/[^./][^/]*(?:\/release\.yaml)?$/.test(path) && !expected.includes(path),
  )
  const unnamed = folders.filter(({ name }) => !releaseName.test(name))
  const unwritten = folders.filter(({ file }) => !known.has(file) && !hiding.includes(file))
  const strays = paths.filter((path) => /^releases\/[^/]+\.ya?ml$/.test(path) && !expected.includes(path))
  return {
    folders: folders.filter(({ file }) => known.has(file)),
    names: folders.map(({ name }) => name),
    problems: [
      ...unnamed.map(badName),
      ...hiding.map(linked),
      ...unwritten.map((folder) => withoutFile(folder, known)),
      ...strays.map(stray),
    ],
  }
}
