import { open } from 'node:fs/promises'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

/**
 * Writes a new file that its owner alone may read (0600), and returns once it is on the disk. A file that is there is not overwritten: it may be
 * the only backup.
 */
export const writePrivate = async (file: string, content: Uint8Array): Promise<Outcome<void>> => {
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return good(undefined)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return bad([
      problem({
        code: 'usage/file-exists',
        fault: 'usage',
        what: `${file} is there already.`,
        where: [{ in: 'file', file }],
        fix: 'Name another file, or move that one away.',
      }),
    ])
  }
}
