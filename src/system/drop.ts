import { constants } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HandoverFolder } from '../core/effects/handover.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

const fixes: { [code: string]: string } = {
  EACCES: 'Ask for the right to write there.',
  EPERM: 'Ask for the right to write there.',
  EROFS: 'Mount it writable.',
  ENOENT: 'There is no such folder: mount the medium, or make the folder.',
  ENOTDIR: 'Name a folder.',
  EEXIST: 'A file stands where the folder should be: name another one.',
  ENOSPC: 'Make room there, and ship again.',
  ELOOP: 'Remove the link of this name there.',
}

const failed = (doing: string, folder: string, error: unknown): Outcome<never> =>
  bad([
    problem({
      code: 'ship/folder-failed',
      fault: 'world',
      what: `Cannot ${doing} in ${folder} (${codeOf(error) ?? (error as Error).message}).`,
      fix: fixes[codeOf(error) ?? ''] ?? 'See whether the medium is whole and mounted, and ship again.',
      raw: String(error),
    }),
  ])

const trying = async <T>(doing: string, folder: string, run: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return good(await run())
  } catch (error) {
    return failed(doing, folder, error)
  }
}

/** Opens, and closes whatever happens. */
const within = async <T>(
  path: string,
  flags: number,
  use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> => {
  const handle = await open(path, flags | constants.O_NOFOLLOW, 0o644)
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

/** Makes names durable: without it a power cut can forget a rename that had returned. */
const syncFolder = (folder: string): Promise<void> =>
  within(folder, constants.O_RDONLY | constants.O_DIRECTORY, (handle) => handle.sync())

/**
 * A folder of this machine, such as a mounted USB stick. It must exist: a folder that is made on the fly is how bundles end
 * up under a mount point where nothing is mounted. Links in it are not followed.
 */
export const openDrop = (folder: string): HandoverFolder => ({
  read: async (name) => {
    const there = await trying('look', folder, async () => (await stat(folder)).isDirectory())
    if (!there.ok) return there
    return trying(`read ${name}`, folder, async () => {
      try {
        return await within(join(folder, name), constants.O_RDONLY, (handle) => handle.readFile())
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    })
  },
  write: (name, content) =>
    trying(`write ${name}`, folder, () =>
      within(
        join(folder, name),
        constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
        async (handle) => {
          await handle.writeFile(content)
          await handle.chmod(0o644)
          await handle.sync()
        },
      ),
    ),
  rename: (from, to) =>
    trying(`rename ${from}`, folder, async () => {
      await rename(join(folder, from), join(folder, to))
      await syncFolder(folder)
    }),
  remove: (name) => trying(`remove ${name}`, folder, () => rm(join(folder, name), { force: true })),
})

/** Makes a folder of ours on this machine, such as dist/; one that is there already is fine. */
export const makeFolder = async (folder: string): Promise<Outcome<void>> =>
  trying('work', folder, async () => {
    await mkdir(folder, { recursive: true })
  })
