import test from 'ava'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { hookJob, rememberedSet } from './remembered.ts'
import type { Brought } from './remembered.ts'
import { configMap, deployment, job, widgetCrd } from './set.ts'

test('scenario 40: a rollback from B to A gives the state of A', async (t) => {
  const { bring, apply, rollBack, history, namespace, configMaps, request } = await rememberedSet(
    t,
    'rollback',
  )
  const a = await bring(1, [
    { name: 'app', namespace, objects: [configMap('main', { data: 'a' }), configMap('only-a')] },
    { name: 'extra', namespace, objects: [configMap('extra')] },
  ])
  const b = await bring(2, [
    { name: 'app', namespace, objects: [configMap('main', { data: 'b', more: 'x' }), configMap('only-b')] },
    { name: 'new', namespace, objects: [configMap('new')] },
  ])
  t.deepEqual((await apply(a)).problems, undefined)
  t.deepEqual((await apply(b)).problems, undefined)
  t.deepEqual(await configMaps(), ['main', 'new', 'only-b'])

  const back = await rollBack(undefined)
  t.deepEqual(back.problems, undefined)
  t.deepEqual(await configMaps(), ['extra', 'main', 'only-a'])
  const main = await request('GET', `/api/v1/namespaces/${namespace}/configmaps/main`)
  t.deepEqual(main.body.data, { data: 'a' })
  t.like((await history()).revisions.at(-1), {
    revision: 3,
    did: 'rollback',
    to: 1,
    state: 'applied',
    bundle: a.bundle.digest,
    releases: { new: { state: 'removed' }, extra: { state: 'there' } },
  })
  t.like((await rollBack(1)).plan?.waves.flat(), [{ changed: false }, { changed: false }])
  t.deepEqual((await rollBack(undefined)).problems, undefined)
  t.deepEqual(await configMaps(), ['main', 'new', 'only-b'])
})

test('a rollback runs the rollback hooks of the bundle that it goes back to; a release that comes back is installed', async (t) => {
  const { bring, apply, rollBack, remove, namespace, jobs } = await rememberedSet(t, 'rollback-hooks')
  const hooks = (suffix: string) => [
    hookJob(`pre-${suffix}`, 'pre-rollback'),
    hookJob(`post-${suffix}`, 'post-rollback'),
    hookJob(`upgrade-${suffix}`, 'pre-upgrade,post-upgrade'),
    hookJob(`install-${suffix}`, 'pre-install', { 'helm.sh/hook-delete-policy': 'hook-succeeded' }),
  ]
  const sketch = (suffix: string) => [
    { name: 'app', namespace, objects: [configMap('main', { suffix }), ...hooks(suffix)] },
  ]
  t.deepEqual((await apply(await bring(1, sketch('a')))).problems, undefined)
  t.deepEqual((await apply(await bring(2, sketch('b')))).problems, undefined)
  t.deepEqual(await jobs(), ['upgrade-b'])
  const back = await rollBack(1)
  t.deepEqual(back.problems, undefined)
  t.like(back.plan?.waves[0], [
    { mode: 'rollback', before: [{ event: 'pre-rollback' }], after: [{ event: 'post-rollback' }] },
  ])
  t.deepEqual(await jobs(), ['post-a', 'pre-a'])
  t.deepEqual((await remove(['app'])).problems, undefined)
  const again = await rollBack(2)
  t.deepEqual(again.problems, undefined)
  t.like(again.plan?.waves[0], [{ mode: 'install', before: [{ event: 'pre-install' }], after: [] }])
})

test('a rollback says beforehand what it cannot undo', async (t) => {
  const { bring, apply, rollBack, namespace, configMaps } = await rememberedSet(t, 'rollback-notes')
  const claim = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const kept = {
    ...configMap('kept'),
    metadata: { name: 'kept', annotations: { 'helm.sh/resource-policy': 'keep' } },
  }
  t.deepEqual(
    (await apply(await bring(1, [{ name: 'app', namespace, objects: [configMap('main')] }]))).problems,
    undefined,
  )
  const b = [
    configMap('main', { b: 'b' }),
    kept,
    claim('data'),
    job('load'),
    hookJob('migrate', 'pre-upgrade'),
  ]
  t.deepEqual((await apply(await bring(2, [{ name: 'app', namespace, objects: b }]))).problems, undefined)
  const before = await configMaps()
  const { plan, problems } = await rollBack(1, { dryRun: true })
  t.deepEqual(problems, undefined)
  const notes = (plan?.notes ?? []).join('\n')
  t.regex(notes, /hooks have done .*pre-upgrade Job .*\/migrate \(revision 2\)/)
  t.regex(notes, /What Jobs have done stays done: Job .*\/load/)
  t.regex(notes, /Data in volumes stays as it is: PersistentVolumeClaim .*\/data/)
  t.regex(notes, /These stay, .*ConfigMap .*\/kept \(an annotation says that it stays\)/)
  t.deepEqual(await configMaps(), before)
})

test('a CRD that lacks a version in which custom resources are stored is refused before anything is written', async (t) => {
  const { bring, apply, rollBack, namespace, request, configMaps } = await rememberedSet(t, 'rollback-crd')
  const group = `${namespace}.example.com`
  const [v1, v2] = ['v1', 'v2'].map((name) => ({
    name,
    served: true,
    storage: name === 'v2',
    schema: { openAPIV3Schema: { type: 'object' } },
  }))
  const old = widgetCrd(group)
  const spec = old['spec'] as { [key: string]: never }
  const both = { ...old, spec: { ...spec, versions: [v1, v2] } } as KubeObject
  const sketch = (crd: KubeObject, data: string) => [
    { name: 'app', namespace, objects: [crd, configMap('main', { data })] },
  ]
  t.deepEqual((await apply(await bring(1, sketch(old, 'a')))).problems, undefined)
  t.deepEqual((await apply(await bring(2, sketch(both, 'b')))).problems, undefined)
  const { problems } = await rollBack(undefined)
  t.like(problems, [{ code: 'rollback/stored-versions' }])
  t.regex(problems?.[0]?.what ?? '', /stored in v2, and that bundle's CRD has v1 alone/)
  const main = await request('GET', `/api/v1/namespaces/${namespace}/configmaps/main`)
  t.is(main.body.data.data, 'b')
  t.deepEqual(await configMaps(), ['main'])
  await request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
})

for (const [what, change, code] of [
  ['altered', async ({ bytes }: Brought) => bytes.with(500, (bytes[500] ?? 0) ^ 1), /^verify\/damaged$/],
  ['signed anew by somebody else', async ({ resigned }: Brought) => await resigned(), /^verify\/.*signature/],
  ['cut off', undefined, /^history\/incomplete$/],
] as const)
  test(`a stored bundle that was ${what} is not gone back to`, async (t) => {
    const set = await rememberedSet(t, 'rollback-hostile')
    const { bring, apply, rollBack, namespace, stored, request, secrets, configMaps } = set
    const first = await bring(1, [{ name: 'app', namespace, objects: [configMap('one')] }])
    t.deepEqual((await apply(first)).problems, undefined)
    t.deepEqual(
      (await apply(await bring(2, [{ name: 'app', namespace, objects: [configMap('two')] }]))).problems,
      undefined,
    )
    const chunk = (await stored()).find((one) => one.metadata.name.endsWith('.r1.1')) as KubeObject
    const { name, namespace: where, labels, annotations } = chunk.metadata
    const bytes = Buffer.from((await change?.(first)) ?? first.bytes)
    await request('DELETE', `${secrets}/${name}`)
    const total = change ? annotations : { ...annotations, 'scout.airgap/chunks': '2' }
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: chunk['type'],
      metadata: { name, namespace: where, labels, annotations: total },
      data: { chunk: bytes.toString('base64') },
    }
    t.is((await request('POST', secrets, { body })).status, 201)
    t.regex((await rollBack(1)).problems?.[0]?.code ?? '', code)
    t.deepEqual(await configMaps(), ['two'])
    t.deepEqual((await rollBack(1, { given: first.bundle })).problems, undefined)
    t.deepEqual(await configMaps(), ['one'])
  })

test('another signed bundle in the place of a stored one is refused by its digest', async (t) => {
  const { bring, apply, rollBack, namespace, stored, request, secrets, configMaps } = await rememberedSet(
    t,
    'rollback-swap',
  )
  const [first, second, third] = await Promise.all(
    [1, 2, 3].map(async (n) => await bring(n, [{ name: 'app', namespace, objects: [configMap(`n${n}`)] }])),
  )
  if (!first || !second || !third) throw new Error('three were made')
  t.deepEqual((await apply(first)).problems, undefined)
  t.deepEqual((await apply(second)).problems, undefined)
  const chunk = (await stored()).find((one) => one.metadata.name.endsWith('.r1.1')) as KubeObject
  const { name, namespace: where, labels, annotations } = chunk.metadata
  await request('DELETE', `${secrets}/${name}`)
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: chunk['type'],
    metadata: { name, namespace: where, labels, annotations },
    data: { chunk: Buffer.from(third.bytes).toString('base64') },
  }
  t.is((await request('POST', secrets, { body })).status, 201)
  t.like((await rollBack(1)).problems, [{ code: 'history/other-bundle' }])
  t.deepEqual(await configMaps(), ['n2'])
})

test('a bundle of another set is refused by name, where a set is named', async (t) => {
  const { bring, apply, rollBack, namespace } = await rememberedSet(t, 'other-set')
  const first = await bring(1, [{ name: 'app', namespace, objects: [configMap('one')] }])
  t.deepEqual((await apply(first)).problems, undefined)
  const { manifest } = first.bundle
  const given = { ...first.bundle, manifest: { ...manifest, name: `x${manifest.name}` } }
  t.like((await rollBack(undefined, { given })).problems, [{ code: 'rollback/other-set', fault: 'usage' }])
})

test('a revision that is not there, or was a removal, is refused with what there is', async (t) => {
  const { bring, apply, rollBack, remove, namespace } = await rememberedSet(t, 'rollback-none')
  t.deepEqual(
    (await apply(await bring(1, [{ name: 'app', namespace, objects: [configMap('one')] }]))).problems,
    undefined,
  )
  const none = await rollBack(undefined)
  t.like(none.problems, [{ code: 'rollback/no-target', fault: 'usage' }])
  t.regex((await rollBack(7)).problems?.[0]?.what ?? '', /Revision 7 .* is not remembered; known are 1/)
  t.deepEqual((await remove(['app'])).problems, undefined)
  t.regex((await rollBack(2)).problems?.[0]?.what ?? '', /Revision 2 was a removal/)
  t.deepEqual((await rollBack(undefined)).problems, undefined)
})

test('a rollback that was stopped goes on to where it was on its way, and runs no hook twice', async (t) => {
  const set = await rememberedSet(t, 'rollback-stopped')
  const { bring, apply, rollBack, history, namespace, cluster, request, jobs } = set
  const sketch = (data: string) => [
    {
      name: 'app',
      namespace,
      objects: [configMap('main', { data }), deployment('web', { data }), hookJob('back', 'pre-rollback')],
    },
  ]
  t.deepEqual((await apply(await bring(1, sketch('a')))).problems, undefined)
  t.deepEqual((await apply(await bring(2, sketch('b')))).problems, undefined)
  const stop = new AbortController()
  const stopping: Cluster = {
    ...cluster,
    apply: async (address, object, how) => {
      if (address.name === 'main' && !how.dryRun) stop.abort()
      return await cluster.apply(address, object, how)
    },
  }
  t.like((await rollBack(undefined, { through: stopping, signal: stop.signal })).problems, [
    { code: 'apply/stopped' },
  ])
  t.deepEqual(await jobs(), ['back'])
  const job = `/apis/batch/v1/namespaces/${namespace}/jobs/back`
  const { uid } = (await request('GET', job)).body.metadata
  t.like((await history()).revisions.at(-1), { revision: 3, did: 'rollback', to: 1, state: 'failed' })
  t.deepEqual((await rollBack(undefined)).problems, undefined)
  t.is((await request('GET', job)).body.metadata.uid, uid)
  const main = await request('GET', `/api/v1/namespaces/${namespace}/configmaps/main`)
  t.is(main.body.data.data, 'a')
  t.deepEqual(
    (await history()).revisions.map(({ revision, did, state }) => [revision, did, state]),
    [
      [1, 'apply', 'applied'],
      [2, 'apply', 'applied'],
      [3, 'rollback', 'applied'],
    ],
  )
})

test('a run that was killed is in the history once another one has come to its end', async (t) => {
  const { bring, apply, history, namespace, cluster } = await rememberedSet(t, 'rollback-killed')
  const sketch = (data: string) => [{ name: 'app', namespace, objects: [configMap('main', { data })] }]
  t.deepEqual((await apply(await bring(1, sketch('a')))).problems, undefined)
  const killed = await bring(2, sketch('b'))
  const dying: Cluster = {
    ...cluster,
    apply: async (address, object, how) => {
      if (address.name === 'main' && !how.dryRun) throw new TypeError('killed')
      return await cluster.apply(address, object, how)
    },
  }
  await t.throwsAsync(apply(killed, { through: dying }), { message: 'killed' })
  t.deepEqual((await apply(await bring(3, sketch('c')))).problems, undefined)
  t.like((await history()).revisions, [
    { revision: 1, state: 'applied' },
    { revision: 2, state: 'cut off', bundle: killed.bundle.digest, kept: true },
    { revision: 3, state: 'applied' },
  ])
})
