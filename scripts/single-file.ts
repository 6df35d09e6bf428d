/**
 * Builds dist/scout-apply: Node 24 with the applier inside it (a single executable application), for a control plane
 * that has nothing installed. The same sources give the same bytes: no chance, no time, no path goes in.
 */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
// @ts-expect-error: postject carries no types
import { inject } from 'postject'
import { writeOneScript } from './one-script.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const work = join(dist, '.single-file')
const program = join(dist, 'scout-apply')

await mkdir(work, { recursive: true })
try {
  await writeOneScript('scout-apply', join(work, 'scout-apply.cjs'))
  await writeFile(
    join(work, 'sea.json'),
    JSON.stringify({
      main: 'scout-apply.cjs',
      output: 'scout-apply.blob',
      disableExperimentalSEAWarning: true,
      // Saves a third of the start.
      useCodeCache: true,
    }),
  )
  // V8's code cache depends on a seed that is otherwise drawn anew.
  await execa('node', ['--random-seed=1', '--experimental-sea-config', 'sea.json'], {
    cwd: work,
    preferLocal: true,
    localDir: root,
  })
  const blob = await readFile(join(work, 'scout-apply.blob'))
  const unfinished = join(work, 'scout-apply')
  await copyFile(process.execPath, unfinished)
  await chmod(unfinished, 0o755)
  await inject(unfinished, 'NODE_SEA_BLOB', blob, {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  })
  await rm(program, { force: true })
  await copyFile(unfinished, program)
  await chmod(program, 0o755)
  console.log('dist/scout-apply')
} finally {
  await rm(work, { recursive: true, force: true })
}
