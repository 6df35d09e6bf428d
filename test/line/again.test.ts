import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { trialSite } from './site.ts'
import type { Ended } from './site.ts'

const upToDate = (ended: Ended): boolean =>
  ended.exitCode === 0 && ended.stdout.includes('rendered/ was up to date')
/** Whether the whole line was walked. */
const worked = ({ stderr }: Ended): boolean => /render production/.test(stderr)

test('a render with nothing changed answers as the one before and does no work; whatever changes, it sees', async (t) => {
  const site = await trialSite(t)
  const first = await site.scout('render')
  t.true(upToDate(first) && worked(first), first.stderr)
  const again = await site.scout('render')
  t.true(upToDate(again))
  t.false(worked(again), again.stderr)
  t.is(again.stdout, first.stdout)
  const warned = (ended: Ended): string[] =>
    ended.stderr.split('\n').filter((line) => line.includes('warning'))
  t.deepEqual(warned(again), warned(first))

  const object = join(site.folder, 'rendered/production/database/main/shop/ConfigMap_database.yaml')
  const text = await readFile(object, 'utf8')
  await appendFile(object, '# by hand\n')
  t.regex((await site.scout('render')).stdout, /1 file written, 0 removed/)
  t.is(await readFile(object, 'utf8'), text)
  await rm(object)
  t.regex((await site.scout('render')).stdout, /1 file written/)
  await writeFile(join(site.folder, 'rendered/production/stray.yaml'), '')
  t.regex((await site.scout('render')).stdout, /0 files written, 1 removed/)

  await appendFile(join(site.folder, 'releases/database/release.yaml'), '# a comment\n')
  const touched = await site.scout('render')
  t.true(upToDate(touched) && worked(touched), touched.stderr)
  t.false(worked(await site.scout('render')))
})

test('shards together write what one render writes, and one release can be rendered alone', async (t) => {
  const site = await trialSite(t)
  await rm(join(site.folder, 'rendered'), { recursive: true })
  const one = await site.scout('render', '--only', 'web', '--env', 'staging')
  t.is(one.exitCode, 0, one.stderr)
  t.deepEqual((await site.git('status', '--short', 'rendered/staging/web')).stdout, '')
  t.regex((await site.git('status', '--short', 'rendered')).stdout, /D rendered\/staging\/database/)
  for (const part of ['1/2', '2/2']) {
    const ended = await site.scout('render', '--shard', part)
    t.is(ended.exitCode, 0, ended.stderr)
  }
  t.is((await site.git('status', '--short', 'rendered')).stdout, '')
  const judged = await site.scout('validate', '--shard', '2/3')
  t.is(judged.exitCode, 0, judged.stderr)
  const unknown = await site.scout('render', '--only', 'wbe')
  t.is(unknown.exitCode, 2)
  t.regex(unknown.stderr, /Did you mean web\?/)
})
