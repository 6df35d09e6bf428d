import { randomBytes } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import test from 'ava'
import { openShelf } from '../../src/system/shelf.ts'
import { describeHistory } from '../../src/report/history.ts'
import { paintIn } from '../../src/report/paint.ts'
import { isMutating, startProxy } from '../control-plane/proxy.ts'
import { dyingAt, finished } from './dying.ts'
import { hookJob, rememberedSet } from './remembered.ts'
import { configMap } from './set.ts'

/** So much that it cannot be packed: a bundle of this many MiB. */
const bulk = (mebibytes: number) =>
  Array.from({ length: Math.ceil(mebibytes * 1.4) }, (_, at) =>
    configMap(`bulk-${at}`, { noise: randomBytes(540 * 1024).toString('base64') }),
  )

test('each run that changes something is a revision, with who, when, which bundle, and what became of each release', async (t) => {
  const { bring, apply, history, namespace } = await rememberedSet(t, 'history')
  const sketch = (data: string) => [
    { name: 'app', namespace, objects: [configMap('main', { data }), hookJob('migrate', 'pre-upgrade')] },
  ]
  const first = await bring(1, sketch('1'))
  t.deepEqual((await apply(first)).problems, undefined)
  const second = await bring(2, sketch('2'))
  t.deepEqual((await apply(second)).problems, undefined)
  const { revisions, present } = await history()
  t.like(revisions, [
    {
      revision: 1,
      did: 'apply',
      state: 'applied',
      bundle: first.bundle.digest,
      kept: true,
      changes: { created: 1, changed: 1, deleted: 0 },
    },
    {
      revision: 2,
      state: 'applied',
      version: '1.0.2',
      hooks: [`pre-upgrade Job ${namespace}/migrate`],
      changes: { created: 0, changed: 1, deleted: 0 },
      releases: { app: { state: 'there', version: '1.0.2', sequence: 2, bundle: second.bundle.digest } },
    },
  ])
  t.like(present, { revision: 2, state: 'applied', releases: { app: { sequence: 2 } } })
  t.regex(revisions[0]?.by ?? '', /^test-/)
  t.false(Number.isNaN(Date.parse(revisions[0]?.when ?? '')))
})

test('scenario 2: the same bundle again writes nothing, to the history neither', async (t) => {
  const { bring, apply, history, namespace, controlPlane, open } = await rememberedSet(t, 'history-same')
  const bundle = await bring(1, [{ name: 'app', namespace, objects: [configMap('main')] }])
  t.deepEqual((await apply(bundle)).problems, undefined)
  const proxy = await startProxy(controlPlane)
  t.deepEqual((await apply(bundle, { through: await open(proxy.kubeconfig) })).problems, undefined)
  t.deepEqual(
    proxy.mutating().filter((one) => !one.path.includes('/leases')),
    [],
  )
  t.is((await history()).revisions.length, 1)
  await proxy.stop()
})

test('a run that failed is a revision, and is the one that succeeds when it is taken up', async (t) => {
  const { bring, apply, history, namespace } = await rememberedSet(t, 'history-failed')
  const sketch = (fate?: string) => [
    {
      name: 'app',
      namespace,
      timeoutSeconds: 20,
      objects: [configMap('main'), hookJob('migrate', 'pre-install', {}, fate)],
    },
  ]
  const broken = await bring(1, sketch('crash'))
  t.like((await apply(broken)).problems, [{ code: 'apply/failed' }])
  t.like((await history()).revisions, [
    { revision: 1, state: 'failed', kept: true, releases: { app: { state: 'not finished' } } },
  ])
  t.deepEqual((await apply(await bring(2, sketch()))).problems, undefined)
  t.like((await history()).revisions, [
    { revision: 1, state: 'failed' },
    { revision: 2, state: 'applied', releases: { app: { state: 'there' } } },
  ])
})

test('a revision that several runs took up says what all of them did, and what they have not come to is from where it was', async (t) => {
  const { bring, apply, history, namespace, controlPlane, open } = await rememberedSet(t, 'history-resumed')
  const bundle = async (sequence: number) =>
    await bring(
      sequence,
      ['first', 'second', 'third'].map((name, at, names) => ({
        name,
        namespace,
        dependsOn: names.slice(0, at),
        objects: [
          configMap(name, { n: `${sequence}` }),
          ...(name === 'first' ? [hookJob('migrate', 'pre-upgrade')] : []),
          ...(name === 'second' ? [configMap('beside', { n: `${sequence}` })] : []),
          ...(name === 'third' && sequence === 2 ? [configMap('new')] : []),
        ],
      })),
    )
  const [one, two] = [await bundle(1), await bundle(2)]
  t.deepEqual((await apply(one)).problems, undefined)
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  const through = await open(proxy.kubeconfig)
  const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 }
  proxy.meddle((asked) =>
    isMutating(asked) && asked.path.endsWith('/configmaps/second')
      ? { answer: { status: 403, body: JSON.stringify({ ...refusal, message: 'not now' }) } }
      : 'pass',
  )
  t.like((await apply(two, { through })).problems, [{ code: 'cluster/refused' }])
  const failed = await history()
  t.like(failed.revisions.at(-1), {
    revision: 2,
    state: 'failed',
    changes: { created: 0, changed: 2, deleted: 0 },
    releases: {
      first: { version: '1.0.2', state: 'there' },
      second: { version: '1.0.2', state: 'not finished' },
      third: { version: '1.0.1', bundle: one.bundle.digest, state: 'there' },
    },
  })
  t.is(failed.revisions.at(-1)?.runs, undefined)
  t.like(failed.present, { releases: { second: { version: '1.0.2' }, third: { version: '1.0.1' } } })
  // The second run is killed, the third one comes to its end.
  proxy.meddle(undefined)
  const { cluster: dying } = dyingAt(through, 2)
  t.false(await finished(() => apply(two, { through: dying })))
  t.deepEqual((await apply(two)).problems, undefined)
  const { revisions, present } = await history()
  t.is(revisions.length, 2)
  t.like(revisions[1], {
    revision: 2,
    state: 'applied',
    runs: { all: 3, cutOff: 1 },
    hooks: [`pre-upgrade Job ${namespace}/migrate`],
    changes: { created: 1, deleted: 0 },
    releases: { third: { version: '1.0.2', state: 'there' } },
  })
  t.regex(
    describeHistory({ set: 'x', revisions, present }, paintIn(false)),
    /1 created, \d changed, 0 deleted, 1 hook, in 3 runs \(of what 1 of them did, cut off, nothing is known\)/,
  )
})

test('a release whose hook failed before anything of it was touched is from the bundle that its objects are from', async (t) => {
  const { bring, apply, history, namespace } = await rememberedSet(t, 'history-hook')
  const bundle = async (sequence: number, fate?: string) =>
    await bring(sequence, [
      {
        name: 'app',
        namespace,
        timeoutSeconds: 20,
        objects: [configMap('main', { n: `${sequence}` }), hookJob('migrate', 'pre-upgrade', {}, fate)],
      },
    ])
  t.deepEqual((await apply(await bundle(1))).problems, undefined)
  t.like((await apply(await bundle(2, 'crash'))).problems, [{ code: 'apply/failed' }])
  t.like((await history()).revisions.at(-1), {
    changes: { created: 0, changed: 0, deleted: 0 },
    releases: { app: { version: '1.0.1', state: 'not finished' } },
  })
  t.deepEqual((await apply(await bundle(3))).problems, undefined)
  t.like((await history()).revisions.at(-1), { releases: { app: { version: '1.0.3', state: 'there' } } })
})

test('a bundle is kept once, in as many Secrets as it takes, that nobody can change', async (t) => {
  const { bring, apply, stored, namespace } = await rememberedSet(t, 'history-chunks')
  const large = await bring(1, [{ name: 'app', namespace, objects: bulk(5) }])
  t.is(Math.ceil(large.bytes.length / (900 * 1024)), 5)
  t.deepEqual(await apply(large).then(({ problems, warnings }) => [problems, warnings]), [undefined, []])
  const chunks = await stored()
  t.is(chunks.length, 5)
  t.true(chunks.every((one) => one['immutable'] === true && one['type'] === 'scout.airgap/history'))
  const next = await bring(2, [{ name: 'app', namespace, objects: [configMap('main')] }])
  t.deepEqual((await apply(next)).problems, undefined)
  t.deepEqual((await apply(large, { downgrade: true })).problems, undefined)
  t.is((await stored()).length, 6)
})

test('the oldest revisions are dropped, and with them their bundles; what is applied now never is', async (t) => {
  const { bring, apply, stored, history, namespace } = await rememberedSet(t, 'history-limit')
  const limits = { revisions: 2 }
  for (const sequence of [1, 2, 3])
    t.deepEqual(
      (
        await apply(
          await bring(sequence, [
            { name: 'app', namespace, objects: [configMap('main', { n: `${sequence}` })] },
          ]),
          { limits },
        )
      ).problems,
      undefined,
    )
  t.deepEqual(
    (await history()).revisions.map((one) => one.revision),
    [2, 3],
  )
  t.deepEqual(
    new Set((await stored()).map((one) => one.metadata.name.split('.').at(-2))),
    new Set(['r2', 'r3']),
  )
  const large = await bring(4, [{ name: 'app', namespace, objects: bulk(0.8) }])
  t.deepEqual((await apply(large, { limits: { bytes: large.bytes.length + 10 } })).warnings, [])
  t.deepEqual(
    (await history()).revisions.map(({ revision, kept }) => [revision, kept]),
    [
      [2, false],
      [3, false],
      [4, true],
    ],
  )
})

test('a bundle that is too large is kept beside the cluster where there is a folder, and told where there is none', async (t) => {
  const { bring, apply, rollBack, stored, namespace, folder, configMaps } = await rememberedSet(
    t,
    'history-large',
  )
  const limits = { bytes: 1000 }
  const shelf = openShelf(path.join(folder, 'kept'))
  const first = await bring(1, [{ name: 'app', namespace, objects: [configMap('one')] }])
  t.deepEqual((await apply(first, { limits, shelf })).warnings, [])
  t.deepEqual(await stored(), [])
  const [file = ''] = await readdir(path.join(folder, 'kept'))
  t.is((await stat(path.join(folder, 'kept'))).mode & 0o777, 0o700)
  t.is((await stat(path.join(folder, 'kept', file))).mode & 0o777, 0o600)
  const second = await bring(2, [{ name: 'app', namespace, objects: [configMap('two')] }])
  t.like((await apply(second, { limits })).warnings, [{ code: 'history/not-kept' }])
  t.deepEqual((await rollBack(undefined, { limits, shelf })).problems, undefined)
  t.deepEqual(await configMaps(), ['one'])
  t.like((await rollBack(2, { limits, shelf })).problems, [{ code: 'history/no-bundle' }])
})

test('a folder for bundles that cannot be written is a warning, and the run goes on', async (t) => {
  const { bring, apply, namespace, folder, configMaps } = await rememberedSet(t, 'history-folder')
  const inTheWay = path.join(folder, 'file')
  await writeFile(inTheWay, '')
  const shelf = openShelf(path.join(inTheWay, 'kept'))
  const first = await bring(1, [{ name: 'app', namespace, objects: [configMap('one')] }])
  const { problems, warnings } = await apply(first, { limits: { bytes: 1000 }, shelf })
  t.deepEqual(problems, undefined)
  t.like(warnings, [{ code: 'history/not-kept' }])
  t.deepEqual(await configMaps(), ['one'])
})

test('a Secret of somebody else in the place of the history stays, and the run goes on', async (t) => {
  const { bring, apply, namespace, set, request, secrets, configMaps } = await rememberedSet(
    t,
    'history-foreign',
  )
  const foreign = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'scout-system' },
    stringData: { mine: 'yes' },
  })
  const names = [`scout.history.${set}.r1.1`, `scout.revisions.${set}`]
  for (const name of names) t.is((await request('POST', secrets, { body: foreign(name) })).status, 201)
  const came = await apply(await bring(1, [{ name: 'app', namespace, objects: [configMap('main')] }]))
  t.deepEqual(came.problems, undefined)
  t.like(came.warnings, [{ code: 'history/not-kept' }, { code: 'history/foreign' }])
  t.deepEqual(await configMaps(), ['main'])
  for (const name of names) {
    t.is((await request('GET', `${secrets}/${name}`)).body.data.mine, Buffer.from('yes').toString('base64'))
    await request('DELETE', `${secrets}/${name}`)
  }
})

test('what a run that was cut off has left of a bundle is swept', async (t) => {
  const { bring, apply, stored, history, namespace, set, request, secrets } = await rememberedSet(
    t,
    'history-sweep',
  )
  const bundle = await bring(1, [{ name: 'app', namespace, objects: bulk(1.5) }])
  t.deepEqual((await apply(bundle)).problems, undefined)
  const before = await stored()
  t.is(before.length, 2)
  await request('DELETE', `${secrets}/scout.history.${set}.r1.2`)
  t.like((await history()).revisions, [{ kept: false }])
  t.deepEqual(
    (await apply(await bring(2, [{ name: 'app', namespace, objects: [configMap('main')] }]))).problems,
    undefined,
  )
  t.deepEqual(
    (await stored()).map((one) => one.metadata.name),
    [`scout.history.${set}.r2.1`],
  )
})
