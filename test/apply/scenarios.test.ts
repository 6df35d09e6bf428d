import test from 'ava'
import { labels, setIdOf } from '../../src/core/applyset.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { dyingAt, finished } from './dying.ts'
import {
  applied,
  bundleOf,
  configMap,
  deployment,
  freshSet,
  job,
  open,
  plannedOnly,
  widget,
  widgetCrd,
} from './set.ts'

// The numbers are those of the list of scenarios that an apply must stand; each has bundles A and B, and x and y in them.
// Those that interrupted.test.ts (4, 7, 16, 17), dead-api.test.ts (20, 21), hooks.test.ts (34) and the line test (38) prove are not proven again.

const merge = 'application/merge-patch+json'
const x = configMap('x')
const y = configMap('y')

const scene = async (purpose: string) => {
  const set = await freshSet(purpose)
  const { namespace, request, release } = set
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
  return {
    ...set,
    configMaps,
    bundle: (sequence: number, ...objects: KubeObject[]) =>
      bundleOf(set.set, sequence, [{ ...release, objects }]),
    statusOf: async (name: string) => (await request('GET', `${configMaps}/${name}`)).status,
  }
}

const readable = async (cluster: Cluster, group: string, served: boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const found = await cluster.discover()
    if (found.ok && found.value.kinds.some((one) => one.group === group) === served) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${group} is ${served ? 'not ' : ''}served after 20 s`)
}

test('scenario 1: A has x and y, B has x: only y is deleted', async (t) => {
  const { cluster, bundle, statusOf, request, configMaps } = await scene('one')
  await request('POST', configMaps, { body: configMap('foreign') })
  t.deepEqual((await applied(cluster, bundle(1, x, y))).problems, undefined)
  const uid = (await request('GET', `${configMaps}/x`)).body.metadata.uid
  t.deepEqual((await applied(cluster, bundle(2, x))).problems, undefined)
  t.deepEqual([await statusOf('x'), await statusOf('y'), await statusOf('foreign')], [200, 404, 200])
  t.is((await request('GET', `${configMaps}/x`)).body.metadata.uid, uid)
})

test('scenario 2: A again sends no mutating request but the lock', async (t) => {
  const { controlPlane, bundle } = await scene('two')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  t.deepEqual((await applied(cluster, bundle(1, x, deployment('web')))).problems, undefined)
  proxy.reset()
  t.deepEqual((await applied(cluster, bundle(1, x, deployment('web')))).problems, undefined)
  const others = proxy.mutating().filter((one) => !one.path.includes('/leases/'))
  t.deepEqual(others, [])
  t.true(proxy.requests.length > 0)
  await proxy.stop()
})

test('scenario 3: an empty B is refused, and deletes all with consent', async (t) => {
  const { cluster, bundle, set, statusOf } = await scene('three')
  await applied(cluster, bundle(1, x, y))
  t.like((await applied(cluster, bundleOf(set, 2, []))).problems, [{ code: 'plan/empty' }])
  t.deepEqual([await statusOf('x'), await statusOf('y')], [200, 200])
  t.deepEqual((await applied(cluster, bundleOf(set, 2, []), { empty: true })).problems, undefined)
  t.deepEqual([await statusOf('x'), await statusOf('y')], [404, 404])
})

test('scenario 5: killed between prune and last write, the next run converges', async (t) => {
  const { cluster, bundle, statusOf } = await scene('five')
  await applied(cluster, bundle(1, x, y))
  // The union, the deletion; what follows is the inventory without y.
  t.false(await finished(() => applied(dyingAt(cluster, 3).cluster, bundle(2, x))))
  t.is(await statusOf('y'), 404)
  t.deepEqual((await applied(cluster, bundle(2, x))).problems, undefined)
  const again = await applied(cluster, bundle(2, x))
  t.deepEqual(again.plan?.kept, [])
  t.is(again.plan?.replaces?.state, 'applied')
})

test('scenario 6: y made anew by hand is not deleted, though it bears our label', async (t) => {
  const { cluster, bundle, set, statusOf, request, configMaps } = await scene('six')
  await applied(cluster, bundle(1, x, y))
  await request('DELETE', `${configMaps}/y`)
  const metadata = { name: 'y', labels: { [labels.partOf]: setIdOf(set) } }
  await request('POST', configMaps, { body: { ...y, metadata } })
  t.deepEqual((await applied(cluster, bundle(2, x))).problems, undefined)
  t.is(await statusOf('y'), 200)
})

test('scenario 8: two sets declare x: the second one is refused before any write', async (t) => {
  const { controlPlane, cluster, bundle, set, release } = await scene('eight')
  await applied(cluster, bundle(1, x))
  const proxy = await startProxy(controlPlane)
  const other = bundleOf(`${set}-other`, 1, [{ ...release, objects: [x, y] }])
  const { problems } = await applied(await open(proxy.kubeconfig), other)
  t.like(problems, [{ code: 'plan/overlap' }])
  t.deepEqual(proxy.mutating(), [])
  await proxy.stop()
})

for (const [number, where] of [
  [10, 'on the live object only'],
  [11, 'in the bundle only'],
] as const)
  test(`scenario ${number}: what says ${where} that it is kept stays`, async (t) => {
    const { cluster, bundle, statusOf, request, configMaps } = await scene('keep')
    const annotations = { 'helm.sh/resource-policy': 'keep' }
    const kept: KubeObject = number === 11 ? { ...y, metadata: { name: 'y', annotations } } : y
    await applied(cluster, bundle(1, x, kept))
    const change = number === 11 ? { 'helm.sh/resource-policy': null } : annotations
    await request('PATCH', `${configMaps}/y`, { body: { metadata: { annotations: change } }, type: merge })
    const second = await applied(cluster, bundle(2, x))
    t.deepEqual(second.problems, undefined)
    t.like(second.plan?.kept, [{ do: 'keep', id: { name: 'y' } }])
    t.is(await statusOf('y'), 200)
  })

test('scenarios 12 and 13: a Namespace goes with consent once it is empty, and not with foreign objects in it', async (t) => {
  const { cluster, set, request } = await scene('twelve')
  const namespace = `${set}-own`
  const path = `/api/v1/namespaces/${namespace}`
  await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects: [x, y] }]))
  await request('POST', `${path}/configmaps`, { body: configMap('foreign') })
  const consents = { empty: true, prune: ['Namespace' as const] }
  const foreign = await applied(cluster, bundleOf(set, 2, []), consents)
  t.like(foreign.problems, [{ code: 'apply/inhabited', fault: 'world' }])
  t.regex(foreign.problems?.[0]?.what ?? '', /ConfigMap .*\/foreign/)
  t.deepEqual((await request('GET', path)).body.metadata.deletionTimestamp, undefined)
  t.is((await request('GET', `${path}/configmaps/foreign`)).status, 200)
  await request('DELETE', `${path}/configmaps/foreign`)
  t.deepEqual((await applied(cluster, bundleOf(set, 2, []), consents)).problems, undefined)
  t.is((await request('GET', path)).status, 404)
})

test("scenario 13: a Namespace is not deleted under another set's objects", async (t) => {
  const { cluster, set, request } = await scene('thirteen')
  const namespace = `${set}-both`
  for (const name of ['one', 'two'])
    await applied(cluster, bundleOf(`${set}-${name}`, 1, [{ name, namespace, objects: [configMap(name)] }]))
  const consents = { empty: true, prune: ['Namespace' as const] }
  const { problems } = await applied(cluster, bundleOf(`${set}-one`, 2, []), consents)
  t.like(problems, [{ code: 'apply/inhabited' }])
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/two`)).status, 200)
})

test('scenario 14: a CRD with foreign custom resources stays, with consent as well', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('fourteen')
  const group = `${namespace}.example.com`
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`
  t.teardown(() => request('DELETE', crd))
  t.deepEqual(
    (await applied(cluster, bundle(1, x, widgetCrd(group), widget(group, 'ours')))).problems,
    undefined,
  )
  const widgets = `/apis/${group}/v1/namespaces/default/widgets`
  t.is((await request('POST', widgets, { body: widget(group, 'theirs') })).status, 201)
  const without = await applied(cluster, bundle(2, x))
  t.like(without.plan?.kept, [{ do: 'keep', id: { kind: 'CustomResourceDefinition' } }])
  const consented = await applied(cluster, bundle(2, x), { prune: ['CustomResourceDefinition'] })
  t.like(consented.problems, [{ code: 'apply/inhabited' }])
  t.is((await request('GET', `${widgets}/theirs`)).status, 200)
  await request('DELETE', `${widgets}/theirs`)
  const last = await applied(cluster, bundle(2, x), { prune: ['CustomResourceDefinition'] })
  t.deepEqual(last.problems, undefined)
  t.is((await request('GET', crd)).status, 404)
})

test('scenario 15: a PersistentVolumeClaim goes only with consent', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('fifteen')
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`
  t.deepEqual((await applied(cluster, bundle(1, x, claim))).problems, undefined)
  t.deepEqual((await applied(cluster, bundle(2, x))).problems, undefined)
  t.is((await request('GET', path)).body.metadata.deletionTimestamp, undefined)
  const consented = await applied(cluster, bundle(2, x), { prune: ['PersistentVolumeClaim'] })
  t.deepEqual(consented.problems, undefined)
  t.is((await request('GET', path)).status, 404)
})

test('scenarios 18 and 19: a CRD and its resource in one bundle; when the CRD is gone, its resource is forgotten', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('eighteen')
  const group = `${namespace}.example.com`
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`
  t.deepEqual(
    (await applied(cluster, bundle(1, x, widgetCrd(group), widget(group, 'one')))).problems,
    undefined,
  )
  await request('DELETE', crd)
  await readable(cluster, group, false)
  const second = await applied(cluster, bundle(2, x))
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    second.plan?.kept.map((one) => one.do),
    ['forget', 'forget'],
  )
  t.deepEqual((await applied(cluster, bundle(2, x))).plan?.kept, [])
})

test('scenario 24: a replica count that somebody scaled is named with its manager; scaled back, all is well', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('scale')
  t.deepEqual((await applied(cluster, bundle(1, deployment('web')))).problems, undefined)
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
  const scale = (replicas: number) =>
    request('PATCH', `${path}/scale?fieldManager=kubectl`, { body: { spec: { replicas } }, type: merge })
  await scale(3)
  const { problems } = await applied(cluster, bundle(1, deployment('web')))
  t.like(problems, [{ code: 'apply/conflict' }])
  t.regex(problems?.[0]?.what ?? '', /"kubectl" owns \.spec\.replicas/)
  t.is((await request('GET', path)).body.spec.replicas, 3)
  await scale(1)
  t.deepEqual((await applied(cluster, bundle(1, deployment('web')))).problems, undefined)
})

test('scenario 25: a field of an unknown manager is named with it, and not taken', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('unknown')
  await request('POST', `${configMaps}?fieldManager=autotuner`, { body: configMap('x', { a: 'theirs' }) })
  const { problems } = await applied(cluster, bundle(1, x))
  t.regex(problems?.[0]?.what ?? '', /"autotuner" owns \.data\.a/)
  t.is((await request('GET', `${configMaps}/x`)).body.data.a, 'theirs')
})

test('scenario 27: a caBundle that somebody injects is no difference', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('inject')
  const kind = 'ValidatingWebhookConfiguration'
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${namespace}`
  t.teardown(() => request('DELETE', path))
  const webhook: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'a.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { namespace, name: 'none' } },
        rules: [
          {
            apiGroups: ['nobody.example'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['things'],
          },
        ],
      },
    ],
  }
  t.deepEqual((await applied(cluster, bundle(1, webhook))).problems, undefined)
  const caBundle = (await request('GET', `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`)).body
    .data['ca.crt']
  const injected = await request('PATCH', `${path}?fieldManager=cainjector`, {
    body: [
      {
        op: 'add',
        path: '/webhooks/0/clientConfig/caBundle',
        value: Buffer.from(caBundle).toString('base64'),
      },
    ],
    type: 'application/json-patch+json',
  })
  t.is(injected.status, 200, injected.text)
  const again = await applied(cluster, bundle(1, webhook))
  t.deepEqual(again.problems, undefined)
  t.true(again.plan?.waves.flat()[0]?.lines.every((line) => line.actions.every((one) => one.do === 'skip')))
})

test('scenario 28: a changed selector is refused by name, and the Deployment stays', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('selector')
  await applied(cluster, bundle(1, deployment('web')))
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
  const { uid } = (await request('GET', path)).body.metadata
  const moved = JSON.parse(
    JSON.stringify(deployment('web')).replaceAll('"app":"web"', '"app":"b"'),
  ) as KubeObject
  const { problems } = await applied(cluster, bundle(2, moved))
  t.like(problems, [{ code: 'apply/immutable-field' }])
  t.is((await request('GET', path)).body.metadata.uid, uid)
})

test('scenario 29: a Job that is invalid is not deleted', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('invalid')
  await applied(cluster, bundle(1, job('run')))
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/run`
  const { uid } = (await request('GET', path)).body.metadata
  const text = JSON.stringify(job('run')).replace('"image":"x"', '"image":"x","imagePullPolicy":"Sometimes"')
  const { problems } = await applied(cluster, bundle(2, JSON.parse(text) as KubeObject))
  t.like(problems, [{ code: 'apply/invalid' }])
  t.is((await request('GET', path)).body.metadata.uid, uid)
})

test('scenario 30: a Job with another template is made anew, once', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('template')
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/run`
  const uid = async () => (await request('GET', path)).body.metadata.uid as string
  await applied(cluster, bundle(1, job('run')))
  const before = await uid()
  t.deepEqual((await applied(cluster, bundle(2, job('run', { word: 'other' })))).problems, undefined)
  const after = await uid()
  t.not(after, before)
  t.deepEqual((await applied(cluster, bundle(2, job('run', { word: 'other' })))).problems, undefined)
  t.is(await uid(), after)
})

test('scenario 31: a Job that its time to live has removed is not run again', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('ttl')
  const brief = job('run', { spec: { ttlSecondsAfterFinished: 0 } })
  t.deepEqual((await applied(cluster, bundle(1, x, brief))).problems, undefined)
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  while ((await request('GET', `${jobs}/run`)).status !== 404)
    await new Promise((resolve) => setTimeout(resolve, 100))
  t.deepEqual((await applied(cluster, bundle(1, x, brief))).problems, undefined)
  t.is((await request('GET', `${jobs}/run`)).status, 404)
  // Neither does another change of its release bring it back.
  t.deepEqual((await applied(cluster, bundle(2, configMap('x', { a: '2' }), brief))).problems, undefined)
  t.is((await request('GET', `${jobs}/run`)).status, 404)
})

test('scenario 32: a pre-upgrade hook that fails leaves the main objects as they were', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('hook')
  const hook = (fate?: string) =>
    job('migrate', { annotations: { 'helm.sh/hook': 'pre-upgrade' }, ...(fate !== undefined && { fate }) })
  t.deepEqual((await applied(cluster, bundle(1, x, hook()))).problems, undefined)
  const failed = await applied(cluster, bundle(2, configMap('x', { a: 'new' }), hook('crash')))
  t.like(failed.problems, [{ code: 'apply/failed' }])
  t.regex(failed.problems?.[0]?.what ?? '', /Job .*\/migrate has failed: .*BackoffLimitExceeded/)
  t.is((await request('GET', `${configMaps}/x`)).body.data.a, '1')

  const mended = await applied(cluster, bundle(3, configMap('x', { a: 'new' }), hook()))
  t.deepEqual(mended.problems, undefined)
  t.is((await request('GET', `${configMaps}/x`)).body.data.a, 'new')
})

test('scenario 33: hooks of weight -1, 0 and 1 run in that order, one after the other', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('weights')
  const hook = (name: string, weight: string) =>
    job(name, { annotations: { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': weight } })
  const { problems } = await applied(cluster, bundle(1, x, hook('a', '1'), hook('b', '0'), hook('c', '-1')))
  t.deepEqual(problems, undefined)
  const of = async (name: string) => {
    const { status, metadata } = (await request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`))
      .body
    return [Date.parse(metadata.creationTimestamp), Date.parse(status.completionTime)] as const
  }
  const [[c, cDone], [b, bDone], [a]] = [await of('c'), await of('b'), await of('a')]
  t.true(c <= cDone && cDone <= b && bDone <= a)
})

test('scenario 36: an environment variable that is there twice is refused once and for all, before any write', async (t) => {
  const { bundle, namespace, controlPlane, request } = await scene('env')
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  const cluster = await open(proxy.kubeconfig)
  const web = deployment('web')
  const text = JSON.stringify(web).replace(
    '"name":"app"',
    '"env":[{"name":"A","value":"1"},{"name":"A","value":"2"}],"name":"app"',
  )
  const twice = JSON.parse(text) as KubeObject
  const planned = await plannedOnly(cluster, bundle(1, twice))
  t.regex(planned.problems?.[0]?.what ?? '', /Deployment .*\/web: .*duplicate entries.*name="A"/)
  t.like((await applied(cluster, bundle(1, twice))).problems, [{ code: 'cluster/refused' }])
  t.is((await request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)).status, 404)
  t.deepEqual(proxy.mutating(), [])
})

test('scenario 37: of two appliers at once one goes through and the other is refused', async (t) => {
  const { cluster, bundle } = await scene('both')
  const both = await Promise.all([applied(cluster, bundle(1, x)), applied(cluster, bundle(1, x))])
  const refused = both.flatMap((one) => (one.problems ? one.problems.map((problem) => problem.code) : []))
  t.is(both.filter((one) => one.problems === undefined).length >= 1, true)
  t.true(
    refused.every((code) => ['apply/locked', 'apply/inventory-moved'].includes(code)),
    refused.join(),
  )
  t.deepEqual((await applied(cluster, bundle(1, x))).problems, undefined)
})

test('scenario 40: back from B to A, the cluster is as A', async (t) => {
  const { cluster, bundle, request, configMaps, namespace } = await scene('rollback')
  const web = (word: string) => deployment('web', { word })
  const a = (sequence: number) => bundle(sequence, x, y, web('a'))
  t.deepEqual((await applied(cluster, a(1))).problems, undefined)
  const state = async () => {
    const maps = await request('GET', `${configMaps}?labelSelector=${labels.partOf}`)
    const deployments = await request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
    return {
      maps: (maps.body.items as KubeObject[]).map((one) => [
        one.metadata.name,
        one['data'],
        one.metadata.labels,
      ]),
      spec: deployments.body.spec,
      labels: deployments.body.metadata.labels,
    }
  }
  const before = await state()
  const b = bundle(2, configMap('x', { b: '2' }), configMap('z'), web('b'))
  t.deepEqual((await applied(cluster, b)).problems, undefined)
  t.notDeepEqual(await state(), before)
  t.like((await applied(cluster, a(1))).problems, [{ code: 'plan/downgrade' }])
  t.deepEqual((await applied(cluster, a(1), { downgrade: true })).problems, undefined)
  t.deepEqual(await state(), before)
})
