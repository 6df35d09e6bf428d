import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { isMissing } from './missing.ts'

/** Writes a file that the command line names, over whatever is there: a pipe, too. Throws the system's own error, which the stepper makes a problem of. */
export const writeOutput = async (file: string, text: string): Promise<void> => {
  await writeFile(file, text, { flush: true })
}

const orMissing = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Puts a file in the place of another in one step: whoever reads it, and whoever comes after a run that was killed or a disk that was full, finds the
 * old one or the new one, whole. A link stays one. `mode`: that of the one that is there, where it is left out. Throws the system's own error.
 */
export const replaceFile = async (file: string, text: string, mode?: number): Promise<void> => {
  const target = (await orMissing(realpath(file))) ?? file
  const wanted = mode ?? (await orMissing(stat(target)))?.mode
  const beside = `${target}.${process.pid}.tmp`
  try {
    const fresh = await open(beside, 'w', wanted)
    try {
      await fresh.writeFile(text)
      // The mask of whoever runs this may take rights away.
      if (wanted !== undefined) await fresh.chmod(wanted)
      await fresh.sync()
    } finally {
      await fresh.close()
    }
    await rename(beside, target)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
