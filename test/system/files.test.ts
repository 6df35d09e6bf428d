import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { openFiles } from '../../src/system/files.ts'

const folderOf = async (t: { teardown(done: () => Promise<void>): void }): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-files-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('a folder holds exactly what is written to it: stale files and the folders that they leave empty are gone', async (t) => {
  const root = await folderOf(t)
  const files = openFiles(root, ['rendered'])
  await files.replaceFolder(
    'rendered/a',
    new Map([
      ['x/one.yaml', '1'],
      ['x/two.yaml', '2'],
    ]),
  )
  const second = await files.replaceFolder('rendered/a', new Map([['y/three.yaml', '3']]))
  t.deepEqual(second, { written: ['y/three.yaml'], removed: ['x/one.yaml', 'x/two.yaml'] })
  t.deepEqual(await files.list('rendered'), ['rendered/a/y/three.yaml'])
  t.deepEqual(await readdir(join(root, 'rendered')), ['a'])
  t.deepEqual(await readdir(join(root, 'rendered/a')), ['y'])
})

test('an unchanged file is not touched', async (t) => {
  const root = await folderOf(t)
  const files = openFiles(root, ['rendered'])
  await files.replaceFolder('rendered', new Map([['a', 'same']]))
  const before = await stat(join(root, 'rendered/a'))
  t.deepEqual(await files.replaceFolder('rendered', new Map([['a', 'same']])), { written: [], removed: [] })
  t.is((await stat(join(root, 'rendered/a'))).ino, before.ino)
})

test('a folder stays as it was when its new content cannot be put on the disk', async (t) => {
  const root = await folderOf(t)
  const files = openFiles(root, ['rendered'])
  await files.replaceFolder(
    'rendered',
    new Map([
      ['a', 'old'],
      ['b', 'old'],
    ]),
  )
  const name = 'n'.repeat(300)
  await t.throwsAsync(
    files.replaceFolder(
      'rendered',
      new Map([
        ['a', 'new'],
        [`z${name}`, 'new'],
      ]),
    ),
    { code: 'ENAMETOOLONG' },
  )
  t.is(await readFile(join(root, 'rendered/a'), 'utf8'), 'old')
  t.deepEqual((await readdir(join(root, 'rendered'))).sort(), ['a', 'b'])
})

test('only declared folders are written to', async (t) => {
  const root = await folderOf(t)
  const files = openFiles(root, ['rendered'])
  await t.throwsAsync(files.replaceFolder('releases', new Map([['a', '']])), {
    message: /nothing may be written/,
  })
  await t.throwsAsync(files.replaceFolder('rendered', new Map([['../a', '']])), { message: /left its root/ })
  await t.throwsAsync(files.read('../secret'), { message: /left its root/ })
})

test('a link that leads out of the site is refused by name', async (t) => {
  const root = await folderOf(t)
  const outside = await folderOf(t)
  await writeFile(join(outside, 'secret'), 'x')
  await symlink(join(outside, 'secret'), join(root, 'values.yaml'))
  await t.throwsAsync(openFiles(root).read('values.yaml'), { code: 'EXDEV', message: /values\.yaml/ })
})

test('a file that is missing is undefined, and one that may not be read is an error', async (t) => {
  const root = await folderOf(t)
  await mkdir(join(root, 'sub'))
  t.is(await openFiles(root).read('nothing'), undefined)
  t.is(await openFiles(root).read('sub/nothing/deeper'), undefined)
  t.deepEqual(await openFiles(root).list('nothing'), [])
  await t.throwsAsync(openFiles(root).read('sub'), { code: 'EISDIR' })
  await writeFile(join(root, 'binary'), Buffer.from([0xff, 0xfe, 0x00]))
  await t.throwsAsync(openFiles(root).readText('binary'), { code: 'EILSEQ' })
  await chmod(join(root, 'sub'), 0o755)
})

test('nothing is written or removed through a link, be it the folder itself, one above it or one in it', async (t) => {
  const outside = await folderOf(t)
  await writeFile(join(outside, 'a'), 'theirs')
  for (const [link, folder] of [
    ['rendered', 'rendered'],
    ['rendered', 'rendered/production'],
    ['rendered/production', 'rendered/production'],
    ['rendered/production/web', 'rendered'],
  ] as const) {
    const root = await folderOf(t)
    await mkdir(dirname(join(root, link)), { recursive: true })
    await symlink(outside, join(root, link))
    const writing = openFiles(root, ['rendered']).replaceFolder(
      folder,
      new Map([['production/web/b', 'ours']]),
    )
    await t.throwsAsync(writing, { code: 'EXDEV', message: new RegExp(`'${link}'`) }, link)
    t.deepEqual(await readdir(outside), ['a'], link)
  }
})

test('links are not listed among the files, and are told by themselves', async (t) => {
  const root = await folderOf(t)
  await mkdir(join(root, 'releases/web'), { recursive: true })
  await writeFile(join(root, 'releases/web/release.yaml'), '')
  await symlink('web', join(root, 'releases/shop'))
  await symlink('nowhere', join(root, 'releases/web/lost'))
  const files = openFiles(root)
  t.deepEqual(await files.list('releases'), ['releases/web/release.yaml'])
  t.deepEqual(await files.links('releases'), ['releases/shop', 'releases/web/lost'])
  t.deepEqual(await files.links('releases/shop/chart'), ['releases/shop'])
  t.deepEqual(await files.links('nothing'), [])
})

test('two runs that write the same folder at once both end well, and what a killed run left goes after an hour', async (t) => {
  const root = await folderOf(t)
  const files = openFiles(root, ['rendered'])
  const wanted = new Map(Array.from({ length: 40 }, (_, index) => [`a/${index}.yaml`, `text ${index}`]))
  await files.replaceFolder('rendered', new Map([['old.yaml', 'old']]))
  for (const age of [0, 2 * 60 * 60 * 1000]) {
    const left = join(root, 'rendered', `.writing-${age}`)
    await mkdir(left)
    await writeFile(join(left, '0'), 'half')
    const long = new Date(Date.now() - age)
    await utimes(left, long, long)
  }
  await Promise.all([1, 2, 3].map(() => files.replaceFolder('rendered', wanted)))
  t.deepEqual(
    (await files.list('rendered')).sort(),
    [...wanted.keys()]
      .map((path) => `rendered/${path}`)
      .concat('rendered/.writing-0/0')
      .sort(),
  )
})
