import { randomUUID } from 'node:crypto'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { openFiles } from '../../src/system/files.ts'
import { ended, root, trialSite } from '../line/site.ts'
import type { Ended } from '../line/site.ts'

/** Scout built into a folder of its own, as deep below the project as the Makefile has it. */
const built = async (t: ExecutionContext): Promise<string> => {
  const folder = join(root, '.cache', `built-${randomUUID()}`)
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'scout.cjs')
  const one = await ended('node', [join(root, 'scripts/build-scout.ts'), file], { cwd: root })
  t.is(one.exitCode, 0, one.stderr)
  t.is(one.stdout + one.stderr, '')
  return file
}

const run = (program: string, cwd: string, ...args: string[]): Promise<Ended> =>
  ended('node', [program, ...args], { cwd, env: { CI: 'true', GIT_CONFIG_GLOBAL: '/dev/null' } })

const saidBy = ({ exitCode, stdout, stderr }: Ended) => ({
  exitCode,
  stdout: stdout.split('\n'),
  stderr: stderr.split('\n'),
})

const renderedIn = async (folder: string): Promise<(string | undefined)[]> => {
  const files = openFiles(folder)
  return await Promise.all((await files.list('rendered')).map((path) => files.digest(path)))
}

test('the built file renders the same bytes as the sources do, and answers as they do', async (t) => {
  const file = await built(t)
  const [ours, theirs] = [await trialSite(t), await trialSite(t)]
  for (const { folder } of [ours, theirs]) await rm(join(folder, 'rendered'), { recursive: true })
  for (const args of [
    ['--version'],
    ['--help'],
    ['render', '--help'],
    ['rendre'],
    ['render'],
    ['render'],
    ['validate'],
    ['render', '--explain', 'web'],
    ['diff', '--from', 'HEAD'],
    ['images'],
    ['verify', 'nothing.tgz', '--trust', 'nothing.yaml'],
    ['keys', 'trust', 'nothing.pub', '--cluster', 'x'],
    ['completion', 'bash'],
  ]) {
    const [one, other] = [await run(file, ours.folder, ...args), await theirs.scout(...args)]
    t.deepEqual(saidBy(one), saidBy(other), args.join(' '))
  }
  t.deepEqual(await renderedIn(ours.folder), await renderedIn(theirs.folder))
  t.is((await ours.git('status', '--porcelain')).stdout, '')
})

test('a file that is wrong is told in the same words by the built file', async (t) => {
  const file = await built(t)
  const site = await trialSite(t)
  await appendFile(join(site.folder, 'releases/web/release.yaml'), 'namespce: x\ntimeout: [1]\n')
  const [one, other] = [await run(file, site.folder, 'render'), await site.scout('render')]
  t.is(one.exitCode, 1)
  t.deepEqual(saidBy(one), saidBy(other))
})

test('the same sources give the same bytes, and what one build worked out is recalled by no other', async (t) => {
  const [file, other] = [await built(t), await built(t)]
  t.true((await readFile(file)).equals(await readFile(other)))
  const { folder } = await trialSite(t)
  const worked = async (program: string): Promise<boolean> => {
    const { exitCode, stderr } = await run(program, folder, 'render')
    t.is(exitCode, 0, stderr)
    return stderr.includes('render production')
  }
  t.true(await worked(file))
  t.false(await worked(file))
  t.false(await worked(other))
  await appendFile(other, '\n//')
  t.true(await worked(other))
})

/** What has been installed is left alone. */
const make = (...args: string[]): Promise<Ended> =>
  ended('make', ['--old-file=node_modules/.ready', ...args, '.cache/built/scout.cjs'], {
    cwd: root,
    plain: true,
  })

test('make builds scout again once something that it is made of is newer, and only then', async (t) => {
  t.is((await make()).exitCode, 0)
  t.is((await make('--question')).exitCode, 0)
  for (const changed of [
    'src/core/json.ts',
    'src/staging/render',
    'schemas/release.schema.json',
    'scripts/one-script.ts',
    'package.json',
  ]) {
    const told = await make('--dry-run', `--what-if=${changed}`)
    t.regex(told.stdout, /node scripts\/build-scout\.ts/, changed)
  }
  t.notRegex((await make('--dry-run', '--what-if=README.md')).stdout, /build-scout/)
})
