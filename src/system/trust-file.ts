import type { Outcome } from '../core/problem.ts'
import { readTrust } from '../core/trust.ts'
import type { Trust } from '../core/trust.ts'
import { readInput } from './input-file.ts'

/** Whose signatures count, as the file says that the command line names. */
export const loadTrust = async (file: string): Promise<Outcome<Trust>> => {
  const read = await readInput(file, 'trust file')
  return read.ok ? readTrust(read.value, file) : read
}
