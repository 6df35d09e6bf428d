import { good, bad, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { readInput } from './input-file.ts'

/** Nobody gives more than this by hand. */
const most = 900 * 1024

const readStandardInput = async (): Promise<Outcome<Uint8Array>> => {
  if (process.stdin.isTTY)
    return bad([
      problem({
        code: 'usage/no-value',
        fault: 'usage',
        what: 'There is no value: standard input is a terminal, which would show it.',
        fix: 'Name a file with --from FILE, or pipe the value in.',
      }),
    ])
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > most) break
  }
  return good(Buffer.concat(chunks))
}

/** The bytes that a person gives, of a file or from standard input; never from the command line, which everybody on the machine can read. */
export const readGiven = async (file: string | undefined): Promise<Outcome<Uint8Array>> => {
  const read = file === undefined ? await readStandardInput() : await readInput(file, 'value')
  if (!read.ok || read.value.length <= most) return read
  return bad([
    problem({
      code: 'usage/value-too-large',
      fault: 'usage',
      what: `The value is larger than ${most / 1024} KiB, which no Secret holds.`,
      fix: 'Keep it in a Secret or a volume of its own.',
    }),
  ])
}
