import path from 'node:path'
import { execa } from 'execa'

const program = path.join(import.meta.dirname, '../../../src/scout.ts')

/** Runs `scout mirrors` for a site, as people do. */
export const runScout = async (
  site: string,
  args: string[],
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> => {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [program, 'mirrors', '--site', site, ...args],
    { reject: false, stripFinalNewline: false },
  )
  return { exitCode, stdout, stderr }
}
