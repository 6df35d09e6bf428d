import test from 'ava'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { hookJob, rememberedSet } from './remembered.ts'
import type { Brought } from './remembered.ts'
import { configMap } from './set.ts'
import { hole, password, place, secret } from './valued.ts'

const gone = { 'helm.sh/hook-delete-policy': 'hook-succeeded' }

/** A database, a shop that depends on it, and both with hooks for their removal. */
const shop = (namespace: string, fate?: string) => [
  {
    name: 'db',
    namespace,
    objects: [configMap('db'), hookJob('db-before', 'pre-delete', gone), hookJob('db-after', 'post-delete')],
  },
  {
    name: 'shop',
    namespace,
    dependsOn: ['db'],
    timeoutSeconds: 20,
    objects: [
      configMap('shop'),
      hookJob('shop-before', 'pre-delete', {}, fate),
      hookJob('shop-after', 'post-delete', gone),
    ],
  },
]

/** What was made and deleted, in order, by name. */
const order = (requests: { method: string; path: string; body?: unknown }[]): string[] =>
  requests
    .filter(({ path }) => /\/(jobs|configmaps)(\/|$|\?)/.test(path))
    .map(({ method, path, body }) => {
      const name = path.split('?')[0]?.split('/').at(-1) ?? ''
      const made = (body as KubeObject | undefined)?.metadata.name
      return `${method} ${name === 'jobs' ? (made ?? 'job') : name}`
    })

test('all of a set is removed in the reverse order, each release between its hooks, and the history stays', async (t) => {
  const set = await rememberedSet(t, 'remove-all')
  const { bring, apply, remove, rollBack, history, namespace, configMaps, jobs, controlPlane, open } = set
  t.deepEqual((await apply(await bring(1, shop(namespace)))).problems, undefined)
  t.deepEqual(await jobs(), [])
  const proxy = await startProxy(controlPlane)
  const { plan, problems } = await remove([], { through: await open(proxy.kubeconfig) })
  t.deepEqual(problems, undefined)
  t.deepEqual(
    plan?.removals?.map(({ releases }) => releases.map(({ name }) => name)),
    [['shop'], ['db']],
  )
  t.deepEqual(await configMaps(), [])
  t.deepEqual(await jobs(), [])
  const done = order(proxy.mutating())
  const at = (what: string): number => done.indexOf(what)
  t.true(at('DELETE shop') >= 0 && at('DELETE shop') < at('DELETE db'), done.join(', '))
  t.true(at('DELETE shop-after') > at('DELETE shop') && at('DELETE shop-after') < at('DELETE db-before'))
  t.true(at('DELETE db-before') < at('DELETE db'))
  t.like((await history()).revisions.at(-1), {
    did: 'remove',
    state: 'applied',
    releases: { shop: { state: 'removed' }, db: { state: 'removed' } },
  })
  t.deepEqual((await history()).present?.releases, {})
  await proxy.stop()
  t.deepEqual((await rollBack(1)).problems, undefined)
  t.deepEqual(await configMaps(), ['db', 'shop'])
})

test('a release that others depend on is not removed without them', async (t) => {
  const { bring, apply, remove, namespace, configMaps } = await rememberedSet(t, 'remove-needed')
  t.deepEqual((await apply(await bring(1, shop(namespace)))).problems, undefined)
  const refused = await remove(['db'])
  t.like(refused.problems, [{ code: 'remove/needed', what: 'Release shop depends on db.' }])
  t.deepEqual(await configMaps(), ['db', 'shop'])
  t.like((await remove(['shpo'])).problems, [{ code: 'remove/unknown-release', fix: 'Did you mean shop?' }])
  const planned = await remove(['shop'], { dryRun: true })
  t.deepEqual(
    planned.plan?.prune.flat().map(({ id }) => id.name),
    ['shop'],
  )
  t.deepEqual(await configMaps(), ['db', 'shop'])
  t.deepEqual((await remove(['shop'])).problems, undefined)
  t.deepEqual(await configMaps(), ['db'])
})

test('a removed release is installed by the next apply of the same bundle', async (t) => {
  const { bring, apply, remove, namespace, configMaps } = await rememberedSet(t, 'remove-again')
  const bundle = await bring(1, shop(namespace))
  t.deepEqual((await apply(bundle)).problems, undefined)
  t.deepEqual((await remove(['shop'])).problems, undefined)
  const { plan, problems } = await apply(bundle)
  t.deepEqual(problems, undefined)
  t.like(plan?.waves.flat(), [
    { name: 'db', changed: false },
    { name: 'shop', mode: 'install', changed: true },
  ])
  t.deepEqual(await configMaps(), ['db', 'shop'])
})

test('a hook before that fails stops the removal of its release, and nothing of it is deleted', async (t) => {
  const { bring, apply, remove, namespace, configMaps, history } = await rememberedSet(t, 'remove-fails')
  t.deepEqual((await apply(await bring(1, shop(namespace, 'crash')))).problems, undefined)
  const { problems } = await remove([])
  t.like(problems, [{ code: 'apply/failed' }])
  t.deepEqual(await configMaps(), ['db', 'shop'])
  t.like((await history()).revisions.at(-1), { did: 'remove', state: 'failed' })
  t.deepEqual((await remove(['shop'], { hooks: false })).problems, undefined)
  t.deepEqual(await configMaps(), ['db'])
})

test('hooks of a removal come from a bundle that is verified anew: without it nothing is removed', async (t) => {
  const { bring, apply, remove, namespace, configMaps, set, request, secrets } = await rememberedSet(
    t,
    'remove-verify',
  )
  const bundle = await bring(1, shop(namespace))
  t.deepEqual((await apply(bundle)).problems, undefined)
  await request('DELETE', `${secrets}/scout.history.${set}.r1.1`)
  t.like((await remove(['shop'])).problems, [{ code: 'history/no-bundle' }])
  t.deepEqual(await configMaps(), ['db', 'shop'])
  t.deepEqual((await remove(['shop'], { given: bundle.bundle })).problems, undefined)
  t.deepEqual(await configMaps(), ['db'])
})

test('a release that the next bundle has no more runs its hooks; where the old bundle is not at hand that is told', async (t) => {
  const { bring, apply, namespace, jobs, configMaps, set, request, secrets, controlPlane, open } =
    await rememberedSet(t, 'remove-apply')
  const [db, rest] = shop(namespace)
  if (db === undefined || rest === undefined) throw new Error('there are two')
  const small = await bring(2, [db])
  const whole = async (sequence: number): Promise<Brought> => await bring(sequence, [db, rest])
  t.deepEqual((await apply(await whole(1))).problems, undefined)
  const proxy = await startProxy(controlPlane)
  const came = await apply(small, { through: await open(proxy.kubeconfig) })
  t.deepEqual([came.problems, came.warnings], [undefined, []])
  const done = order(proxy.mutating())
  t.true(done.includes('DELETE shop-before') && done.includes('DELETE shop-after'), done.join(', '))
  t.true(done.indexOf('DELETE shop') < done.indexOf('DELETE shop-after'))
  t.deepEqual([await jobs(), await configMaps()], [[], ['db']])
  proxy.reset()
  t.deepEqual((await apply(small, { through: await open(proxy.kubeconfig) })).problems, undefined)
  t.deepEqual(
    proxy.mutating().filter((one) => !one.path.includes('/leases')),
    [],
  )
  await proxy.stop()

  t.deepEqual((await apply(await whole(3))).problems, undefined)
  await request('DELETE', `${secrets}/scout.history.${set}.r3.1`)
  const blind = await apply(await bring(4, [db]))
  t.deepEqual(blind.problems, undefined)
  t.like(blind.warnings, [{ code: 'history/no-delete-hooks' }])
  t.deepEqual([await jobs(), await configMaps()], [[], ['db']])
})

test('a removal that was stopped after its hooks before goes on where it ended', async (t) => {
  const set = await rememberedSet(t, 'remove-stopped')
  const { bring, apply, remove, namespace, configMaps, jobs, cluster, request } = set
  const blocked = { ...configMap('shop'), metadata: { name: 'shop', finalizers: ['test.scout/hold'] } }
  const [db, rest] = shop(namespace)
  if (db === undefined || rest === undefined) throw new Error('there are two')
  const objects = [blocked, ...rest.objects.slice(1)]
  t.deepEqual((await apply(await bring(1, [db, { ...rest, objects }]))).problems, undefined)
  const stop = new AbortController()
  const stopping: Cluster = {
    ...cluster,
    remove: async (address, how) => {
      if (address.name === 'shop') stop.abort()
      return await cluster.remove(address, how)
    },
  }
  t.like((await remove(['shop'], { signal: stop.signal, through: stopping })).problems, [
    { code: 'apply/stopped' },
  ])
  t.deepEqual(await configMaps(), ['db', 'shop'])
  t.deepEqual(await jobs(), ['shop-before'])
  const planned = await remove(['shop'], { dryRun: true })
  t.like(planned.plan?.removals, [
    { releases: [{ name: 'shop', begun: true, before: [{ finished: true }] }] },
  ])

  const path = `/api/v1/namespaces/${namespace}/configmaps/shop`
  const { status } = await request('PATCH', path, {
    body: { metadata: { finalizers: null } },
    type: 'application/merge-patch+json',
  })
  t.is(status, 200)
  const made: string[] = []
  const watched: Cluster = {
    ...cluster,
    create: async (address, object, how) => {
      if (object.kind === 'Job') made.push(address.name)
      return await cluster.create(address, object, how)
    },
  }
  t.deepEqual((await remove(['shop'], { through: watched })).problems, undefined)
  t.deepEqual(made, ['shop-after'])
  t.deepEqual([await configMaps(), await jobs()], [['db'], []])
})

test('site values stand in the hooks of a removal, as they are kept, and are told nowhere', async (t) => {
  const { bring, apply, remove, namespace, cluster, jobs } = await rememberedSet(t, 'remove-values')
  const cleanup = hookJob('cleanup', 'pre-delete', gone)
  const spec = cleanup['spec'] as JsonObject
  const template = {
    spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'x', args: [hole('app/key')] }] },
  }
  const bundle = await bring(1, [
    {
      name: 'app',
      namespace,
      objects: [secret('key', { value: hole('app/key') }), { ...cleanup, spec: { ...spec, template } }],
      siteValues: [{ id: 'app/key', recipe: password(), places: [place(namespace, 'key', 'value')] }],
    },
  ])
  t.deepEqual((await apply(bundle)).problems, undefined)
  const sent: string[] = []
  const made: Cluster = {
    ...cluster,
    create: async (address, object, how) => {
      if (object.kind === 'Job') sent.push(JSON.stringify(object['spec']))
      return await cluster.create(address, object, how)
    },
  }
  const came = await remove(['app'], { through: made })
  t.deepEqual(came.problems, undefined)
  t.is(sent.length, 1)
  t.notRegex(sent[0] ?? '', /scoutsitevalue/)
  const value = /"args":\["([A-Za-z0-9]{24})"\]/.exec(sent[0] ?? '')?.[1] ?? ''
  t.is(value.length, 24)
  t.false(JSON.stringify([came.plan, came.warnings]).includes(value))
  t.deepEqual(await jobs(), [])
})

test('a Namespace goes with the last of a set where there is consent, and stays while something of others is in it', async (t) => {
  const { bring, apply, remove, namespace, request, cluster } = await rememberedSet(t, 'remove-namespace')
  const own = `${namespace}-own`
  const bundle = await bring(1, [{ name: 'app', namespace: own, objects: [configMap('main')] }])
  t.deepEqual((await apply(bundle)).problems, undefined)
  const inOwn = `/api/v1/namespaces/${own}/configmaps`
  await request('POST', inOwn, { body: { ...configMap('foreign'), metadata: { name: 'foreign' } } })
  t.like((await remove([], { prune: ['Namespace'] })).problems, [{ code: 'apply/inhabited' }])
  t.is((await request('GET', `${inOwn}/foreign`)).status, 200)
  await request('DELETE', `${inOwn}/foreign`)
  t.deepEqual((await remove([], { prune: ['Namespace'] })).problems, undefined)
  t.is((await request('GET', `/api/v1/namespaces/${own}`)).status, 404)
  t.like((await remove([])).problems, [{ code: 'remove/nothing-there' }])
  cluster.close()
})
