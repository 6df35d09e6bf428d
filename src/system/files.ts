import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
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
import type { ReadFiles, WriteFiles } from '../core/effects/files.ts'
import { utf8Text } from '../core/utf-8.ts'

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

/** Waits until a file or folder is on disk. */
const sync = (path: string): void => {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** New files lie in a folder of this name, below the one that is written to, until all of them are on disk. */
const stagePrefix = '.writing-'
const isOfStage = (path: string): boolean => path.startsWith(stagePrefix)
const stageMilliseconds = 60 * 60 * 1000

/**
 * The files below `root`. A link that leads out of it is refused; writing reaches the folders named in `mayWrite` alone. All is done
 * without waiting for events: of small files, and a site has thousands, waiting is most of the work. Failures of the system are thrown as Node's own errors (code, syscall, path), which the stepper turns into problems.
 */
export const openFiles = (root: string, mayWrite: string[] = []): ReadFiles & WriteFiles => {
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

  /** Folders are read one by one: readdirSync with `recursive` goes through links, too. */
  const below = (folder: string, isWanted: (entry: Dirent) => boolean): string[] => {
    const found: string[] = []
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
        if (isWanted(entry)) found.push(path)
        if (entry.isDirectory()) visit(path)
      }
    }
    visit(folder)
    return found.sort()
  }

  const list = async (folder: string): Promise<string[]> => below(inside(folder), (entry) => entry.isFile())

  const isLink = (path: string): boolean => {
    try {
      return lstatSync(join(root, path)).isSymbolicLink()
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  const links = async (path: string): Promise<string[]> => {
    const parts = inside(path).split('/')
    for (const index of parts.keys()) {
      const above = parts.slice(0, index + 1).join('/')
      if (isLink(above)) return [above]
    }
    return below(inside(path), (entry) => entry.isSymbolicLink())
  }

  /** Removes what runs that were killed have left; a run that is at work is younger. */
  const forgetStages = (top: string): void => {
    const names = below(relative(root, top), (entry) => entry.isDirectory() && isOfStage(entry.name))
    for (const name of names) {
      const found = lstatSync(join(root, name), { throwIfNoEntry: false })
      if (found !== undefined && Date.now() - found.mtimeMs > stageMilliseconds)
        rmSync(join(root, name), { recursive: true, force: true })
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
    // What a link leads to is not ours to write to, and not to remove either.
    const [link] = await links(plain)
    if (link !== undefined) refuse('EXDEV', link, 'nothing is written through a link')
    const target = join(root, plain)
    const top = join(root, plain.split('/')[0] as string)
    forgetStages(top)
    const before = (await list(plain))
      .map((path) => path.slice(plain.length + 1))
      .filter((path) => !isOfStage(path))
    const stage = join(top, `${stagePrefix}${randomUUID()}`)
    const staged: { from: string; to: string }[] = []
    const written: string[] = []
    mkdirSync(stage, { recursive: true })
    try {
      for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const content = Buffer.from(text)
        const old = await read(posix.join(plain, inside(path)))
        if (old !== undefined && content.equals(old)) continue
        const from = join(stage, String(staged.length))
        writeFileSync(from, content, { flag: 'wx', mode: 0o644 })
        staged.push({ from, to: join(target, path) })
        written.push(path)
      }
      // Once all are written: the disk then has to be waited for about once.
      for (const { from } of staged) sync(from)
      const folders = new Set<string>()
      for (const { from, to } of staged) {
        if (!folders.has(dirname(to))) mkdirSync(dirname(to), { recursive: true })
        folders.add(dirname(to))
        renameSync(from, to)
      }
      const removed = before.filter((path) => !files.has(path))
      for (const path of removed) {
        // Another run that does the same may have been faster.
        rmSync(join(target, path), { force: true })
        removeEmpty(dirname(join(target, path)), target)
      }
      for (const parent of folders) sync(parent)
      return { written, removed }
    } finally {
      rmSync(stage, { recursive: true, force: true })
    }
  }

  return { read, readText, list, links, replaceFolder }
}
