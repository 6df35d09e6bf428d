import { constants } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { AuditFile, MetricsFile } from '../core/effects/record-files.ts'
import { isMissing } from './missing.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants

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

/**
 * Opens a file for audit records: one that its owner alone may read (0600) is made where there is none. That it can be written is found now, not
 * after the run; a link is not followed. Throws the system's own error.
 */
export const openAuditFile = async (name: string): Promise<AuditFile> => {
  const opened = async (): Promise<FileHandle> =>
    await open(name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
  await (await opened()).close()
  return {
    name,
    read: () => textOf(name),
    append: async (line) => {
      const file = await opened()
      await withFile(file, async () => void (await file.write(line)))
    },
  }
}

/** A file for metrics: readable for all (0644), since the exporter is another user; written beside it and put in its place. */
export const metricsFile = (name: string): MetricsFile => ({
  name,
  read: () => textOf(name),
  replace: async (text) => {
    // The collector reads what ends in `.prom`: half of one it must not find.
    const beside = `${name}.${process.pid}.tmp`
    try {
      const file = await open(beside, 'w', 0o644)
      await withFile(file, async () => {
        await file.writeFile(text)
        // The mask of whoever runs this may take the right to read away.
        await file.chmod(0o644)
      })
      await rename(beside, name)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
  },
})
