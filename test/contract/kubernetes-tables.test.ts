import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { earlierKubernetes, pinnedKubernetes } from '../control-plane/programs.ts'
import { ended, root } from '../line/site.ts'

const tables = join(root, 'schemas/kubernetes')
const releases = [...earlierKubernetes, pinnedKubernetes]
const minorOf = (release: string): string => release.split('.').slice(0, 2).join('.')

test('there are tables of each release that scripts/schemas.ts can ask, and of no other', async (t) => {
  t.deepEqual((await readdir(tables)).toSorted(), releases.map(minorOf).toSorted())
})

for (const release of releases) {
  for (const file of ['discovery.json', 'definitions.json']) {
    test(`${file} of ${minorOf(release)} was taken from Kubernetes ${release}`, async (t) => {
      const table: unknown = JSON.parse(await readFile(join(tables, minorOf(release), file), 'utf8'))
      t.like(table, { kubernetes: `v${release}` })
    })
  }
}

// The earlier ones would each be built first: `node scripts/schemas.ts --check 1.31 1.32 1.33 1.34 1.35` asks them.
test('the committed tables of Kubernetes are what its real API server says', async (t) => {
  t.timeout(5 * 60_000)
  const { exitCode, stdout, stderr } = await ended('node', [join(root, 'scripts/schemas.ts'), '--check'], {
    cwd: root,
  })
  t.is(exitCode, 0, stdout + stderr)
})
