import { randomUUID } from 'node:crypto'
import { appendFile, readFile, readdir, rm, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

/** Where the code lies that a built file starts. */
const codeOf = (file: string): string => file.replace(/\.cjs$/, '.code.cjs')

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
  for (const path of [(one: string) => one, codeOf])
    t.true((await readFile(path(file))).equals(await readFile(path(other))))
  const { folder } = await trialSite(t)
  const worked = async (program: string): Promise<boolean> => {
    const { exitCode, stderr } = await run(program, folder, 'render')
    t.is(exitCode, 0, stderr)
    return stderr.includes('render production')
  }
  t.true(await worked(file))
  t.false(await worked(file))
  t.false(await worked(other))
  await appendFile(codeOf(other), '\n//')
  t.true(await worked(other))
})

test('what was compiled for a run that rendered is kept for the next one; what cannot be used is compiled anew, and what is of another build goes', async (t) => {
  const file = await built(t)
  const kept = async (): Promise<string[]> =>
    (await readdir(dirname(file))).filter((name) => /^scout\.code\.[0-9a-f]{16}$/.test(name))
  const renderAnew = async (): Promise<void> => {
    const { folder } = await trialSite(t)
    const { exitCode, stderr } = await run(file, folder, 'render')
    t.is(exitCode, 0, stderr)
  }
  t.is((await run(file, root, '--version')).exitCode, 0)
  t.deepEqual(await kept(), [])
  await renderAnew()
  const [name = '', ...more] = await kept()
  t.deepEqual(more, [])
  const compiled = join(dirname(file), name)
  const { size } = await stat(compiled)
  await truncate(compiled, 1000)
  await renderAnew()
  t.true((await stat(compiled)).size > size / 2)
  t.is((await ended('node', [join(root, 'scripts/build-scout.ts'), file], { cwd: root })).exitCode, 0)
  t.deepEqual(await kept(), [])
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
    'scripts/start-built.ts',
    'package.json',
  ]) {
    const told = await make('--dry-run', `--what-if=${changed}`)
    t.regex(told.stdout, /node scripts\/build-scout\.ts/, changed)
  }
  t.notRegex((await make('--dry-run', '--what-if=README.md')).stdout, /build-scout/)
})
