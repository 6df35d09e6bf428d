import { chmod, mkdtemp, readFile, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import { replaceFile } from '../../src/system/output-file.ts'

const module = path.join(import.meta.dirname, '../../src/system/output-file.ts')

const folderOf = async (): Promise<string> => await mkdtemp(path.join(tmpdir(), 'scout-output-'))

test('a file is replaced in one step: a disk that is full leaves the old one whole, and nothing beside it', async (t) => {
  const folder = await folderOf()
  t.teardown(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'lock.yaml')
  await writeFile(file, 'old\n')
  // No file of this process may grow beyond one block.
  const script = `import(${JSON.stringify(module)}).then(({ replaceFile }) => replaceFile(${JSON.stringify(file)}, 'new'.repeat(5000)))`
  const full = await execa('bash', ['-c', `ulimit -f 1; trap '' XFSZ; exec node -e "$SCRIPT"`], {
    preferLocal: true,
    reject: false,
    env: { SCRIPT: script, NODE_COMPILE_CACHE: '' },
  })
  t.regex(full.stderr, /EFBIG/)
  t.is(await readFile(file, 'utf8'), 'old\n')
  t.deepEqual(await readdir(folder), ['lock.yaml'])
})

test('a file that is replaced keeps its mode, and a link to it stays a link', async (t) => {
  const folder = await folderOf()
  t.teardown(() => rm(folder, { recursive: true }))
  const [file, link] = [path.join(folder, 'lock.yaml'), path.join(folder, 'link.yaml')]
  await writeFile(file, 'old\n')
  await chmod(file, 0o666)
  await symlink('lock.yaml', link)
  await replaceFile(link, 'new\n')
  t.is(await readFile(file, 'utf8'), 'new\n')
  t.is((await stat(file)).mode & 0o777, 0o666)
  t.is(await readlink(link), 'lock.yaml')
  await replaceFile(path.join(folder, 'fresh.yaml'), 'fresh\n')
  t.deepEqual((await readdir(folder)).sort(), ['fresh.yaml', 'link.yaml', 'lock.yaml'])
})
