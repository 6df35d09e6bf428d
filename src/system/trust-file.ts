import type { Outcome } from '../core/problem.ts'
import { readTrust } from '../core/trust.ts'
import type { Trust } from '../core/trust.ts'
import { readInput } from './input-file.ts'

/** Where a control plane keeps it. */
export const usualTrustFile = '/etc/scout/trust.yaml'

/** Whose signatures count, as the file says that the command line names; where it names none, the one in its usual place. */
export const loadTrust = async (named: string | undefined): Promise<Outcome<Trust>> => {
  const file = named ?? usualTrustFile
  const read = await readInput(
    file,
    'trust file',
    named === undefined
      ? 'Put the trust file there, or name it: --trust FILE. `scout keys trust` makes one.'
      : undefined,
  )
  return read.ok ? readTrust(read.value, file) : read
}
