import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { findAccess } from '../../src/system/cluster-access.ts'

test('a kubeconfig that is broken YAML is refused by its line, and no token of it is shown', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-kubeconfig-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'config')
  await writeFile(file, 'users:\n- name: me\n  user:\n    token: hush-hush\n   broken\n')
  const found = await findAccess(file, {})
  t.false(found.ok)
  if (found.ok) return
  t.regex(found.problem.what, / in line \d/)
  t.false(JSON.stringify(found.problem).includes('hush'))
})
