import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { openFiles } from '../../src/system/files.ts'
import { trialSite } from './site.ts'
import type { Ended, TrialSite } from './site.ts'

/** All that lies in rendered/, text by path. */
const renderedIn = async ({ folder }: TrialSite): Promise<[path: string, text: string | undefined][]> => {
  const files = openFiles(folder)
  const paths = await files.list('rendered')
  return await Promise.all(
    paths.map(async (path): Promise<[string, string | undefined]> => [path, await files.readText(path)]),
  )
}

/** What a run said, save how much it wrote. */
const saidBy = ({ exitCode, stdout, stderr }: Ended) => ({
  exitCode,
  stdout: stdout.split('\n').filter((line) => !line.startsWith('rendered/')),
  stderr: stderr.split('\n'),
})

const changes: { what: string; file: string; from: string; to: string; exitCode: number }[] = [
  { what: 'a value', file: 'web/release.yaml', from: 'replicas: 3', to: 'replicas: 4', exitCode: 0 },
  {
    what: 'the name of Harbor',
    file: 'site.yaml',
    from: 'harbor.staging.example',
    to: 'harbor.other.example',
    exitCode: 0,
  },
  { what: 'a project of Harbor', file: 'site.yaml', from: 'dockerhub-proxy', to: 'hub', exitCode: 0 },
  { what: 'the version of Kubernetes', file: 'site.yaml', from: '"1.36"', to: '"1.31"', exitCode: 0 },
  {
    what: 'the schema of a CRD by which objects of other releases are judged',
    file: 'monitoring/chart/crds/servicemonitors.yaml',
    from: 'pattern: ^(0|',
    to: 'pattern: ^never(0|',
    exitCode: 1,
  },
  {
    what: 'the scope of a CRD',
    file: 'monitoring/chart/crds/servicemonitors.yaml',
    from: 'scope: Namespaced',
    to: 'scope: Cluster',
    exitCode: 0,
  },
  {
    what: 'a decision on an image',
    file: 'web/release.yaml',
    from: 'timeout: 10m\n',
    to: 'timeout: 10m\nimages: { extra: [docker.io/library/busybox:1.37] }\n',
    exitCode: 0,
  },
]

for (const { what, file, from, to, exitCode } of changes)
  test(`what is known of releases from earlier runs changes nothing where this has changed: ${what}`, async (t) => {
    const [warm, cold] = [await trialSite(t), await trialSite(t)]
    const first = await warm.scout('render')
    t.is(first.exitCode, 0, first.stderr)
    for (const { folder } of [warm, cold]) {
      const path = join(folder, 'releases', file)
      const text = await readFile(path, 'utf8')
      t.true(text.includes(from))
      await writeFile(path, text.replace(from, to))
    }
    const [known, anew] = [await warm.scout('render'), await cold.scout('render')]
    t.is(known.exitCode, exitCode, known.stderr)
    t.deepEqual(saidBy(known), saidBy(anew))
    t.deepEqual(await renderedIn(warm), await renderedIn(cold))
  })

test('what is known of releases makes the same files where rendered/ is gone', async (t) => {
  const site = await trialSite(t)
  const before = await renderedIn(site)
  t.is((await site.scout('render')).exitCode, 0)
  await rm(join(site.folder, 'rendered'), { recursive: true })
  t.is((await site.scout('render')).exitCode, 0)
  t.deepEqual(await renderedIn(site), before)
})
