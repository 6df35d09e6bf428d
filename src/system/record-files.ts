import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { AuditFile, MetricsFile } from '../core/effects/record-files.ts'
import { isMissing } from './missing.ts'
import { replaceFile } from './output-file.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants

const lineBreak = '\n'.charCodeAt(0)

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

const withFile = async (file: FileHandle, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Whether the last line of a file has no end: whoever wrote it was killed, or the disk was full. */
const endsTorn = async (file: FileHandle): Promise<boolean> => {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== lineBreak
}

/** Adds a text to a file in one write: what another process adds at the same time stands before or behind it. */
const addTo = async (file: FileHandle, text: string): Promise<void> => {
  const bytes = Buffer.from(text)
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten < bytes.length)
    throw Object.assign(new Error(`ENOSPC: only ${bytesWritten} of ${bytes.length} bytes were written`), {
      code: 'ENOSPC',
      syscall: 'write',
    })
}

/**
 * Opens a file for audit records: one that its owner alone may read (0600) is made where there is none. That it can be written is found now, not
 * after the run; a link is not followed. Throws the system's own error.
 */
export const openAuditFile = async (name: string): Promise<AuditFile> => {
  const opened = async (): Promise<FileHandle> =>
    await open(name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
  await (await opened()).close()
  return {
    name,
    read: () => textOf(name),
    append: async (line) => {
      const file = await opened()
      await withFile(file, async () => await addTo(file, (await endsTorn(file)) ? `\n${line}` : line))
    },
  }
}

/** A file for metrics: readable for all (0644), since the exporter is another user; written beside it and put in its place. */
export const metricsFile = (name: string): MetricsFile => ({
  name,
  read: () => textOf(name),
  // The collector reads what ends in `.prom`: half of one it must not find.
  replace: async (text) => await replaceFile(name, text, 0o644),
})
