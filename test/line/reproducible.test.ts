import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ended, root, trialSite } from './site.ts'

test('two clones of one commit, in different folders, make the same bytes', async (t) => {
  const site = await trialSite(t)
  await mkdir(join(site.folder, 'keys'))
  await site.scout('keys', 'generate', 'keys/staging.key', '--no-passphrase')
  const other = await mkdtemp(join(tmpdir(), 'scout-other-'))
  t.teardown(() => rm(other, { recursive: true, force: true }))
  const clone = join(other, 'deeper', 'clone')
  await site.git('clone', '-q', site.folder, clone)
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'))
  await cp(join(site.folder, 'keys'), join(clone, 'keys'), { recursive: true })

  const digest = async (cwd: string): Promise<string> => {
    const args = [
      join(root, 'src/scout.ts'),
      'bundle',
      '--env',
      'production',
      '--key',
      'keys/staging.key',
      '--output',
      'json',
    ]
    const { exitCode, stdout, stderr } = await ended('node', args, {
      cwd,
      env: { TZ: cwd === clone ? 'Asia/Tokyo' : 'UTC' },
    })
    t.is(exitCode, 0, stderr)
    return (JSON.parse(stdout) as { sha256: string }).sha256
  }
  const [first, second] = [await digest(site.folder), await digest(clone)]
  t.regex(first, /^sha256:[0-9a-f]{64}$/)
  t.is(second, first)
})
