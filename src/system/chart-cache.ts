import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { extract, list } from 'tar'
import { sha256 } from '../core/digest.ts'
import type { PulledChart } from '../core/effects/helm.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { isMissing } from './missing.ts'

/** Fetched charts lie below the site under the digest of their archive: unpacked, and beside that the archive itself. */
const folderFor = (digest: string): string => `.cache/charts/${digest.replace(':', '-')}`
const archiveFor = (digest: string): string => `${folderFor(digest)}.tgz`

/** The codes of node-tar and of zlib: no archive, a damaged one, or one that leads out of its folder. */
const isOfArchive = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^(?:TAR|Z)_/.test(String(error.code))

const isThere = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Unpacks an archive whose one top folder is the chart. */
const unpack = async (archive: string, folder: string): Promise<void> => {
  const part = `${folder}.${randomUUID()}`
  await mkdir(part, { recursive: true })
  try {
    await extract({
      file: archive,
      cwd: part,
      strip: 1,
      strict: true,
      filter: (_path, entry) => 'type' in entry && (entry.type === 'File' || entry.type === 'Directory'),
    })
    await rename(part, folder)
  } catch (error) {
    // Another process was faster.
    if (!(await isThere(folder))) throw error
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

/** By path: the digest of each file of an archive, below its one top folder. */
const filesOfArchive = async (archive: string): Promise<Map<string, string>> => {
  const files = new Map<string, string>()
  await list({
    file: archive,
    strict: true,
    onReadEntry: (entry) => {
      if (entry.type !== 'File') return
      const hash = createHash('sha256')
      const path = entry.path.split('/').slice(1).join('/')
      entry.on('data', (chunk) => hash.update(chunk))
      entry.on('end', () => files.set(path, `sha256:${hash.digest('hex')}`))
    },
  })
  return files
}

/** By path: the digest of each file below a folder; what is neither file nor folder has none. */
const filesOfFolder = async (folder: string): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return new Map(
    await Promise.all(
      entries
        .filter((entry) => !entry.isDirectory())
        .map(async (entry): Promise<[string, string]> => {
          const path = join(entry.parentPath, entry.name)
          const name = relative(folder, path).split(sep).join('/')
          return [name, entry.isFile() ? sha256(await readFile(path)) : '']
        }),
    ),
  )
}

const altered = (directory: string): Outcome<never> =>
  bad([
    problem({
      code: 'resolve/altered-chart',
      what: `The chart in ${directory} is not what its archive holds.`,
      where: [{ in: 'file', file: directory }],
      why: 'Somebody or something wrote to the cache, and the digest in the lock would vouch for that.',
      fix: `Remove ${directory}, and find out who writes to it.`,
    }),
  ])

const badArchive = (archive: string, error: Error): Outcome<never> =>
  bad([
    problem({
      code: 'resolve/bad-archive',
      what: `${archive}, as it was fetched, is not the archive of a chart: ${error.message}.`,
      where: [{ in: 'file', file: archive }],
      fix: 'See what the repository holds under this name and version.',
    }),
  ])

/** The chart of an archive that lies in the cache, unpacked and compared with it file by file. */
const openArchive = async (root: string, digest: string): Promise<Outcome<PulledChart>> => {
  const directory = folderFor(digest)
  const [archive, folder] = [join(root, archiveFor(digest)), join(root, directory)]
  try {
    if (!(await isThere(folder))) await unpack(archive, folder)
  } catch (error) {
    if (isOfArchive(error)) return badArchive(archiveFor(digest), error)
    throw error
  }
  const [wanted, found] = await Promise.all([filesOfArchive(archive), filesOfFolder(folder)])
  const same =
    wanted.size === found.size && [...wanted].every(([path, content]) => found.get(path) === content)
  return same ? good({ digest, directory }) : altered(directory)
}

/** The chart whose archive has this digest; undefined where it is not in the cache, or another one lies in its place. */
export const cachedChart = async (
  root: string,
  digest: string,
): Promise<Outcome<PulledChart> | undefined> => {
  try {
    const archive = await readFile(join(root, archiveFor(digest)))
    return sha256(archive) === digest ? await openArchive(root, digest) : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Puts an archive into the cache and opens it. */
export const cacheChart = async (root: string, archive: Uint8Array): Promise<Outcome<PulledChart>> => {
  const digest = sha256(archive)
  const target = join(root, archiveFor(digest))
  const part = `${target}.${randomUUID()}`
  await mkdir(dirname(target), { recursive: true })
  try {
    await writeFile(part, archive)
    await rename(part, target)
  } finally {
    await rm(part, { force: true })
  }
  return openArchive(root, digest)
}
