import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { formsOf } from '../apply/traces.ts'
import type { Ended } from './site.ts'

const contentOf = async (path: string): Promise<string> => {
  const bytes = await readFile(path)
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1')
}

/**
 * The files below a folder (unpacked where they are gzip; links and git's own packs apart) and the commands in whose words one of
 * these secrets shows: in clear, in JSON, in base64, or as a plain SHA-256.
 */
export const secretsIn = async (folder: string, told: Ended[], secrets: string[]): Promise<string[]> => {
  const forms = secrets.flatMap(formsOf)
  const shows = (text: string): boolean => forms.some((form) => text.includes(form))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !path.includes('/.git/') && shows(await contentOf(path)))
      found.push(path.slice(folder.length + 1))
  }
  const words = told.filter(({ stdout, stderr }) => shows(stdout) || shows(stderr))
  return [...found.sort(), ...words.map(({ command }) => command)]
}
