import { randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../core/digest.ts'
import type { Memory } from '../core/effects/memory.ts'
import { parseJson, printJson } from '../core/json.ts'
import { programDigest } from './program-digest.ts'
import { isUnusable } from './unusable.ts'

/** What nobody asked for in so long a time goes. */
const keptMilliseconds = 14 * 24 * 60 * 60 * 1000

const unlessUnusable = <T>(use: () => T): T | undefined => {
  try {
    return use()
  } catch (error) {
    if (!isUnusable(error)) throw error
    return undefined
  }
}

/** An entry begins with the digest of the rest: one that was cut off or edited is as good as forgotten. */
const bodyOf = (entry: Buffer): { digest: string; body: Buffer } | undefined => {
  const end = entry.indexOf('\n')
  const [digest, body] = [entry.toString('latin1', 0, end), entry.subarray(end + 1)]
  return digest === sha256(body) ? { digest, body } : undefined
}

const forgetOld = (folder: string, now: number): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    // Another run may have been faster.
    const found = statSync(path, { throwIfNoEntry: false })
    if (found !== undefined && now - found.mtimeMs > keptMilliseconds) rmSync(path, { force: true })
  }
}

/**
 * The memory of the site at `root`, in `.cache/render`, readable by this user alone. What another version of this program kept is not
 * recalled. It may be removed at any time.
 * With `mayKeep`, what is kept can be recalled by others only once this process ends, and only where it says so then: what was worked out of files that somebody has edited
 * meanwhile must not be taken for what they were before.
 */
export const openMemory = (root: string, mayKeep?: () => boolean): Memory => {
  const folder = join(root, '.cache', 'render')
  const fileOf = (key: string): string =>
    join(folder, `${sha256(`${programDigest()}\n${key}`).slice('sha256:'.length)}.json`)
  const digests = new Map<string, string>()
  /** What lies beside its place until the end, by its place. */
  const waiting = new Map<string, string>()
  const settle = (): void => {
    const stays = mayKeep?.() ?? true
    for (const [file, part] of waiting)
      unlessUnusable(() => (stays ? renameSync(part, file) : rmSync(part, { force: true })))
  }
  const placeOf = (key: string): string => waiting.get(fileOf(key)) ?? fileOf(key)
  let prepared = false
  const prepare = (): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // The cache is no part of the site.
    writeFileSync(join(root, '.cache', '.gitignore'), '*\n')
    forgetOld(folder, Date.now())
    prepared = true
  }
  const write = (file: string, entry: string): void => {
    if (!prepared) prepare()
    const part = `${file}.${randomUUID()}`
    try {
      writeFileSync(part, entry, { mode: 0o600 })
      if (mayKeep === undefined) return renameSync(part, file)
      if (waiting.size === 0) process.once('exit', settle)
      waiting.set(file, part)
    } catch (error) {
      prepared = false
      rmSync(part, { force: true })
      throw error
    }
  }
  return {
    recall: async (key) => {
      const file = placeOf(key)
      const found = unlessUnusable(() => bodyOf(readFileSync(file)))
      if (found === undefined) return undefined
      digests.set(key, found.digest)
      const now = new Date()
      unlessUnusable(() => utimesSync(file, now, now))
      return parseJson(found.body.toString())
    },
    keep: async (key, value) => {
      const body = printJson(value)
      const digest = sha256(body)
      digests.delete(key)
      unlessUnusable(() => {
        write(fileOf(key), `${digest}\n${body}`)
        digests.set(key, digest)
      })
    },
    holds: (key) => existsSync(placeOf(key)),
    digestOf: (key) => digests.get(key),
  }
}
