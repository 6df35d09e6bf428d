import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** Whether `text` is what the file `test/golden/NAME` holds; with UPDATE=1 the file is written instead, for a reviewer to read. */
export const golden = (t: ExecutionContext, name: string, text: string): void => {
  const file = join(import.meta.dirname, name)
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  t.is(text, readFileSync(file, 'utf8'))
}
