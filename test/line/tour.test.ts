import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import { startControlPlane } from '../control-plane/start.ts'
import { ended, root } from './site.ts'

/** This checkout as a clone would have it: every file that git knows or would take, committed. */
const clone = async (folder: string): Promise<void> => {
  const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root })
  for (const path of stdout.split('\0').filter((path) => path !== ''))
    // A file that is deleted and not yet committed is still listed.
    await cp(join(root, path), join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@site.example', ...args], { cwd: folder })
  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Test')
  await git('config', 'user.email', 'test@site.example')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'A clone')
}

/** PATH without anything that this checkout installed, and without helm. */
const plainPath = (process.env['PATH'] ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':')

test("a fresh clone renders with `make render` alone and stays clean, and then every command of README's tour works", async (t) => {
  t.timeout(15 * 60_000)
  const folder = await mkdtemp(join(tmpdir(), 'scout-clone-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await clone(folder)
  const run = (command: string, ...args: string[]) =>
    ended(command, args, {
      cwd: folder,
      env: { PATH: plainPath, npm_config_update_notifier: 'false' },
      plain: true,
    })

  t.not((await run('bash', '-c', 'command -v helm')).exitCode, 0, 'this machine has a helm of its own')
  const made = await run('make', 'render')
  t.is(made.exitCode, 0, made.stdout + made.stderr)
  t.regex(made.stdout, /rendered\/ was up to date/)
  t.is((await run('git', 'status', '--porcelain')).stdout, '')

  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```sh tour\n(.*?)^```$/gms)].map(([, block]) => block ?? '')
  t.true(blocks.length >= 4)
  const controlPlane = await startControlPlane()
  t.teardown(() => controlPlane.stop())
  const access = `export KUBECONFIG=${controlPlane.kubeconfig} PATH=${dirname(controlPlane.kubectl)}:$PATH\n`
  const toured = await run('bash', '-euo', 'pipefail', '-c', access + blocks.join('\n'))
  t.is(toured.exitCode, 0, toured.stdout + toured.stderr)
  for (const told of [
    /No changes/,
    /spec\.replicas: 3 → 4/,
    /is good: sample-production 1\.0\.0/,
    /is applied and ready/,
    /nothing to do/,
    /removed bootstrap/,
    /Back at revision 1/,
    /The chain holds/,
  ])
    t.regex(toured.stdout, told)
})
