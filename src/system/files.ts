import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
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

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeNew = async (path: string, content: Uint8Array): Promise<void> => {
  const handle = await open(path, 'wx', 0o644)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** New files lie in a folder of this name, below the one that is written to, until all of them are on disk. */
const stagePrefix = '.writing-'
const isOfStage = (path: string): boolean => path.startsWith(stagePrefix)
const stageMilliseconds = 60 * 60 * 1000

/**
 * The files below `root`. A link that leads out of it is refused; writing reaches the folders named in `mayWrite` alone.
 * Failures of the system are thrown as Node's own errors (code, syscall, path), which the stepper turns into problems.
 */
export const openFiles = (root: string, mayWrite: string[] = []): ReadFiles & WriteFiles => {
  let home: string | undefined

  /** Without waiting for events: of small files, and a site has thousands, waiting is most of the work. */
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

  const below = async (folder: string, isWanted: (entry: Dirent) => boolean): Promise<string[]> => {
    try {
      const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true })
      return entries
        .filter(isWanted)
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .sort()
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  const list = (folder: string): Promise<string[]> => below(inside(folder), (entry) => entry.isFile())

  const isLink = async (path: string): Promise<boolean> => {
    try {
      return (await lstat(join(root, path))).isSymbolicLink()
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  const links = async (path: string): Promise<string[]> => {
    const parts = inside(path).split('/')
    for (const index of parts.keys()) {
      const above = parts.slice(0, index + 1).join('/')
      if (await isLink(above)) return [above]
    }
    return below(inside(path), (entry) => entry.isSymbolicLink())
  }

  /** Removes what runs that were killed have left; a run that is at work is younger. */
  const forgetStages = async (top: string): Promise<void> => {
    const names = (
      await below(relative(root, top), (entry) => entry.isDirectory() && isOfStage(entry.name))
    ).sort()
    for (const name of names) {
      const { mtimeMs } = await lstat(join(root, name))
      if (Date.now() - mtimeMs > stageMilliseconds)
        await rm(join(root, name), { recursive: true, force: true })
    }
  }

  /** Removes folders that a removed file has left empty, up to `top`. */
  const removeEmpty = async (folder: string, top: string): Promise<void> => {
    for (let at = folder; at !== top && at.startsWith(top); at = dirname(at)) {
      if ((await readdir(at)).length > 0) return
      await rmdir(at)
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
    await forgetStages(top)
    const before = (await list(plain))
      .map((path) => path.slice(plain.length + 1))
      .filter((path) => !isOfStage(path))
    const stage = join(top, `${stagePrefix}${randomUUID()}`)
    const staged: { from: string; to: string }[] = []
    const written: string[] = []
    await mkdir(stage, { recursive: true })
    try {
      for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const content = Buffer.from(text)
        const old = await read(posix.join(plain, inside(path)))
        if (old !== undefined && content.equals(old)) continue
        const from = join(stage, String(staged.length))
        await writeNew(from, content)
        staged.push({ from, to: join(target, path) })
        written.push(path)
      }
      for (const { from, to } of staged) {
        await mkdir(dirname(to), { recursive: true })
        await rename(from, to)
      }
      const removed = before.filter((path) => !files.has(path))
      for (const path of removed) {
        // Another run that does the same may have been faster.
        await rm(join(target, path), { force: true })
        await removeEmpty(dirname(join(target, path)), target)
      }
      const touched = new Set(staged.map(({ to }) => dirname(to)))
      for (const parent of touched) await syncFolder(parent)
      return { written, removed }
    } finally {
      await rm(stage, { recursive: true, force: true })
    }
  }

  return { read, readText, list, links, replaceFolder }
}
