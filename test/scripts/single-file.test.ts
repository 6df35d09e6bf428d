import { join } from 'node:path'
import test from 'ava'
import { ended, root } from '../line/site.ts'

test('dist/scout-apply is one file that runs where no Node is, and knows its commands', async (t) => {
  t.timeout(5 * 60_000)
  const built = await ended('node', [join(root, 'scripts/single-file.ts')], { cwd: root })
  t.is(built.exitCode, 0, built.stderr)
  const program = join(root, 'dist/scout-apply')
  const nowhere = { env: { PATH: '/nonexistent' }, plain: true }
  t.regex((await ended(program, ['--help'], nowhere)).stdout, /scout-apply BUNDLE \[VERB\]/)
  const missing = await ended(program, ['nothing.tgz', 'verify'], nowhere)
  t.is(missing.exitCode, 2)
  t.regex(missing.stderr, /There is no bundle nothing\.tgz/)
})
