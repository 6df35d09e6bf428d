import test from 'ava'
import { randomUUID } from 'node:crypto'
import { fieldManagerOf, setIdOf } from '../../src/core/applyset.ts'
import { statusOf } from '../../src/control-plane/pipeline.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { applied, bundleOf, configMap, deployment, open, plannedOnly } from './set.ts'

const fresh = async (purpose: string) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, purpose)
  const cluster = await open(controlPlane.kubeconfig)
  return { controlPlane, namespace, cluster, set: namespace }
}

const isLease = (path: string): boolean => path.includes('/leases')

const widgetCrd = (group: string): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}`, creationTimestamp: null },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
})

test('a set with a CRD, its custom resource and a Deployment comes up, and the same again sends no mutating request', async (t) => {
  const { controlPlane, namespace, set } = await fresh('again')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const group = `${namespace}.example.com`
  const bundle = bundleOf(set, 1, [
    { name: 'operator', namespace, objects: [widgetCrd(group), deployment('operator')] },
    {
      name: 'app',
      namespace,
      objects: [
        configMap('settings'),
        // What charts leave blank, controllers fill: that is no drift.
        { ...deployment('web'), metadata: { name: 'web', annotations: null } } as unknown as KubeObject,
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'words' }, stringData: { a: 'b' } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'blank' }, data: null },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
        },
        {
          apiVersion: `${group}/v1`,
          kind: 'Widget',
          metadata: { name: 'one' },
          spec: { largest: 9223372036854775807n, unknown: { nested: [true, null, 'x'] } },
        },
      ],
    },
  ])
  const first = await applied(cluster, bundle)
  t.deepEqual(first.problems, undefined)
  const widget = await controlPlane.request('GET', `/apis/${group}/v1/namespaces/${namespace}/widgets/one`)
  t.true(widget.text.includes('9223372036854775807'))
  t.deepEqual(widget.body.spec.unknown, { nested: [true, null, 'x'] })
  t.is(widget.body.metadata.labels['applyset.kubernetes.io/part-of'], setIdOf(set))
  const web = await controlPlane.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
  t.is(web.body.status.availableReplicas, 1)

  proxy.reset()
  const second = await applied(cluster, bundle)
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    proxy
      .mutating()
      .filter((one) => !isLease(one.path))
      .map((one) => `${one.method} ${one.path}`),
    [],
  )
  t.true(proxy.requests.length > 5)
  await proxy.stop()
})

test('an object that the next bundle lacks is pruned; a foreign one stays', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('prune')
  const release = { name: 'app', namespace }
  await controlPlane.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    body: configMap('foreign'),
  })
  t.deepEqual(
    (await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }])))
      .problems,
    undefined,
  )
  const second = await applied(cluster, bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }]))
  t.deepEqual(second.problems, undefined)
  const statusOf = async (name: string) =>
    (await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).status
  t.deepEqual([await statusOf('x'), await statusOf('y'), await statusOf('foreign')], [200, 404, 200])
})

test('an object that somebody has made anew is not deleted', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('recreated')
  const release = { name: 'app', namespace }
  await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }]))
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const live = await controlPlane.request('GET', `${path}/y`)
  await controlPlane.request('DELETE', `${path}/y`)
  const { labels } = live.body.metadata
  await controlPlane.request('POST', path, { body: { ...configMap('y'), metadata: { name: 'y', labels } } })
  const second = await applied(cluster, bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }]))
  t.deepEqual(second.problems, undefined)
  t.is((await controlPlane.request('GET', `${path}/y`)).status, 200)
  t.like(second.plan?.kept, [{ do: 'forget', because: 'somebody else has made it anew' }])
})

test('supplied Secrets and site values that are missing are all named at once, and nothing is written', async (t) => {
  const { controlPlane, namespace, set } = await fresh('supplied')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const bundle = bundleOf(set, 1, [
    {
      name: 'db',
      namespace,
      objects: [configMap('x')],
      supplied: [
        { name: 'password', namespace, keys: ['user', 'password'] },
        { name: 'licence', namespace, keys: ['key'] },
      ],
    },
  ])
  const siteValues = [{ id: 'db/licence', recipe: { made: 'supplied' as const }, places: [] }]
  const { problems } = await applied(cluster, { ...bundle, manifest: { ...bundle.manifest, siteValues } })
  t.deepEqual(problems?.map((one) => one.code).sort(), [
    'apply/site-value-missing',
    'apply/supplied-missing',
    'apply/supplied-missing',
  ])
  t.regex(
    problems?.find(({ code }) => code === 'apply/supplied-missing')?.fix ?? '',
    /--from-file=user=FILE --from-file=password=FILE/,
  )
  t.deepEqual(proxy.mutating(), [])
  await proxy.stop()
})

test('a field that an unknown manager owns is named with its manager, and not taken', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('conflict')
  const release = { name: 'app', namespace }
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await controlPlane.request('POST', `${path}?fieldManager=autotuner`, {
    body: configMap('x', { a: 'theirs' }),
  })
  const { problems } = await applied(
    cluster,
    bundleOf(set, 1, [{ ...release, objects: [configMap('x', { a: 'ours' })] }]),
  )
  t.like(problems?.[0], { code: 'apply/conflict', fault: 'world' })
  t.regex(problems?.[0]?.what ?? '', /ConfigMap .*\/x: "autotuner" owns \.data\.a/)
  t.is((await controlPlane.request('GET', `${path}/x`)).body.data.a, 'theirs')
})

test('a field that kubectl or helm has set is taken over', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('adopt')
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  for (const [name, manager] of [
    ['x', 'kubectl-client-side-apply'],
    ['y', 'helm'],
  ])
    await controlPlane.request('POST', `${path}?fieldManager=${manager}`, {
      body: configMap(name as string, { a: 'old' }),
    })
  const objects = [configMap('x', { a: 'ours' }), configMap('y', { a: 'ours' })]
  const { problems } = await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects }]))
  t.deepEqual(problems, undefined)
  t.is((await controlPlane.request('GET', `${path}/x`)).body.data.a, 'ours')
  t.is((await controlPlane.request('GET', `${path}/y`)).body.data.a, 'ours')
})

test('an edit by hand is put right, and only that object is sent', async (t) => {
  const { controlPlane, namespace, set } = await fresh('drift')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const bundle = bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x'), configMap('y')] }])
  await applied(cluster, bundle)
  const path = `/api/v1/namespaces/${namespace}/configmaps/y`
  // As kubectl apply would: another manager's force is the only way to change the field without owning a conflict.
  await controlPlane.request('PATCH', `${path}?fieldManager=kubectl-client-side-apply`, {
    body: { data: { a: 'edited' } },
    type: 'application/merge-patch+json',
  })
  proxy.reset()
  const second = await applied(cluster, bundle)
  t.deepEqual(second.problems, undefined)
  t.is((await controlPlane.request('GET', path)).body.data.a, '1')
  const patched = proxy.mutating().filter((one) => one.method === 'PATCH')
  t.deepEqual(Array.from(new Set(patched.map((one) => one.path))), [path])
  await proxy.stop()
})

test('an older bundle is refused, and applied where that is meant', async (t) => {
  const { namespace, set, cluster } = await fresh('downgrade')
  const older = bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x', { a: 'old' })] }])
  const newer = bundleOf(set, 2, [{ name: 'app', namespace, objects: [configMap('x', { a: 'new' })] }])
  t.deepEqual((await applied(cluster, newer)).problems, undefined)
  t.like((await applied(cluster, older)).problems, [{ code: 'plan/downgrade', fault: 'input' }])
  t.deepEqual((await applied(cluster, older, { downgrade: true })).problems, undefined)
})

test('an empty bundle is refused, and deletes everything but the Namespace where that is meant', async (t) => {
  const { controlPlane, set, cluster } = await fresh('empty')
  const namespace = `${set}-own`
  await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]))
  const empty = bundleOf(set, 2, [])
  t.like((await applied(cluster, empty)).problems, [{ code: 'plan/empty' }])
  const emptied = await applied(cluster, empty, { empty: true })
  t.deepEqual(emptied.problems, undefined)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)).status, 404)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}`)).status, 200)
  t.like(emptied.plan?.kept, [{ do: 'keep', id: { kind: 'Namespace', name: namespace } }])
  const again = await applied(cluster, empty, { empty: true, prune: ['Namespace'] })
  t.deepEqual(again.problems, undefined)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}`)).status, 404)
})

test('an object of another set is refused before anything is written', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('overlap')
  const release = { name: 'app', namespace, objects: [configMap('x')] }
  await applied(cluster, bundleOf(set, 1, [release]))
  const { problems } = await applied(cluster, bundleOf(`${set}-two`, 1, [release]))
  t.like(problems, [{ code: 'plan/overlap' }])
  const secret = await controlPlane.request('GET', `/api/v1/namespaces/scout-system/secrets/scout-${set}-two`)
  t.is(secret.status, 404)
})

test('a Deployment that does not get ready is named with what its containers say, and nothing is pruned', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('crash')
  const release = { name: 'app', namespace, timeoutSeconds: 5 }
  await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('old')] }]))
  const broken = deployment('web', { 'test.scout/fate': 'crash' })
  const { problems } = await applied(cluster, bundleOf(set, 2, [{ ...release, objects: [broken] }]))
  t.like(problems, [{ code: 'apply/not-ready', fault: 'world' }])
  t.regex(
    problems?.[0]?.what ?? '',
    /Deployment .*\/web is not ready after 5 s: .*container app crashes: it ended with exit code 1/,
  )
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/old`)).status, 200)
})

test('a changed selector is refused as a forbidden change; a changed Job is made anew', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('immutable')
  const job = (word: string): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'run' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'x', args: [word] }] },
      },
    },
  })
  const release = { name: 'app', namespace }
  const first = await applied(
    cluster,
    bundleOf(set, 1, [{ ...release, objects: [job('one'), deployment('web')] }]),
  )
  t.deepEqual(first.problems, undefined)
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/run`
  const { uid } = (await controlPlane.request('GET', path)).body.metadata
  const second = await applied(
    cluster,
    bundleOf(set, 2, [{ ...release, objects: [job('two'), deployment('web')] }]),
  )
  t.deepEqual(second.problems, undefined)
  const anew = (await controlPlane.request('GET', path)).body
  t.not(anew.metadata.uid, uid)
  t.deepEqual(anew.spec.template.spec.containers[0].args, ['two'])

  const changed = deployment('web')
  const moved = JSON.parse(JSON.stringify(changed).replaceAll('"app":"web"', '"app":"other"')) as KubeObject
  const third = await applied(cluster, bundleOf(set, 3, [{ ...release, objects: [job('two'), moved] }]))
  t.like(third.problems, [{ code: 'apply/immutable-field' }])
  t.regex(third.problems?.[0]?.what ?? '', /spec\.selector/)
})

test('of two runs at once one is refused with the name of the other', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('locked')
  const bundle = bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }])
  await applied(cluster, bundle)
  const path = `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/scout-${set}`
  const renewTime = new Date().toISOString().replace('Z', '000Z')
  await controlPlane.request('PATCH', path, {
    body: { spec: { holderIdentity: 'alice', leaseDurationSeconds: 30, renewTime } },
    type: 'application/merge-patch+json',
  })
  const { problems } = await applied(cluster, bundle)
  t.like(problems, [{ code: 'apply/locked', fault: 'world' }])
  t.regex(problems?.[0]?.what ?? '', /alice/)
  await controlPlane.request('PATCH', path, {
    body: { spec: { renewTime: '2020-01-01T00:00:00.000000Z' } },
    type: 'application/merge-patch+json',
  })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
})

test('a user without a right is told verb, resource, namespace and name of the user', async (t) => {
  const { controlPlane, namespace, set } = await fresh('forbidden')
  const cluster = await open(await controlPlane.userKubeconfig(`limited-${randomUUID().slice(0, 6)}`))
  const { problems } = await applied(
    cluster,
    bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]),
  )
  t.like(problems?.[0], { code: 'cluster/forbidden', fault: 'world' })
  t.regex(
    problems?.[0]?.what ?? '',
    /^limited-\w+ may not get secrets "scout-.*" in namespace scout-system\.$/,
  )
})

test('a kind that nobody serves is refused before anything is written', async (t) => {
  const { namespace, set, cluster } = await fresh('unserved')
  const objects = [{ apiVersion: 'nobody.example/v1', kind: 'Thing', metadata: { name: 'x' } }]
  const { problems } = await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects }]))
  t.like(problems, [{ code: 'plan/unserved-kind', fault: 'input' }])
})

test('a dry run writes nothing, and tells what the server would refuse', async (t) => {
  const { controlPlane, namespace, set } = await fresh('dry')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const wrong = { ...configMap('y'), spec: { no: 'such field' } }
  const sound = await plannedOnly(
    cluster,
    bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]),
  )
  t.like(sound.plan?.waves[0]?.[0], { name: 'app', mode: 'install', changed: true })
  const broken = await plannedOnly(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects: [wrong] }]))
  t.is(broken.problems?.filter((one) => one.severity === 'error').length, 1)
  t.regex(broken.problems?.[0]?.what ?? '', /ConfigMap .*y.*spec/)
  t.deepEqual(proxy.mutating(), [])
  await proxy.stop()
})

test('a run that is stopped leaves the lock free and is taken up by the next', async (t) => {
  const { namespace, set, cluster } = await fresh('stopped')
  const bundle = bundleOf(set, 1, [
    { name: 'one', namespace, objects: [deployment('stuck', { 'test.scout/fate': 'unready' })] },
  ])
  const controller = new AbortController()
  const first = await applied(cluster, bundle, {
    signal: controller.signal,
    listen: (told) => {
      if (told.tell === 'subject' && told.subject === 'one' && told.ready !== undefined)
        controller.abort('Ctrl-C')
    },
  })
  t.like(first.problems, [{ code: 'apply/stopped' }])
  t.like(first.report?.releases, [{ name: 'one', state: 'stopped' }])
  const next = bundleOf(set, 2, [{ name: 'one', namespace, objects: [configMap('x')] }])
  const second = await applied(cluster, next)
  t.deepEqual(second.problems, undefined)
  t.is(second.plan?.prune.flat().length, 1)
})

test('the fields are applied under the name of the set', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('manager')
  await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]))
  const live = await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)
  t.like(live.body.metadata.managedFields, [{ manager: fieldManagerOf(set), operation: 'Apply' }])
})

test('two sets may live in one Namespace, and neither sends anything when nothing has changed', async (t) => {
  const { controlPlane, set } = await fresh('shared')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const namespace = `${set}-both`
  const bundles = ['one', 'two'].map((name) =>
    bundleOf(`${set}-${name}`, 1, [{ name, namespace, objects: [configMap(name)] }]),
  )
  for (const bundle of bundles) t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  proxy.reset()
  for (const bundle of bundles) t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.deepEqual(
    proxy.mutating().filter((one) => !isLease(one.path)),
    [],
  )
  const [, second] = bundles
  const next = bundleOf(second?.manifest.name ?? '', 2, [])
  const left = await applied(cluster, next, { empty: true, prune: ['Namespace'] })
  t.deepEqual(left.problems, undefined)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/one`)).status, 200)
  t.is((await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/two`)).status, 404)
  await proxy.stop()
})

test('the status of a set names what was changed, what is missing and what waits', async (t) => {
  const { controlPlane, namespace, set, cluster } = await fresh('status')
  t.is((await statusOf(set, { cluster, tell: () => undefined })).applied, null)
  const objects = [configMap('whole'), configMap('edited'), configMap('deleted'), deployment('web')]
  await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects }]))
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await controlPlane.request('PATCH', `${path}/edited`, {
    body: { data: { a: 'other' } },
    type: 'application/merge-patch+json',
  })
  await controlPlane.request('DELETE', `${path}/deleted`)
  await controlPlane.request('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/web`, {
    body: { spec: { template: { metadata: { annotations: { 'test.scout/fate': 'pending' } } } } },
    type: 'application/merge-patch+json',
  })
  const status = await statusOf(set, { cluster, tell: () => undefined })
  t.like(status.applied, { version: '1.0.1', sequence: 1, state: 'applied' })
  const told = status.objects.map((one) => [one.id.name, one.state, one.drifted])
  t.deepEqual(told, [
    [namespace, 'ready', false],
    ['deleted', 'missing', false],
    ['edited', 'ready', true],
    ['whole', 'ready', false],
    ['web', 'waiting', false],
  ])
})
