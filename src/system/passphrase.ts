import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { AskPassphrase } from './signer.ts'

export interface PassphraseSource {
  /** A file whose first line it is. */
  file?: string
  /** The name of an environment variable. */
  variable?: string
}

/** Asks at the terminal without showing what is typed. */
const prompt = async (keyFile: string): Promise<string | undefined> => {
  if (!process.stdin.isTTY) return undefined
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  // Only now, when the terminal no longer echoes: who types ahead would be seen.
  process.stderr.write(`Passphrase of ${keyFile}: `)
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

const firstLineOf = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0]
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** From the file, else from the variable, else from whoever sits at the terminal. A file or variable that is named and not there is no passphrase. */
export const passphraseFrom =
  ({ file, variable }: PassphraseSource, environment: NodeJS.ProcessEnv = process.env): AskPassphrase =>
  async (keyFile) => {
    if (file !== undefined) return firstLineOf(file)
    if (variable !== undefined) return environment[variable]
    return prompt(keyFile)
  }
