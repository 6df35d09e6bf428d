import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { AskPassphrase } from './signer.ts'

export interface PassphraseSource {
  /** A file whose first line it is. */
  file?: string
  /** The name of an environment variable. */
  variable?: string
  /** Whoever sits at the terminal types it twice: a slip in the passphrase of a new key would be found too late. */
  twice?: boolean
}

/** Asks at the terminal without showing what is typed; undefined where the answer is Ctrl-C or Ctrl-D. */
const prompt = async (words: string): Promise<string | undefined> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  // Only now, when the terminal no longer echoes: who types ahead would be seen.
  process.stderr.write(`${words}: `)
  try {
    return await terminal.question('')
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined
    throw error
  } finally {
    terminal.close()
    // The question goes away again: the table of progress is drawn anew from where the cursor was.
    process.stderr.write(process.stderr.isTTY ? '\r\u001B[K' : '\n')
  }
}

const promptTwice = async (words: string): Promise<string | undefined> => {
  for (let before = ''; ; before = 'These were not the same. ') {
    const first = await prompt(`${before}${words}`)
    if (first === undefined) return undefined
    const second = await prompt('The same again')
    if (second === undefined || second === first) return second
  }
}

const firstLineOf = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0]
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code)))
      return undefined
    throw error
  }
}

/** From the file, else from the variable, else from whoever sits at the terminal. A file or variable that is named and not there is no passphrase. */
export const passphraseFrom =
  (
    { file, variable, twice = false }: PassphraseSource,
    environment: NodeJS.ProcessEnv = process.env,
  ): AskPassphrase =>
  async (keyFile) => {
    if (file !== undefined) return firstLineOf(file)
    if (variable !== undefined) return environment[variable]
    if (!process.stdin.isTTY) return undefined
    return (twice ? promptTwice : prompt)(`Passphrase of ${keyFile}`)
  }
