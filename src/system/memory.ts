import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../core/digest.ts'
import type { Memory } from '../core/effects/memory.ts'
import { parseJson, printJson } from '../core/json.ts'
import { programDigest } from './program-digest.ts'
import { isUnusable } from './unusable.ts'
import { isMissing } from './missing.ts'

/** What nobody asked for in so long a time goes. */
const keptMilliseconds = 14 * 24 * 60 * 60 * 1000

const unlessUnusable = async <T>(use: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await use()
  } catch (error) {
    if (!isUnusable(error)) throw error
    return undefined
  }
}

/** An entry begins with the digest of the rest: one that was cut off or edited is as good as forgotten. */
const entryOf = (body: string): string => `${sha256(body)}\n${body}`
const bodyOf = (entry: string): string | undefined => {
  const end = entry.indexOf('\n')
  const body = entry.slice(end + 1)
  return entry.slice(0, end) === sha256(body) ? body : undefined
}

const forgetOld = async (folder: string, now: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    // Another run may have been faster.
    const found = await stat(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
    if (found !== undefined && now - found.mtimeMs > keptMilliseconds) await rm(path, { force: true })
  }
}

/**
 * The memory of the site at `root`, in `.cache/render`, readable by this user alone. What another version of this program kept is not
 * recalled. It may be removed at any time.
 */
export const openMemory = (root: string): Memory => {
  const folder = join(root, '.cache', 'render')
  const fileOf = (key: string): string =>
    join(folder, `${sha256(`${programDigest()}\n${key}`).slice('sha256:'.length)}.json`)
  let tidied: Promise<void> | undefined
  const write = async (file: string, entry: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // The cache is no part of the site.
    await writeFile(join(root, '.cache', '.gitignore'), '*\n')
    const part = `${file}.${randomUUID()}`
    try {
      await writeFile(part, entry, { mode: 0o600 })
      await rename(part, file)
    } finally {
      await rm(part, { force: true })
    }
    tidied ??= forgetOld(folder, Date.now())
    await tidied
  }
  return {
    recall: async (key) => {
      const file = fileOf(key)
      const body = await unlessUnusable(async () => bodyOf(await readFile(file, 'utf8')))
      if (body === undefined) return undefined
      const now = new Date()
      await unlessUnusable(() => utimes(file, now, now))
      return parseJson(body)
    },
    keep: async (key, value) => {
      await unlessUnusable(() => write(fileOf(key), entryOf(printJson(value))))
    },
  }
}
