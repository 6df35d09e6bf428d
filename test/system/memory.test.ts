import test from 'ava'
import type { ExecutionContext } from 'ava'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { openMemory } from '../../src/system/memory.ts'

const folderOf = async (t: ExecutionContext): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'scout-memory-'))
  t.teardown(() => rm(root, { recursive: true }))
  return root
}

const entriesIn = async (root: string): Promise<string[]> => {
  const folder = join(root, '.cache', 'render')
  return (await readdir(folder)).map((name) => join(folder, name))
}

test('what was kept is recalled by its key, integers exact, and nothing else is', async (t) => {
  const root = await folderOf(t)
  const value = { list: [1, 9223372036854775807n], text: 'ü' }
  await openMemory(root).keep('key', value)
  t.deepEqual(await openMemory(root).recall('key'), value)
  t.is(await openMemory(root).recall('other'), undefined)
})

for (const [may, what] of [
  [true, 'is there once it has ended, and for itself at once'],
  [false, 'is there for itself alone'],
] as const)
  test(`what a run keeps that asks at its end whether it may ${what}`, async (t) => {
    const root = await folderOf(t)
    const source = new URL('../../src/system/memory.ts', import.meta.url)
    const script = `
      import { openMemory } from '${source.href}'
      const memory = openMemory('.', () => ${may})
      await memory.keep('key', { image: 'a' })
      console.log(JSON.stringify([await memory.recall('key'), memory.holds('key'), await openMemory('.').recall('key')]))`
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], { cwd: root })
    t.deepEqual(JSON.parse(stdout), [{ image: 'a' }, true, null])
    t.deepEqual(await openMemory(root).recall('key'), may ? { image: 'a' } : undefined)
    t.is((await entriesIn(root)).length, may ? 1 : 0)
  })

test('an entry is known to be there, and by its digest once it was kept or recalled, which is another for other content', async (t) => {
  const root = await folderOf(t)
  const [memory, later] = [openMemory(root), openMemory(root)]
  t.false(memory.holds('key'))
  t.is(memory.digestOf('key'), undefined)
  await memory.keep('key', { image: 'a' })
  t.true(later.holds('key'))
  t.is(later.digestOf('key'), undefined)
  await later.recall('key')
  t.is(later.digestOf('key'), memory.digestOf('key'))
  const before = memory.digestOf('key')
  await memory.keep('key', { image: 'b' })
  t.not(memory.digestOf('key'), before)
})

test('an entry that was cut off or edited is forgotten, not believed', async (t) => {
  const root = await folderOf(t)
  await openMemory(root).keep('key', { image: 'a' })
  const [entry = ''] = await entriesIn(root)
  const text = await readFile(entry, 'utf8')
  for (const damaged of [text.slice(0, -2), text.replace('"a"', '"b"'), '', 'x', text.slice(70)]) {
    await writeFile(entry, damaged)
    t.is(await openMemory(root).recall('key'), undefined)
  }
})

test('entries are readable by their owner alone, and go when nobody has asked for them for two weeks', async (t) => {
  const root = await folderOf(t)
  const memory = openMemory(root)
  await memory.keep('old', 1)
  const [entry = ''] = await entriesIn(root)
  t.is((await stat(entry)).mode & 0o777, 0o600)
  const long = new Date(Date.now() - 15 * 24 * 3600 * 1000)
  await utimes(entry, long, long)
  await openMemory(root).keep('new', 2)
  t.is((await entriesIn(root)).length, 1)
  t.is(await openMemory(root).recall('old'), undefined)
  t.is(await openMemory(root).recall('new'), 2)
})

test('a memory that cannot be had is no memory, and no failure', async (t) => {
  const root = await folderOf(t)
  await writeFile(join(root, '.cache'), 'a file in its place')
  const memory = openMemory(root)
  await memory.keep('key', 1)
  t.is(await memory.recall('key'), undefined)
  t.false(memory.holds('key'))
  t.is(memory.digestOf('key'), undefined)
})
