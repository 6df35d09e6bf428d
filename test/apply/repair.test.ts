import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { historyOfSet } from '../../src/control-plane/lifecycle-pipeline.ts'
import { driftOfSet } from '../../src/control-plane/drift-pipeline.ts'
import { planRepair, repairSet } from '../../src/control-plane/repair-pipeline.ts'
import { usualLimits } from '../../src/control-plane/history/keep.ts'
import { inventoryNamespace, labels, parentName, setIdOf } from '../../src/core/applyset.ts'
import { shardLabel } from '../../src/core/inventory-secrets.ts'
import type { Inventory } from '../../src/core/inventory.ts'
import type { Json } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused, bad, problem } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { SetRepair } from '../../src/core/repair.ts'
import { readInventory } from '../../src/control-plane/observe/inventory.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import { hookJob, rememberedSet } from './remembered.ts'
import { applied, bundleOf, configMap, deployment, freshSet } from './set.ts'

const inventories = `/api/v1/namespaces/${inventoryNamespace}/secrets`

const systemOf = (cluster: Cluster) => {
  const warnings: Problem[] = []
  const tell = (told: { tell: string; problem?: Problem }) => {
    if (told.tell === 'warning' && told.problem) warnings.push(told.problem)
  }
  return { system: { cluster, clock, maker, tell }, warnings }
}

const options = () => ({ holder: `test-${randomUUID()}`, tooling: 'scout-apply/0.1.0' })

/** A set of one's own, and the repair of its inventory. */
const scene = async (purpose: string) => {
  const given = await freshSet(purpose)
  const { cluster, set, namespace, request, release } = given
  const { system, warnings } = systemOf(cluster)
  const inputOf = (wanted: Wanted) => ({
    set: wanted.manifest.name,
    bundle: { ...wanted, signedBy: [] } as never,
    keeping: {
      limits: usualLimits,
      reverify: () => bad([problem({ code: 'test/unasked', what: 'It is not kept.', fix: '' })]),
    },
  })
  return {
    ...given,
    warnings,
    configMaps: `/api/v1/namespaces/${namespace}/configmaps`,
    bundle: (sequence: number, objects: KubeObject[]) => bundleOf(set, sequence, [{ ...release, objects }]),
    show: async (wanted: Wanted, through = cluster) =>
      await planRepair(inputOf(wanted), { ...system, cluster: through }),
    repair: async (wanted: Wanted, largestPart?: number) =>
      await repairSet(inputOf(wanted), { ...options(), ...(largestPart && { largestPart }) }, system),
    lose: async (name = set) => {
      const gone = await request('DELETE', `${inventories}/${parentName(name)}`)
      if (gone.status !== 200) throw new Error(gone.text)
    },
    inventory: async (): Promise<Inventory | undefined> => {
      const discovery = await cluster.discover()
      if (!discovery.ok) throw new Error('no discovery')
      const read = await readInventory(cluster, discovery.value, set)
      if (!read.ok) throw new Refused(read.problems)
      return read.value?.content
    },
    get: async (path: string) => (await request('GET', path)).body,
  }
}

const problemsOf = async (work: Promise<unknown>): Promise<Problem[]> => {
  try {
    await work
    return []
  } catch (error) {
    if (error instanceof Refused) return error.problems
    throw error
  }
}

const fates = ({ found }: SetRepair): [string, string][] =>
  found.map((one) => [one.id.name, one.is === 'left' ? `left: ${one.why}` : one.is])

test('a deleted inventory is rebuilt, and the next apply prunes what only an earlier bundle had; until then every apply is refused', async (t) => {
  const { cluster, bundle, show, repair, lose, get, inventory, configMaps, set } = await scene('repair-lost')
  const first = bundle(1, [configMap('kept'), configMap('old'), deployment('web')])
  const second = bundle(2, [configMap('kept'), deployment('web')])
  t.is((await applied(cluster, first)).problems, undefined)
  const uid = (await get(`${configMaps}/kept`)).metadata.uid
  t.like((await problemsOf(show(first)))[0], { code: 'repair/nothing-to-repair' })
  await lose()
  const refused = (await applied(cluster, second)).problems ?? []
  t.like(refused[0], { code: 'plan/lost-inventory' })
  t.regex(refused[0]?.fix ?? '', /scout-apply repair BUNDLE/)

  const shown = await show(second)
  t.like(shown, { inventory: 'lost', written: false, last: null, releases: ['app'] })
  t.deepEqual(fates(shown), [
    ['kept', 'wanted'],
    ['old', 'orphan'],
    [set, 'wanted'],
    ['web', 'wanted'],
  ])
  t.is(await inventory(), undefined)
  t.true((await repair(second)).written)
  t.deepEqual((await inventory())?.releases, { app: '' })
  const keeping = {
    limits: usualLimits,
    reverify: () => bad([problem({ code: 'test/unasked', what: '', fix: '' })]),
  }
  const asked = driftOfSet({ set, keeping }, { cluster, clock, maker, tell: () => {} })
  t.like((await problemsOf(asked))[0], { code: 'drift/unknown-bundle', severity: 'error' })
  const { plan, problems } = await applied(cluster, second)
  t.is(problems, undefined)
  t.deepEqual(
    plan?.prune.flat().map(({ id }) => id.name),
    ['old'],
  )
  t.is(plan?.waves[0]?.[0]?.mode, 'upgrade')
  t.is((await get(`${configMaps}/old`)).reason, 'NotFound')
  t.is((await get(`${configMaps}/kept`)).metadata.uid, uid)
  t.like((await problemsOf(repair(second)))[0], { code: 'repair/nothing-to-repair' })
})

test('what only looks ours is named and left: a copied label, a controller that copies labels, a hook, another set', async (t) => {
  const { cluster, bundle, repair, lose, request, configMaps, namespace, set, inventory } =
    await scene('repair-unproven')
  const label = { [labels.partOf]: setIdOf(set) }
  const web = deployment('web')
  const wanted = bundle(1, [configMap('ours'), hookJob('migrate', 'post-install')])
  t.is((await applied(cluster, wanted)).problems, undefined)
  const other = bundleOf(`${set}-b`, 1, [{ name: 'b', namespace, objects: [configMap('b')] }])
  t.is((await applied(cluster, other)).problems, undefined)
  const post = async (path: string, body: Json, by: string): Promise<KubeObject> => {
    const reply = await request('POST', `${path}?fieldManager=${by}`, { body })
    if (reply.status !== 201) throw new Error(reply.text)
    return reply.body
  }
  await post(
    configMaps,
    { ...configMap('copied'), metadata: { name: 'copied', labels: label } },
    'kubectl-create',
  )
  const spec = web['spec'] as { template: { metadata: object } }
  const template = { ...spec.template, metadata: { labels: { app: 'web', ...label } } }
  await post(
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    { ...web, spec: { ...spec, template } } as never,
    'kubectl-create',
  )
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dweb`
  while ((await request('GET', pods)).body.items.length === 0) await clock.sleep(50)
  // A controller that applies as we are called is no proof either.
  const replicaSets = (await request('GET', `/apis/apps/v1/namespaces/${namespace}/replicasets`)).body
  const controlled = configMap('controlled')
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: replicaSets.items[0].metadata.name,
    uid: replicaSets.items[0].metadata.uid,
    controller: true,
  }
  const made = await request(
    'PATCH',
    `${configMaps}/controlled?fieldManager=${encodeURIComponent(`scout-apply:${set}`)}`,
    {
      body: { ...controlled, metadata: { name: 'controlled', labels: label, ownerReferences: [owner] } },
      type: 'application/apply-patch+yaml',
    },
  )
  t.is(made.status, 201)
  await lose()
  const { found } = await repair(wanted)
  const of = (name: string) => found.filter((one) => one.id.name.startsWith(name))
  t.like(of('ours')[0], { is: 'wanted', release: 'app' })
  t.regex((of('copied')[0] as { why: string }).why, /nothing says .* written by kubectl-create/)
  t.regex((of('controlled')[0] as { why: string }).why, /a controller owns it/)
  t.regex((of('migrate')[0] as { why: string }).why, /never applied, as hooks are/)
  const copies = of('web').map((one) => [one.id.kind, one.is])
  t.true(
    copies.some(([kind]) => kind === 'Pod'),
    JSON.stringify(copies),
  )
  t.true(copies.every(([, is]) => is === 'left'))
  t.deepEqual(of('b'), [])
  t.deepEqual(Array.from((await inventory())?.entries.keys() ?? []).sort(), [
    `/ConfigMap/${namespace}/ours`,
    `/Namespace//${namespace}`,
  ])
})

for (const [what, journal] of [
  ['no gzip', Buffer.from('garbage').toString('base64')],
  ['no JSON', gzipSync('{"format":1').toString('base64')],
  ['a wrong type', gzipSync('{"format":1,"entries":[7]}').toString('base64')],
  ['a format of tomorrow', gzipSync('{"format":9,"entries":[]}').toString('base64')],
] as const)
  test(`an inventory that is broken (${what}) names the command that rebuilds it`, async (t) => {
    const { cluster, bundle, repair, request, set, inventory } = await scene('repair-broken')
    const wanted = bundle(1, [configMap('x')])
    await applied(cluster, wanted)
    const path = `${inventories}/${parentName(set)}`
    await request('PATCH', path, { body: { data: { journal } }, type: 'application/merge-patch+json' })
    const [refused] = (await applied(cluster, wanted)).problems ?? []
    t.like(refused, { code: 'apply/broken-inventory' })
    t.regex(refused?.fix ?? '', new RegExp(`scout-apply repair --set ${set}`))
    t.like(await repair(wanted), { inventory: 'broken', written: true })
    t.is((await inventory())?.entries.size, 2)
    t.is((await applied(cluster, wanted)).problems, undefined)
  })

test('an inventory in parts of which one is missing is rebuilt, and no part is left over', async (t) => {
  const { cluster, bundle, repair, request, set, inventory } = await scene('repair-shards')
  const wanted = bundle(
    1,
    Array.from({ length: 30 }, (_, at) => configMap(`m${at}`)),
  )
  t.is((await applied(cluster, wanted, { largestPart: 1500 })).problems, undefined)
  const parts = async (): Promise<string[]> => {
    const { body } = await request('GET', `${inventories}?labelSelector=${shardLabel}%3D${setIdOf(set)}`)
    return body.items.map((one: KubeObject) => one.metadata.name)
  }
  const [lost] = await parts()
  t.is((await request('DELETE', `${inventories}/${lost}`)).status, 200)
  t.like((await applied(cluster, wanted)).problems?.[0], { code: 'apply/broken-inventory' })
  t.true((await repair(wanted)).written)
  t.deepEqual(await parts(), [])
  t.is((await inventory())?.entries.size, 31)
  t.is((await applied(cluster, wanted)).problems, undefined)
})

test('an inventory that is older than what is there (a backup of it) gets what it lacks, and keeps what it knows', async (t) => {
  const { cluster, bundle, show, repair, request, set, inventory, get, configMaps } =
    await scene('repair-add')
  const first = bundle(1, [configMap('x'), configMap('anew')])
  await applied(cluster, first)
  const path = `${inventories}/${parentName(set)}`
  const before = (await request('GET', path)).body
  const known = await inventory()
  await request('DELETE', `${configMaps}/anew`)
  await applied(cluster, bundle(2, [configMap('x'), configMap('anew'), configMap('later')]))
  const { body } = await request('GET', path)
  const { resourceVersion, uid } = body.metadata
  const restored = { ...before, metadata: { ...before.metadata, resourceVersion, uid } }
  t.is((await request('PUT', path, { body: restored })).status, 200)

  const third = bundle(3, [configMap('x')])
  t.deepEqual(fates(await show(third)), [
    ['anew', 'orphan'],
    ['later', 'orphan'],
    ['x', 'known'],
    [set, 'known'],
  ])
  t.like(await repair(third), { inventory: 'whole', written: true })
  const now = await inventory()
  const key = `/ConfigMap/${set}/x`
  t.deepEqual(now?.entries.get(key), known?.entries.get(key))
  t.is(now?.releases['app'], known?.releases['app'])
  const { plan, problems } = await applied(cluster, third)
  t.is(problems, undefined)
  t.deepEqual(
    plan?.prune.flat().map(({ id }) => id.name),
    ['anew', 'later'],
  )
  t.is((await get(`${configMaps}/later`)).reason, 'NotFound')
})

test('a Secret of that name that another tool has made is no inventory, and is not touched', async (t) => {
  const { cluster, bundle, repair, request, set } = await scene('repair-foreign')
  const wanted = bundle(1, [configMap('x')])
  await applied(cluster, wanted)
  const path = `${inventories}/${parentName(set)}`
  const { body } = await request('PATCH', path, {
    body: { metadata: { annotations: { 'applyset.kubernetes.io/tooling': 'kubectl/v1.36' } } },
    type: 'application/merge-patch+json',
  })
  t.like((await problemsOf(repair(wanted)))[0], { code: 'apply/foreign-inventory' })
  t.is((await request('GET', path)).body.metadata.resourceVersion, body.metadata.resourceVersion)
})

const forbidding = (cluster: Cluster, forbidden: (kind: string, namespace: string) => boolean): Cluster => ({
  ...cluster,
  list: async (kind, asked) =>
    forbidden(kind.kind, asked.namespace ?? '')
      ? {
          ok: false,
          refusal: {
            asked: { verb: 'list', group: kind.group, resource: kind.plural, namespace: '', name: '' },
            server: cluster.server,
            status: 403,
            reason: 'Forbidden',
            message: 'forbidden',
            causes: [],
          },
        }
      : await cluster.list(kind, asked),
})

test('what may not be listed is told, and where a kind may be listed in its namespaces alone it is looked for there', async (t) => {
  const { cluster, bundle, show, lose, warnings } = await scene('repair-partial')
  const wanted = bundle(1, [configMap('x'), deployment('web')])
  await applied(cluster, wanted)
  await lose()
  const through = forbidding(
    cluster,
    (kind, namespace) => kind === 'Deployment' || (kind === 'ConfigMap' && namespace === ''),
  )
  const { found, notListed } = await show(wanted, through)
  t.deepEqual(notListed, [{ kind: 'Deployment.apps', why: 'it may not be listed' }])
  t.deepEqual(
    found.map(({ id }) => id.kind),
    ['ConfigMap', 'Namespace'],
  )
  t.true(
    warnings.some(({ code, what }) => code === 'repair/not-looked-at' && what.includes('Deployment.apps')),
  )
})

test('with nothing that is provably of a set there is nothing to rebuild', async (t) => {
  const { bundle, repair } = await scene('repair-nothing')
  t.like((await problemsOf(repair(bundle(1, [configMap('x')]))))[0], { code: 'repair/nothing-found' })
})

const remembered = async (t: ExecutionContext) => {
  const set = await rememberedSet(t, 'repair-kept')
  const { namespace, bring, apply } = set
  const bring2 = async (sequence: number, objects: KubeObject[]) =>
    await bring(sequence, [{ name: 'app', namespace, objects }])
  return { ...set, bring: bring2, apply }
}

test('the history says what was applied last: an older bundle is still refused, hooks are those of an upgrade, and the next revision follows', async (t) => {
  const { bring, apply, request, set, cluster, configMaps, jobs } = await remembered(t)
  const hooks = [hookJob('install', 'post-install'), hookJob('upgrade', 'post-upgrade')]
  const [first, second] = [
    await bring(1, [configMap('old')]),
    await bring(2, [configMap('x'), configMap('y'), ...hooks]),
  ]
  t.is((await apply(first)).problems, undefined)
  t.is((await apply(second)).problems, undefined)
  t.deepEqual(await jobs(), ['upgrade'])
  await request('DELETE', `${inventories}/${parentName(set)}`)
  const { system } = systemOf(cluster)
  const repair = await repairSet(
    {
      set,
      bundle: undefined,
      keeping: {
        limits: usualLimits,
        given: [first.bundle, second.bundle],
        reverify: () => bad([problem({ code: 'test/unasked', what: 'It is not kept.', fix: '' })]),
      },
    },
    options(),
    system,
  )
  t.like(repair, { last: { version: '1.0.2', sequence: 2 }, releases: ['app'], written: true })
  t.deepEqual(
    fates(repair)
      .filter(([, is]) => is === 'wanted')
      .map(([name]) => name)
      .slice(0, 2),
    ['x', 'y'],
  )
  t.like((await apply(first)).problems?.[0], { code: 'plan/downgrade' })
  const third = await bring(3, [configMap('x'), ...hooks])
  const { plan } = await apply(third)
  t.is(plan?.waves[0]?.[0]?.mode, 'upgrade')
  t.deepEqual(plan?.replaces, { ...plan?.replaces, version: '1.0.2', state: 'applied' } as never)
  t.deepEqual(await configMaps(), ['x'])
  const { revisions } = await historyOfSet(set, { cluster, tell: () => {} })
  t.deepEqual(
    revisions.map(({ revision, state }) => [revision, state]),
    [
      [1, 'applied'],
      [2, 'applied'],
      [3, 'applied'],
    ],
  )
})
