import test from 'ava'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'

test('V8 knows each flag that is set: of one that it does not know it only complains', async (t) => {
  const source = await readFile(new URL('../../src/system/compiler.ts', import.meta.url), 'utf8')
  const flags = Array.from(source.matchAll(/'(--[a-z-]+)=\d+'/g), ([, flag]) => flag!)
  t.true(flags.length > 0)
  const known = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout
  t.deepEqual(
    flags.filter((flag) => !known.includes(`${flag} (`)),
    [],
  )
})
