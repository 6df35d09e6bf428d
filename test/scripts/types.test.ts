import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'

const root = resolve(import.meta.dirname, '../..')
const schemas = ['site', 'release', 'lock', 'snapshot']

const check = async (folder: string): Promise<string> => {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/types.ts'), '--check'], { cwd: folder })
    return 'fresh'
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
}

test('types that are not what the schemas say fail the check', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'types-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const files = ['src/core/declared.generated.ts', ...schemas.map((name) => `schemas/${name}.schema.json`)]
  for (const file of files) await cp(join(root, file), join(folder, file))
  t.is(await check(folder), 'fresh')

  const schema = join(folder, 'schemas/lock.schema.json')
  await writeFile(schema, (await readFile(schema, 'utf8')).replace('"charts"', '"archives"'))
  t.regex(await check(folder), /declared\.generated\.ts is not what the schemas say/)
})
