import test from 'ava'
import { fieldManagerOf, inventoryNamespace, parentName, partOf, setIdOf } from '../../src/core/applyset.ts'
import { inventoryOf } from '../../src/core/inventory-journal.ts'
import { isWrittenBy } from '../../src/core/owned-fields.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { dyingAt, finished } from './dying.ts'
import { applied, bundleOf, configMap, deployment, freshSet, plannedOnly } from './set.ts'

/** Set `a` has `web` and `x`; in what comes next, set `b` has `web` (without the field `b` of its ConfigMap), and `a` has `x` alone. */
const scene = async (purpose: string) => {
  const { namespace, cluster, request, release } = await freshSet(purpose)
  const [a, b] = [`${namespace}-a`, `${namespace}-b`]
  const handed = (data: { [key: string]: string }) => [deployment('web'), configMap('web', data)]
  const maps = `/api/v1/namespaces/${namespace}/configmaps`
  const paths = [`/apis/apps/v1/namespaces/${namespace}/deployments/web`, `${maps}/web`]
  const live = async (): Promise<KubeObject[]> =>
    await Promise.all(paths.map(async (path) => (await request('GET', path)).body as KubeObject))
  return {
    a,
    b,
    cluster,
    request,
    maps,
    live,
    uids: async () => (await live()).map((one) => one.metadata['uid']),
    before: bundleOf(a, 1, [{ ...release, objects: [...handed({ a: '1', b: '2' }), configMap('x')] }]),
    taking: bundleOf(b, 1, [{ ...release, objects: handed({ a: '3' }) }]),
    left: bundleOf(a, 2, [{ ...release, objects: [configMap('x')] }]),
    inventory: async (set: string) => {
      const path = `/api/v1/namespaces/${inventoryNamespace}/secrets/${parentName(set)}`
      const read = inventoryOf((await request('GET', path)).body as KubeObject, set)
      return read.ok ? Array.from(read.value.entries.values(), (one) => one.id.name).sort() : []
    },
  }
}

test('scenario 9: objects move from one set to another with consent; their UIDs stay, and the first set forgets them', async (t) => {
  const { a, b, cluster, request, maps, live, uids, before, taking, left, inventory } =
    await scene('handover')
  t.deepEqual((await applied(cluster, before)).problems, undefined)
  const ids = await uids()

  const refused = await applied(cluster, taking)
  t.deepEqual(
    refused.problems?.map((one) => one.code),
    ['plan/overlap', 'plan/overlap'],
  )
  t.regex(refused.problems?.[0]?.fix ?? '', /--take-from SET/)
  // Consent for another set is none for this one.
  t.like((await applied(cluster, taking, { takeFrom: [`${a}x`] })).problems, [{ code: 'plan/overlap' }])

  const planned = await plannedOnly(cluster, taking, { takeFrom: [a] })
  t.deepEqual(planned.problems, undefined)
  t.deepEqual(planned.plan?.takesFrom, [a])
  t.deepEqual(
    planned.plan?.waves
      .flat()
      .flatMap(({ lines }) => lines.flatMap(({ actions }) => actions))
      .map((one) => one.do === 'apply' && one.because),
    [`handed over by ${a}`, `handed over by ${a}`],
  )
  const taken = await applied(cluster, taking, { takeFrom: [a] })
  t.deepEqual(taken.problems, undefined)
  t.deepEqual(await uids(), ids)
  for (const object of await live()) {
    t.is(partOf(object), setIdOf(b))
    t.true(isWrittenBy(object, fieldManagerOf(b)))
    t.false(isWrittenBy(object, fieldManagerOf(a)))
  }
  // What the first set had put there and the second one has not is gone, as it would be in one set.
  t.deepEqual((await request('GET', `${maps}/web`)).body.data, { a: '3' })
  t.deepEqual((await applied(cluster, taking)).problems, undefined)

  t.like((await applied(cluster, before)).problems, [{ code: 'plan/overlap' }, { code: 'plan/overlap' }])
  const last = await applied(cluster, left)
  t.deepEqual(last.problems, undefined)
  t.deepEqual(
    last.plan?.kept.map((one) => one.do !== 'prune' && `${one.do} ${one.id.kind}: ${one.because}`).sort(),
    ['forget ConfigMap: another set has taken it over', 'forget Deployment: another set has taken it over'],
  )
  t.deepEqual(await uids(), ids)
  t.deepEqual(
    (await inventory(a)).filter((name) => name === 'web' || name === 'x'),
    ['x'],
  )
  t.deepEqual(
    (await inventory(b)).filter((name) => name === 'web' || name === 'x'),
    ['web', 'web'],
  )
})

test('a handover that is killed at any write is taken up, and neither set deletes anything', async (t) => {
  for (let writes = 0; ; writes++) {
    const { a, b, cluster, live, uids, before, taking, left } = await scene('handover-killed')
    t.deepEqual((await applied(cluster, before)).problems, undefined)
    const ids = await uids()
    const { cluster: mortal } = dyingAt(cluster, writes)
    const lived = await finished(() => applied(mortal, taking, { takeFrom: [a] }))
    t.deepEqual((await applied(cluster, taking, { takeFrom: [a] })).problems, undefined, `write ${writes}`)
    t.deepEqual((await applied(cluster, left)).problems, undefined, `write ${writes}`)
    t.deepEqual(await uids(), ids, `write ${writes}`)
    t.deepEqual((await live()).map(partOf), [setIdOf(b), setIdOf(b)])
    if (!lived) continue
    t.true(writes > 4)
    return
  }
})

test('a set that hands objects over is locked while it does', async (t) => {
  const { a, cluster, request, before, taking } = await scene('handover-locked')
  t.deepEqual((await applied(cluster, before)).problems, undefined)
  await request('PATCH', `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/${parentName(a)}`, {
    body: {
      spec: {
        holderIdentity: 'alice',
        leaseDurationSeconds: 30,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    },
    type: 'application/merge-patch+json',
  })
  const { problems } = await applied(cluster, taking, { takeFrom: [a] })
  t.like(problems, [{ code: 'apply/locked', fault: 'world' }])
  t.regex(problems?.[0]?.what ?? '', new RegExp(`applies ${a} now: alice`))
})
