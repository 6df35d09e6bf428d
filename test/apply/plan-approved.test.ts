import test from 'ava'
import { readApproved } from '../../src/control-plane/plan/approve.ts'
import type { ApprovedPlan } from '../../src/control-plane/plan/approve.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import { printJson } from '../../src/core/json.ts'
import { planDocument } from '../../src/core/plan-document.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { judgedWith } from './judging.ts'
import { applied, bundleOf, configMap, deployment, freshSet, open } from './set.ts'

const saved = async (cluster: Cluster, wanted: Wanted): Promise<string> =>
  printJson(planDocument((await judgedWith(cluster, wanted)).plan), 2)

const approved = (text: string): ApprovedPlan => {
  const read = readApproved(Buffer.from(text), 'plan.json')
  if (!read.ok) throw new Error(read.problems.map((one) => one.what).join())
  return read.value
}

const scene = async (purpose: string) => {
  const set = await freshSet(purpose)
  const a = bundleOf(set.set, 1, [
    { ...set.release, objects: [configMap('x'), configMap('y'), deployment('web')] },
  ])
  const b = bundleOf(set.set, 2, [
    { ...set.release, objects: [configMap('x', { a: '2' }), deployment('web')] },
  ])
  const path = `/api/v1/namespaces/${set.namespace}/configmaps`
  return { ...set, a, b, path }
}

test('a plan that was agreed to is carried out while the cluster still gives it', async (t) => {
  const { cluster, a, b, request, path } = await scene('agreed')
  t.deepEqual(
    (await applied(cluster, a, { approved: approved(await saved(cluster, a)) })).problems,
    undefined,
  )
  const plan = approved(await saved(cluster, b))
  t.deepEqual((await applied(cluster, b, { approved: plan })).problems, undefined)
  t.is((await request('GET', `${path}/x`)).body.data.a, '2')
  t.is((await request('GET', `${path}/y`)).status, 404)
})

const drifts: [what: string, drift: (path: string) => [string, string, object?], named: RegExp][] = [
  [
    'an object that it deletes has gone',
    (path) => ['DELETE', `${path}/y`],
    /the deletion of ConfigMap \S+\/y is gone/,
  ],
  [
    'a field has another value',
    (path) => ['PATCH', `${path}/x?fieldManager=scout`, { data: { b: 'b' } }],
    /the change of ConfigMap \S+\/x is another/,
  ],
]
for (const [what, drift, named] of drifts)
  test(`a plan is not carried out, and nothing is written, where ${what} since`, async (t) => {
    const { cluster, a, b, request, path, controlPlane, set } = await scene('moved')
    await applied(cluster, a)
    const plan = approved(await saved(cluster, b))
    const [method, at, body] = drift(path)
    // As our own manager, so that it is drift and no conflict.
    await request(method, at.replace('=scout', `=scout-apply:${set}`), {
      ...(body && { body: { ...body, data: { a: 'edited' } }, type: 'application/merge-patch+json' }),
    })
    const proxy = await startProxy(controlPlane)
    t.teardown(proxy.stop)
    const { problems } = await applied(await open(proxy.kubeconfig), b, { approved: plan })
    t.like(problems, [{ code: 'plan/not-the-approved-plan' }])
    t.regex(problems?.[0]?.what ?? '', named)
    t.deepEqual(proxy.mutating(), [])
  })

test('a plan of another bundle is refused as that', async (t) => {
  const { cluster, a, b } = await scene('another')
  const plan = approved(await saved(cluster, a))
  const { problems } = await applied(cluster, b, { approved: plan })
  t.like(problems, [{ code: 'plan/plan-of-another-bundle' }])
})

test('a plan for another cluster is refused', async (t) => {
  const { cluster, a } = await scene('elsewhere')
  const { plan } = await judgedWith(cluster, a)
  const other = planDocument({ ...plan, cluster: { ...plan.cluster, id: 'another' } })
  const { problems } = await applied(cluster, a, { approved: approved(printJson(other)) })
  t.like(problems, [{ code: 'plan/not-the-approved-plan' }])
  t.regex(problems?.[0]?.what ?? '', /the cluster is another/)
})

test('a plan that holds a conflict ends before any write, agreed to or not', async (t) => {
  const { cluster, a, request, path, controlPlane } = await scene('agreedconflict')
  await request('POST', `${path}?fieldManager=autotuner`, { body: configMap('x', { a: 'theirs' }) })
  const plan = approved(await saved(cluster, a))
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  const { problems } = await applied(await open(proxy.kubeconfig), a, { approved: plan })
  t.true(problems?.some(({ code, severity }) => code === 'apply/conflict' && severity === 'error'))
  t.deepEqual(proxy.mutating(), [])
})
