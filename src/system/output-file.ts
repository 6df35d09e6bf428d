import { writeFile } from 'node:fs/promises'

/** Writes a file that the command line names, over whatever is there. Throws the system's own error, which the stepper makes a problem of. */
export const writeOutput = async (file: string, text: string): Promise<void> => {
  await writeFile(file, text, { flush: true })
}
