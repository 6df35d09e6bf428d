import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../src/core/digest.ts'
import { ended, root } from '../line/site.ts'

const program = join(root, 'dist/scout-apply')

test('dist/scout-apply is one file that runs where no Node is, knows its commands, and has the same bytes each time', async (t) => {
  t.timeout(5 * 60_000)
  const build = async (): Promise<string> => {
    const built = await ended('node', [join(root, 'scripts/single-file.ts')], { cwd: root })
    t.is(built.exitCode, 0, built.stderr)
    return sha256(await readFile(program))
  }
  t.is(await build(), await build())
  const nowhere = { env: { PATH: '/nonexistent' }, plain: true }
  t.regex((await ended(program, ['--help'], nowhere)).stdout, /scout-apply BUNDLE \[VERB\]/)
  const missing = await ended(program, ['nothing.tgz', 'verify'], nowhere)
  t.is(missing.exitCode, 2)
  t.regex(missing.stderr, /There is no bundle nothing\.tgz/)
})
