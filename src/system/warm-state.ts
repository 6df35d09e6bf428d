import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { WarmState } from '../core/effects/warm-state.ts'
import { isUnusable } from './unusable.ts'

/** A cache forgets, too: what was warmed so long ago is warmed again. In milliseconds. */
const remembered = 24 * 60 * 60 * 1000

const unlessUnusable = async <T>(use: () => Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await use()
  } catch (error) {
    if (!isUnusable(error)) throw error
    return otherwise
  }
}

/** In `.cache/warm` below the site: a line for each blob, so that a run that is killed has lost no more than a line that it had not ended. */
export const openWarmState = (root: string): WarmState => {
  const file = join(root, '.cache', 'warm')
  let prepared = false
  const prepare = async (): Promise<void> => {
    await mkdir(dirname(file), { recursive: true })
    // The cache is no part of the site.
    await writeFile(join(root, '.cache', '.gitignore'), '*\n')
    prepared = true
  }
  return {
    done: () =>
      unlessUnusable(async () => {
        if (Date.now() - (await stat(file)).mtimeMs > remembered) {
          await rm(file, { force: true })
          return new Set<string>()
        }
        const lines = (await readFile(file, 'utf8')).split('\n')
        // What a killed run left of a line, and what follows it, is no line of ours.
        return new Set(
          lines.slice(0, -1).filter((line) => /^[^\s@]+@sha(?:256|512):[0-9a-f]{64,128}$/.test(line)),
        )
      }, new Set()),
    note: (blob) =>
      unlessUnusable(async () => {
        if (!prepared) await prepare()
        await appendFile(file, `${blob}\n`)
      }, undefined),
    forget: () => unlessUnusable(() => rm(file, { force: true }), undefined),
  }
}
