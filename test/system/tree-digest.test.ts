import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../src/core/digest.ts'
import { openFiles } from '../../src/system/files.ts'
import {
  digestOfFiles,
  digestOfLook,
  digestOfTrees,
  isStillSo,
  jsonOfLook,
  knownOf,
  lookAtTrees,
} from '../../src/system/tree-digest.ts'

const siteIn = async (t: ExecutionContext): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'scout-trees-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, 'releases/web/chart'), { recursive: true })
  await writeFile(join(root, 'releases/web/chart/Chart.yaml'), 'name: web\n')
  await writeFile(join(root, 'releases/web/chart-notes'), 'between a folder and what is in it, by name\n')
  await writeFile(join(root, 'releases/web/release.yaml'), 'x'.repeat(3 * 1024 * 1024))
  return root
}

const file = (text: string) => ({ digest: sha256(text), text: () => text })

test('a folder that was made to hold some files has the digest that these give, until one is changed, moved or added', async (t) => {
  const root = await siteIn(t)
  const wanted = new Map([
    ['a/main/One.yaml', file('one')],
    ['a.b/main/shop/Two.yaml', file('two')],
    ['three', file('ü')],
  ])
  await openFiles(root, ['rendered']).replaceFolder('rendered', wanted)
  const digest = digestOfFiles('rendered', wanted)
  const now = () => digestOfTrees(root, ['rendered'])
  t.is(now(), digest)
  await writeFile(join(root, 'rendered/three'), 'u')
  t.not(now(), digest)
  await writeFile(join(root, 'rendered/three'), 'ü')
  t.is(now(), digest)
  await rename(join(root, 'rendered/three'), join(root, 'rendered/four'))
  t.not(now(), digest)
  await rename(join(root, 'rendered/four'), join(root, 'rendered/three'))
  await writeFile(join(root, 'rendered/a/more'), '')
  t.not(now(), digest)
})

const edits: { what: string; edit: (root: string) => Promise<unknown> }[] = [
  { what: 'other bytes', edit: (root) => writeFile(join(root, 'releases/web/release.yaml'), 'y') },
  {
    what: 'other bytes of the same size',
    edit: (root) => writeFile(join(root, 'releases/web/chart/Chart.yaml'), 'name: wab\n'),
  },
  {
    what: 'other bytes of the same size, and an old time',
    edit: async (root) => {
      await writeFile(join(root, 'releases/web/chart/Chart.yaml'), 'name: wab\n')
      await utimes(join(root, 'releases/web/chart/Chart.yaml'), 1, 1)
    },
  },
  { what: 'a file more', edit: (root) => writeFile(join(root, 'releases/web/chart/values.yaml'), '') },
  { what: 'a file less', edit: (root) => rm(join(root, 'releases/web/release.yaml')) },
  { what: 'no folder at all', edit: (root) => rm(join(root, 'releases'), { recursive: true }) },
]

for (const { what, edit } of edits)
  test(`trees are not what they were when they were looked at after a change at once: ${what}`, async (t) => {
    const root = await siteIn(t)
    const look = lookAtTrees(root, ['releases'])
    t.true(isStillSo(root, look))
    await edit(root)
    t.false(isStillSo(root, look))
  })

for (const { what, edit } of edits)
  test(`a look that knows an earlier one sees what one that does not sees, after a change at once: ${what}`, async (t) => {
    const root = await siteIn(t)
    const known = knownOf(jsonOfLook(lookAtTrees(root, ['releases'])))
    await edit(root)
    t.is(digestOfLook(lookAtTrees(root, ['releases'], known)), digestOfTrees(root, ['releases']))
  })

test('a file that lies as it lay at an earlier look is not read, unless it was changed just before that', async (t) => {
  const root = await siteIn(t)
  const look = lookAtTrees(root, ['releases'])
  const path = 'releases/web/release.yaml'
  const { mark } = look.plain.get(path)!
  const files = new Map([[path, { mark, content: 'as it was known' }]])
  const contentFor = (at: number) => lookAtTrees(root, ['releases'], { at, files }).plain.get(path)?.content
  t.is(contentFor(Date.now() + 1000), 'as it was known')
  t.is(contentFor(look.plain.get(path)!.changed), look.plain.get(path)?.content)
  files.set(path, { mark: `${mark}1`, content: 'of another file' })
  t.is(contentFor(Date.now() + 1000), look.plain.get(path)?.content)
})

test('files and links are listed and known by their digests as without a look; what lies behind a link is asked of the disk', async (t) => {
  const root = await siteIn(t)
  await symlink('chart', join(root, 'releases/web/linked'))
  await symlink('release.yaml', join(root, 'releases/web/other.yaml'))
  const [plain, looked] = [openFiles(root), openFiles(root, [], lookAtTrees(root, ['releases']))]
  for (const path of [
    'releases',
    'releases/web',
    'releases/web/chart',
    'releases/web/linked',
    'releases/web/release.yaml',
    'releases/nothing',
    '.',
  ]) {
    t.deepEqual(await looked.list(path), await plain.list(path), path)
    t.deepEqual(await looked.links(path), await plain.links(path), path)
  }
  for (const path of await plain.list('releases'))
    t.is(await looked.digest(path), sha256((await plain.read(path)) ?? ''), path)
  t.is(await looked.digest('releases/web/other.yaml'), await plain.digest('releases/web/other.yaml'))
  t.is(await looked.digest('releases/web/linked/Chart.yaml'), sha256('name: web\n'))
  t.is(await looked.digest('releases/web/nothing'), undefined)
})

test('a folder of releases that is a link itself is asked of the disk', async (t) => {
  const root = await siteIn(t)
  await rename(join(root, 'releases'), join(root, 'elsewhere'))
  await symlink('elsewhere', join(root, 'releases'))
  const [plain, looked] = [openFiles(root), openFiles(root, [], lookAtTrees(root, ['releases']))]
  t.deepEqual(await looked.links('releases/web'), ['releases'])
  t.deepEqual(await looked.list('releases'), await plain.list('releases'))
})
