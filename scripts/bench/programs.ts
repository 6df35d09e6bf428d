import { execa } from 'execa'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')
/** As `make` built it. */
export const scout = join(root, '.cache/built/scout.cjs')
export const cores = availableParallelism()

/** The project's own Node, in a folder. */
export const node = (args: string[], cwd: string, env: { [name: string]: string } = {}) =>
  execa('node', args, { cwd, env, preferLocal: true, localDir: root, stdin: 'ignore' })

/** `use` with a new folder, which is removed in the end. */
export const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-bench-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
