import test from 'ava'
import { driftOfSet } from '../../src/control-plane/drift-pipeline.ts'
import { imagesOfSet } from '../../src/control-plane/images-pipeline.ts'
import { readInventory } from '../../src/control-plane/observe/inventory.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { dyingAt, finished } from './dying.ts'
import { hookJob, rememberedSet } from './remembered.ts'
import { configMap } from './set.ts'

const two = (namespace: string, data: string, more: string[] = []) => [
  { name: 'db', namespace, objects: [configMap('db', { data })] },
  {
    name: 'shop',
    namespace,
    dependsOn: ['db'],
    objects: [
      configMap('shop', { data }),
      ...more.map((name) => configMap(name)),
      hookJob('migrate', 'pre-upgrade,pre-rollback', { 'helm.sh/hook-delete-policy': 'hook-succeeded' }),
    ],
  },
]

test('with --only, one release alone is applied, rolled back and pruned; all others are as they were', async (t) => {
  const set = await rememberedSet(t, 'only')
  const { bring, apply, rollBack, history, namespace, configMaps, request, controlPlane, open } = set
  const dataOf = async (name: string) =>
    (await request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).body.data.data
  t.deepEqual((await apply(await bring(1, two(namespace, 'a', ['gone'])))).problems, undefined)
  const b = await bring(2, two(namespace, 'b', ['new']))
  const proxy = await startProxy(controlPlane)
  const alone = await apply(b, { only: ['shop'], through: await open(proxy.kubeconfig) })
  t.deepEqual(alone.problems, undefined)
  t.like(alone.warnings, [{ code: 'plan/dependency-differs' }])
  t.deepEqual(await configMaps(), ['db', 'new', 'shop'])
  t.deepEqual([await dataOf('db'), await dataOf('shop')], ['a', 'b'])
  t.false(proxy.mutating().some((one) => one.path.endsWith('/configmaps/db')))
  t.like(await history(), {
    revisions: [
      { revision: 1 },
      { revision: 2, only: ['shop'], releases: { db: { sequence: 1 }, shop: { sequence: 2 } } },
    ],
    present: { releases: { db: { sequence: 1 }, shop: { sequence: 2 } } },
  })

  proxy.reset()
  t.deepEqual((await apply(b, { only: ['shop'], through: await open(proxy.kubeconfig) })).problems, undefined)
  t.deepEqual(
    proxy.mutating().filter((one) => !one.path.includes('/leases')),
    [],
  )
  await proxy.stop()

  const back = await rollBack(undefined, { only: ['shop'] })
  t.deepEqual(back.problems, undefined)
  t.like(back.plan, { only: ['shop'], waves: [[{ mode: 'rollback' }]] })
  t.deepEqual(await configMaps(), ['db', 'gone', 'shop'])
  t.deepEqual(await dataOf('shop'), 'a')
  t.like((await history()).revisions.at(-1), { did: 'rollback', to: 1, only: ['shop'] })
  t.deepEqual((await history()).present?.releases['shop']?.sequence, 1)
})

test('after --only, a whole bundle is judged by the newest release that is there, and converges', async (t) => {
  const { bring, apply, namespace, history, configMaps } = await rememberedSet(t, 'only-whole')
  const a = await bring(1, two(namespace, 'a'))
  const c = await bring(3, two(namespace, 'c', ['third']))
  t.deepEqual((await apply(a)).problems, undefined)
  t.deepEqual((await apply(c, { only: ['shop'] })).problems, undefined)
  t.like((await apply(await bring(2, two(namespace, 'b')))).problems, [{ code: 'plan/downgrade' }])
  t.like((await apply(a, { only: ['shop'] })).problems, [{ code: 'plan/downgrade' }])
  const { plan, problems } = await apply(c)
  t.deepEqual(problems, undefined)
  t.like(plan?.waves.flat(), [
    { name: 'db', changed: true },
    { name: 'shop', changed: false },
  ])
  t.deepEqual(await configMaps(), ['db', 'shop', 'third'])
  const { present } = await history()
  t.deepEqual(
    Object.values(present?.releases ?? {}).map(({ sequence }) => sequence),
    [3, 3],
  )
})

test('a release alone is refused where what it depends on is not there, and a name that is none is corrected', async (t) => {
  const { bring, apply, namespace, configMaps, history } = await rememberedSet(t, 'only-needs')
  const bundle = await bring(1, two(namespace, 'a'))
  t.like((await apply(bundle, { only: ['shop'] })).problems, [{ code: 'plan/dependency-missing' }])
  t.like((await apply(bundle, { only: ['shpo'] })).problems, [
    { code: 'plan/unknown-release', fix: 'Did you mean shop?' },
  ])
  t.deepEqual(await configMaps(), [])
  t.deepEqual((await apply(bundle, { only: ['db'] })).problems, undefined)
  t.like((await history()).present, { releases: { db: { sequence: 1 } } })
  t.deepEqual((await apply(bundle, { only: ['db', 'shop'] })).problems, undefined)
  const whole = await apply(bundle)
  t.deepEqual(whole.problems, undefined)
  t.deepEqual(await configMaps(), ['db', 'shop'])
})

test('what has moved to another release is not deleted when the one that it left is applied alone', async (t) => {
  const { bring, apply, namespace, configMaps } = await rememberedSet(t, 'only-moved')
  const sketch = (db: string[], shop: string[]) => [
    { name: 'db', namespace, objects: db.map((name) => configMap(name)) },
    { name: 'shop', namespace, objects: shop.map((name) => configMap(name)) },
  ]
  t.deepEqual((await apply(await bring(1, sketch(['db', 'moves'], ['shop'])))).problems, undefined)
  const next = await bring(2, sketch(['db'], ['moves', 'shop']))
  const { plan, problems } = await apply(next, { only: ['db'] })
  t.deepEqual(problems, undefined)
  t.like(plan?.kept, [{ do: 'keep', id: { name: 'moves' } }])
  t.deepEqual(await configMaps(), ['db', 'moves', 'shop'])
  t.deepEqual((await apply(next)).problems, undefined)
  t.deepEqual(await configMaps(), ['db', 'moves', 'shop'])
})

test('of a run for one release that was cut short, what it has put there counts for images, and not for drift', async (t) => {
  const { bring, apply, set, cluster, namespace, keepingOf } = await rememberedSet(t, 'only-cut')
  const bundle = async (sequence: number, ...names: string[]) =>
    await bring(
      sequence,
      names.map((name) => ({ name, namespace, objects: [configMap(name)] })),
    )
  t.deepEqual((await apply(await bundle(1, 'a'))).problems, undefined)
  const { cluster: dying } = dyingAt(cluster, 3)
  const second = await bundle(2, 'a', 'b')
  t.false(await finished(() => apply(second, { only: ['b'], through: dying })))
  const discovery = await cluster.discover()
  if (!discovery.ok) throw new Error('no discovery')
  const inventory = await readInventory(cluster, discovery.value, set)
  const there = inventory.ok ? inventory.value?.content : undefined
  t.deepEqual([there?.state, there?.releases['b'], there?.apart?.['b']?.sequence], ['applying', undefined, 2])
  const system = { cluster, clock, maker, tell: () => undefined }
  const keeping = keepingOf({})
  const { bundles } = await imagesOfSet({ set, keeping }, system)
  t.deepEqual(
    bundles.map(({ sequence }) => sequence),
    [1, 2],
  )
  const drift = await driftOfSet({ set, keeping }, system)
  t.deepEqual(
    drift.bundles.map(({ sequence, releases }) => [sequence, releases]),
    [[1, ['a']]],
  )
})
