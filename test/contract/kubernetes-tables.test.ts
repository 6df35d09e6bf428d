import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { pinnedKubernetes } from '../control-plane/programs.ts'
import { ended, root } from '../line/site.ts'

test('the committed tables of Kubernetes are what its real API server says', async (t) => {
  t.timeout(5 * 60_000)
  const table = await readFile(join(root, 'schemas/kubernetes/1.36/discovery.json'), 'utf8')
  t.is((JSON.parse(table) as { kubernetes: string }).kubernetes, `v${pinnedKubernetes}`)
  const { exitCode, stdout, stderr } = await ended('node', [join(root, 'scripts/schemas.ts'), '--check'], {
    cwd: root,
  })
  t.is(exitCode, 0, stdout + stderr)
})
