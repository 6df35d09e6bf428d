import { readFile } from 'node:fs/promises'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

/**
 * A file that the command line names, whole. A path that is not there is wrong usage (`whereMissing`: what to do then), and any other
 * failure the world's.
 */
export const readInput = async (
  file: string,
  what: string,
  whereMissing = 'Correct the path.',
): Promise<Outcome<Uint8Array>> => {
  try {
    return good(await readFile(file))
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException
    const isFolder = code === 'EISDIR'
    const missing = code === 'ENOENT' || code === 'ENOTDIR' || isFolder
    return bad([
      problem({
        code: missing ? 'usage/no-such-file' : 'system/unreadable',
        fault: missing ? 'usage' : 'world',
        what: isFolder
          ? `${file} is a folder, and no ${what}.`
          : missing
            ? `There is no ${what} ${file}.`
            : `The ${what} ${file} cannot be read: ${message}.`,
        where: [{ in: 'file', file }],
        fix: missing ? whereMissing : 'Mend what the system says and run it again.',
      }),
    ])
  }
}
