import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import type { Dirent } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import type { FileText, ReadFiles, WriteFiles } from '../core/effects/files.ts'
import { sha256 } from '../core/digest.ts'
import { utf8Text } from '../core/utf-8.ts'
import type { Look } from './tree-digest.ts'

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

const refuse = (code: string, path: string, message: string): never => {
  throw Object.assign(new Error(`${code}: ${message}, '${path}'`), { code, syscall: 'open', path })
}

/** A relative path in its plain form. A path that climbs out of the root is a mistake of ours, not of the input. */
const inside = (path: string): string => {
  const plain = posix.normalize(path)
  if (posix.isAbsolute(plain) || plain === '..' || plain.startsWith('../'))
    throw new Error(`a path left its root: ${path}`)
  return plain
}

const flushed = promisify(fsync)

/** As many as Node waits for at once. */
const mostWaiting = 4

/** Waits until files and folders are on disk. Together they wait hardly longer than one does alone: a disk writes down what several wait for in one go. */
const syncAll = async (paths: Iterable<string>): Promise<void> => {
  const left = Iterator.from(paths)
  const syncSome = async (): Promise<void> => {
    for (const path of left) {
      const handle = openSync(path, 'r')
      try {
        await flushed(handle)
      } finally {
        closeSync(handle)
      }
    }
  }
  await Promise.all(Array.from({ length: mostWaiting }, syncSome))
}

const holds = (bytes: Uint8Array, wanted: string | FileText): boolean =>
  typeof wanted === 'string' ? Buffer.from(wanted).equals(bytes) : wanted.digest === sha256(bytes)

/** New files lie in a folder of this name, below the one that is written to, until all of them are on disk. */
const stagePrefix = '.writing-'
const isOfStage = (path: string): boolean => path.startsWith(stagePrefix)
const stageMilliseconds = 60 * 60 * 1000

/** Those of sorted paths that lie below a folder. */
const inFolder = (folder: string, sorted: string[]): string[] => {
  const start = `${folder}/`
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as string) < start) from = middle + 1
    else to = middle
  }
  const end = sorted.findIndex((path, index) => index >= from && !path.startsWith(start))
  return sorted.slice(from, end < 0 ? sorted.length : end)
}

/**
 * The files below `root`. A link that leads out of it is refused; writing reaches the folders named in `mayWrite` alone. All is done
 * without waiting for events: of small files, and a site has thousands, waiting is most of the work. Failures of the system are thrown as Node's own errors (code, syscall, path), which the stepper turns into problems.
 * What `look` has seen is listed, and known by its digest, as it was then; content is read anew.
 */
export const openFiles = (root: string, mayWrite: string[] = [], look?: Look): ReadFiles & WriteFiles => {
  let home: string | undefined

  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const wanted = inside(path)
    try {
      const real = realpathSync.native(join(root, wanted))
      home ??= realpathSync.native(root)
      const way = relative(home, real)
      if (way === '..' || way.startsWith(`..${sep}`)) refuse('EXDEV', wanted, 'a link leads out of the site')
      return readFileSync(real)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  const readText = async (path: string): Promise<string | undefined> => {
    const bytes = await read(path)
    if (bytes === undefined) return undefined
    return utf8Text(bytes) ?? refuse('EILSEQ', path, 'the file is not UTF-8 text')
  }

  const digest = async (path: string): Promise<string | undefined> => {
    const seen = look?.plain.get(inside(path))
    if (seen?.kind === 'file') return seen.content
    const bytes = await read(path)
    return bytes && sha256(bytes)
  }

  /** Whether a folder was looked at, and all that is below it. */
  const wasSeen = (folder: string): boolean => look?.plain.get(folder)?.kind === 'folder'

  /** Folders are read one by one: readdirSync with `recursive` goes through links, too. */
  const entriesBelow = (folder: string): { path: string; entry: Dirent }[] => {
    const found: { path: string; entry: Dirent }[] = []
    const entriesOf = (at: string): Dirent[] => {
      try {
        return readdirSync(join(root, at), { withFileTypes: true })
      } catch (error) {
        if (isMissing(error)) return []
        throw error
      }
    }
    const visit = (at: string): void => {
      for (const entry of entriesOf(at)) {
        const path = posix.join(at, entry.name)
        found.push({ path, entry })
        if (entry.isDirectory()) visit(path)
      }
    }
    visit(folder)
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  const below = (folder: string, isWanted: (entry: Dirent) => boolean): string[] =>
    entriesBelow(folder).flatMap(({ path, entry }) => (isWanted(entry) ? [path] : []))

  const list = async (folder: string): Promise<string[]> => {
    const plain = inside(folder)
    return look && wasSeen(plain)
      ? inFolder(plain, look.paths).filter((path) => look.plain.get(path)?.kind === 'file')
      : below(plain, (entry) => entry.isFile())
  }

  const isLink = (path: string): boolean => {
    try {
      return lstatSync(join(root, path)).isSymbolicLink()
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  /** The first part of a path that is a link, from the top; its last part among them. */
  const linkAbove = (path: string): string | undefined => {
    const parts = path.split('/')
    return parts.map((_, index) => parts.slice(0, index + 1).join('/')).find(isLink)
  }

  const links = async (path: string): Promise<string[]> => {
    const plain = inside(path)
    if (look && wasSeen(plain)) return inFolder(plain, look.links)
    const above = linkAbove(plain)
    return above === undefined ? below(plain, (entry) => entry.isSymbolicLink()) : [above]
  }

  /** Removes what runs that were killed have left; a run that is at work is younger. */
  const forgetStages = (stages: string[]): void => {
    for (const name of stages) {
      const found = lstatSync(join(root, name), { throwIfNoEntry: false })
      if (found !== undefined && Date.now() - found.mtimeMs > stageMilliseconds)
        rmSync(join(root, name), { recursive: true, force: true })
    }
  }

  /** No link leads to it. */
  const oldBytes = (path: string): Uint8Array | undefined => {
    try {
      return readFileSync(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** Removes folders that a removed file has left empty, up to `top`. */
  const removeEmpty = (folder: string, top: string): void => {
    for (let at = folder; at !== top && at.startsWith(top); at = dirname(at)) {
      if (readdirSync(at).length > 0) return
      rmdirSync(at)
    }
  }

  const replaceFolder: WriteFiles['replaceFolder'] = async (folder, files) => {
    const plain = inside(folder)
    if (!mayWrite.some((allowed) => plain === allowed || plain.startsWith(`${allowed}/`)))
      throw new Error(`nothing may be written to ${folder}`)
    const target = join(root, plain)
    const first = plain.split('/')[0] as string
    const top = join(root, first)
    // What a link leads to is not ours to write to, and not to remove either.
    const above = linkAbove(plain)
    if (above !== undefined) refuse('EXDEV', above, 'nothing is written through a link')
    const entries = entriesBelow(first)
    const own = entries.filter(({ path }) => path.startsWith(`${plain}/`))
    const link = own.find(({ entry }) => entry.isSymbolicLink())
    if (link !== undefined) refuse('EXDEV', link.path, 'nothing is written through a link')
    forgetStages(
      entries.flatMap(({ path, entry }) => (entry.isDirectory() && isOfStage(entry.name) ? [path] : [])),
    )
    const before = own.flatMap(({ path, entry }) => (entry.isFile() ? [path.slice(plain.length + 1)] : []))
    const stage = join(top, `${stagePrefix}${randomUUID()}`)
    const staged: { from: string; to: string }[] = []
    const written: string[] = []
    mkdirSync(stage, { recursive: true })
    try {
      for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const old = oldBytes(join(target, inside(path)))
        if (old !== undefined && holds(old, text)) continue
        const content = typeof text === 'string' ? text : text.text()
        const from = join(stage, String(staged.length))
        writeFileSync(from, content, { flag: 'wx', mode: 0o644 })
        staged.push({ from, to: join(target, path) })
        written.push(path)
      }
      // Once all are written: the disk then has to be waited for about once.
      await syncAll(staged.map(({ from }) => from))
      const folders = new Set<string>()
      for (const { from, to } of staged) {
        if (!folders.has(dirname(to))) mkdirSync(dirname(to), { recursive: true })
        folders.add(dirname(to))
        renameSync(from, to)
      }
      const removed = before.filter((path) => !files.has(path) && !isOfStage(path))
      for (const path of removed) {
        // Another run that does the same may have been faster.
        rmSync(join(target, path), { force: true })
        removeEmpty(dirname(join(target, path)), target)
      }
      await syncAll(folders)
      return { written, removed }
    } finally {
      rmSync(stage, { recursive: true, force: true })
    }
  }

  return { read, readText, digest, list, links, replaceFolder }
}
