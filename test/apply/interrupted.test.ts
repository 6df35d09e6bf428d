import test from 'ava'
import { labels, setIdOf } from '../../src/core/applyset.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { dyingAt, finished } from './dying.ts'
import { clock } from '../../src/system/clock.ts'
import { applied, bundleOf, configMap, open } from './set.ts'

test('scenario 4: killed at any write, a rerun converges and the next bundle leaves no orphan', async (t) => {
  const controlPlane = await sharedControlPlane()
  const real = await open(controlPlane.kubeconfig)
  const secret = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData: { a: 'b' },
  })
  for (let writes = 0; ; writes++) {
    const namespace = await freshNamespace(controlPlane, 'killed')
    const set = namespace
    const a = bundleOf(set, 1, [
      { name: 'one', namespace, objects: [configMap('x'), configMap('y')] },
      { name: 'two', namespace, objects: [secret('s')] },
    ])
    const b = bundleOf(set, 2, [{ name: 'one', namespace, objects: [configMap('x', { a: '2' })] }])
    const members = async (): Promise<string[]> => {
      const found = await Promise.all(
        ['configmaps', 'secrets'].map((plural) =>
          controlPlane.request(
            'GET',
            `/api/v1/namespaces/${namespace}/${plural}?labelSelector=${labels.partOf}%3D${setIdOf(set)}`,
          ),
        ),
      )
      return found.flatMap((one) => (one.body.items as KubeObject[]).map((item) => item.metadata.name)).sort()
    }
    const first = dyingAt(real, writes)
    const lived = await finished(() => applied(first.cluster, a))
    // The next bundle comes at once, without the killed one ever having been finished; it dies at the same write.
    const second = dyingAt(real, writes)
    const livedAgain = await finished(() => applied(second.cluster, b))
    const last = await applied(real, b)
    t.deepEqual(last.problems, undefined, `killed at write ${writes}`)
    t.deepEqual(await members(), ['x'], `killed at write ${writes}`)
    const live = await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)
    t.is(live.body.data.a, '2')
    if (lived && livedAgain) {
      t.true(writes > 5)
      return
    }
  }
})

test('scenario 17: a finalizer that blocks is named, the entry stays, and the next run tries again', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'finalizer')
  const cluster = await open(controlPlane.kubeconfig)
  const held: KubeObject = {
    ...configMap('held'),
    metadata: { name: 'held', finalizers: ['test.scout/held'] },
  }
  const release = { name: 'app', namespace }
  await applied(cluster, bundleOf(namespace, 1, [{ ...release, objects: [configMap('x'), held] }]))
  const next = bundleOf(namespace, 2, [{ ...release, objects: [configMap('x')] }])
  let ahead = 0
  const timedOut = await applied(cluster, next, {
    // Two minutes go by once it is told what is waited for.
    clock: { ...clock, now: () => Date.now() + ahead },
    listen: (told) => {
      if (told.tell === 'object' && told.object.endsWith('held') && /test\.scout\/held/.test(told.note ?? ''))
        ahead = 121_000
    },
  })
  t.is(ahead, 121_000)
  t.like(timedOut.problems, [{ code: 'apply/not-gone', fault: 'world' }])
  t.regex(timedOut.problems?.[0]?.what ?? '', /it waits for the finalizers test\.scout\/held/)
  t.like(timedOut.report?.releases, [{ name: 'app', state: 'done' }])
  const path = `/api/v1/namespaces/${namespace}/configmaps/held`
  await controlPlane.request('PATCH', path, {
    body: { metadata: { finalizers: null } },
    type: 'application/merge-patch+json',
  })
  t.deepEqual((await applied(cluster, next)).problems, undefined)
  t.is((await controlPlane.request('GET', path)).status, 404)
})

test('a run that is stopped before it has begun writes nothing but the lock', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'early-stop')
  const cluster = await open(controlPlane.kubeconfig)
  const bundle = bundleOf(namespace, 1, [{ name: 'app', namespace, objects: [configMap('x')] }])
  const { problems, report } = await applied(cluster, bundle, { signal: AbortSignal.abort() })
  t.like(problems, [{ code: 'apply/stopped' }])
  t.like(report?.releases, [{ name: 'app', state: 'not begun' }])
  const inventory = `/api/v1/namespaces/scout-system/secrets/scout-${namespace}`
  t.is((await controlPlane.request('GET', inventory)).status, 404)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
})

test('scenario 16: a deletion that is denied is a failure, and is tried again next time', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'denied')
  const admin = await open(controlPlane.kubeconfig)
  const release = { name: 'app', namespace }
  await applied(admin, bundleOf(namespace, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }]))
  const user = `nodelete-${namespace}`
  const rbac = 'rbac.authorization.k8s.io'
  await controlPlane.request('POST', `/apis/${rbac}/v1/clusterroles`, {
    body: {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: user },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'create', 'update', 'patch'] }],
    },
  })
  await controlPlane.request('POST', `/apis/${rbac}/v1/clusterrolebindings`, {
    body: {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: user },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: user },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    },
  })
  const limited = await open(await controlPlane.userKubeconfig(user))
  const next = bundleOf(namespace, 2, [{ ...release, objects: [configMap('x')] }])
  const denied = await applied(limited, next)
  t.like(denied.problems, [{ code: 'cluster/forbidden', fault: 'world' }])
  t.regex(
    denied.problems?.[0]?.what ?? '',
    new RegExp(`^${user} may not delete configmaps "y" in namespace ${namespace}`),
  )
  t.deepEqual((await applied(admin, next)).problems, undefined)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/y`)).status, 404)
})

test('an object that says that it stays is not deleted, whether it says so live or in the last bundle', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'keep')
  const cluster = await open(controlPlane.kubeconfig)
  const release = { name: 'app', namespace }
  const declared: KubeObject = {
    ...configMap('declared'),
    metadata: { name: 'declared', annotations: { 'helm.sh/resource-policy': 'keep' } },
  }
  const objects = [configMap('x'), configMap('live'), declared]
  await applied(cluster, bundleOf(namespace, 1, [{ ...release, objects }]))
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const annotate = (name: string, value: object) =>
    controlPlane.request('PATCH', `${path}/${name}`, {
      body: { metadata: { annotations: value } },
      type: 'application/merge-patch+json',
    })
  await annotate('live', { 'scout.airgap/prune': 'keep' })
  await annotate('declared', { 'helm.sh/resource-policy': null })
  const next = bundleOf(namespace, 2, [{ ...release, objects: [configMap('x')] }])
  const second = await applied(cluster, next)
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    second.plan?.kept.map((one) => one.do),
    ['keep', 'keep'],
  )
  t.is((await controlPlane.request('GET', `${path}/live`)).status, 200)
  t.is((await controlPlane.request('GET', `${path}/declared`)).status, 200)
})

test('scenario 7: an object whose label was taken away is kept and reported', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'relabelled')
  const cluster = await open(controlPlane.kubeconfig)
  const release = { name: 'app', namespace }
  await applied(cluster, bundleOf(namespace, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }]))
  const path = `/api/v1/namespaces/${namespace}/configmaps/y`
  await controlPlane.request('PATCH', path, {
    body: { metadata: { labels: { [labels.partOf]: null } } },
    type: 'application/merge-patch+json',
  })
  const second = await applied(cluster, bundleOf(namespace, 2, [{ ...release, objects: [configMap('x')] }]))
  t.deepEqual(second.problems, undefined)
  t.like(second.plan?.kept, [{ do: 'keep', id: { name: 'y' } }])
  t.is((await controlPlane.request('GET', path)).status, 200)
})
