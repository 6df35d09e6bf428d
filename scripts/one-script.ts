import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Writes the applier with all that it imports as one script for Node 24. The same sources give the same bytes. */
export const writeOneScript = async (outfile: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/scout-apply.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    define: { 'import.meta.main': 'true' },
    logLevel: 'error',
  })
}
