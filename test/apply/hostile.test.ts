import test from 'ava'
import { inventoryNamespace, parentName, partOf, setIdOf } from '../../src/core/applyset.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { applied, bundleOf, configMap, freshSet, open, widget, widgetCrd } from './set.ts'

const merge = 'application/merge-patch+json'

/** The real cluster; `meanwhile` happens once, right before one of these is read. */
const whileReading = (cluster: Cluster, plural: string, meanwhile: () => Promise<void>): Cluster => {
  let done = false
  const once =
    <A extends [{ kind: { plural: string } }, ...unknown[]], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (!done && args[0].kind.plural === plural) {
        done = true
        await meanwhile()
      }
      return await write(...args)
    }
  return { ...cluster, get: once(cluster.get) }
}

for (const [how, change] of [
  ['annotated to be kept', { annotations: { 'helm.sh/resource-policy': 'keep' } }],
  [
    'given to somebody else by its label',
    { labels: { 'applyset.kubernetes.io/part-of': 'applyset-other-v1' } },
  ],
] as const)
  test(`what is ${how} after the plan was made, and before it is pruned, stays`, async (t) => {
    const { cluster, request, namespace, set, release } = await freshSet('stays')
    const path = `/api/v1/namespaces/${namespace}/configmaps/y`
    await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }]))
    const slow = whileReading(cluster, 'leases', async () => {
      await request('PATCH', path, { body: { metadata: change }, type: merge })
    })
    const run = await applied(slow, bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }]))
    t.deepEqual(run.problems, undefined)
    t.is((await request('GET', path)).status, 200)
    t.like(run.report?.warnings, [{ code: 'apply/kept-meanwhile' }])
  })

test('an object that another set has taken over since the plan was made is not pruned by the set that it left', async (t) => {
  const { cluster, request, namespace, release } = await freshSet('race')
  const [a, b] = [`${namespace}-a`, `${namespace}-b`]
  const path = `/api/v1/namespaces/${namespace}/configmaps/y`
  await applied(cluster, bundleOf(a, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }]))
  const uid = (await request('GET', path)).body.metadata.uid
  // The first set has planned to delete it, and waits for its lock while the second one takes it.
  const slow = whileReading(cluster, 'leases', async () => {
    const taking = bundleOf(b, 1, [{ ...release, objects: [configMap('y')] }])
    t.deepEqual((await applied(cluster, taking, { takeFrom: [a] })).problems, undefined)
  })
  t.deepEqual(
    (await applied(slow, bundleOf(a, 2, [{ ...release, objects: [configMap('x')] }]))).problems,
    undefined,
  )
  const live = (await request('GET', path)).body as KubeObject
  t.is(live.metadata?.['uid'], uid)
  t.is(partOf(live), setIdOf(b))
})

test('a write that waits to be sent again is not sent any more once the lock is lost', async (t) => {
  const { controlPlane, request, namespace, set, release } = await freshSet('fence')
  const proxy = await startProxy(controlPlane)
  t.teardown(() => proxy.stop())
  const lease = `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/${parentName(set)}`
  // Writes of the object get lost until the run knows that another one has its lock.
  let isLetThrough = false
  let taken: Promise<unknown> | undefined
  proxy.meddle(async ({ method, path }) => {
    if (method === 'PUT' && path === lease && taken) {
      await taken
      setTimeout(() => (isLetThrough = true), 1500)
    }
    if (method !== 'PATCH' || !path.endsWith('/configmaps/x') || isLetThrough) return 'pass'
    taken ??= request('PATCH', lease, { body: { spec: { holderIdentity: 'bob' } }, type: merge })
    return 'refuse'
  })
  const bundle = bundleOf(set, 1, [{ ...release, objects: [configMap('x')] }])
  const { problems, report } = await applied(await open(proxy.kubeconfig), bundle)
  t.like(problems, [{ code: 'apply/stopped' }])
  t.regex(problems?.[0]?.what ?? '', /another run has taken it/)
  t.is(problems?.length, 1)
  t.like(report?.releases, [{ name: 'app', state: 'stopped' }])
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)).status, 404)
})

const crdPath = (group: string): string =>
  `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`

test('a CRD does not go while it has custom resources of others, also where these have an owner', async (t) => {
  const { cluster, request, namespace, set, release } = await freshSet('owned')
  const group = `${set}.test`
  t.teardown(() => request('DELETE', crdPath(group)))
  await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('x'), widgetCrd(group)] }]))
  const owner = (
    await request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body: configMap('o') })
  ).body
  const { name, uid } = owner.metadata
  const backup = widget(group, 'backup')
  const made = await request('POST', `/apis/${group}/v1/namespaces/${namespace}/widgets`, {
    body: {
      ...backup,
      metadata: { name: 'backup', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }] },
    },
  })
  t.is(made.status, 201)
  const without = bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }])
  const { problems } = await applied(cluster, without, { prune: ['CustomResourceDefinition'] })
  t.like(problems, [{ code: 'apply/inhabited' }])
  t.is((await request('GET', `/apis/${group}/v1/namespaces/${namespace}/widgets/backup`)).status, 200)
})

test('a CRD does not go while nobody can see what is stored of it', async (t) => {
  const { cluster, request, namespace, set, release } = await freshSet('unseen')
  const group = `${set}.test`
  t.teardown(() => request('DELETE', crdPath(group)))
  await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [configMap('x'), widgetCrd(group)] }]))
  await request('POST', `/apis/${group}/v1/namespaces/${namespace}/widgets`, { body: widget(group, 'data') })
  const { spec } = (await request('GET', crdPath(group))).body
  const versions = spec.versions.map((one: KubeObject) => ({ ...one, served: false }))
  t.is((await request('PATCH', crdPath(group), { body: { spec: { versions } }, type: merge })).status, 200)
  while ((await request('GET', `/apis/${group}/v1/widgets`)).status === 200)
    await new Promise((resolve) => setTimeout(resolve, 100))
  const without = bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }])
  const { problems } = await applied(cluster, without, { prune: ['CustomResourceDefinition'] })
  t.like(problems, [{ code: 'apply/inhabited' }])
  t.is((await request('GET', crdPath(group))).body.metadata.deletionTimestamp, undefined)
})

test('a hook that is a volume claim, or a Namespace, is changed in place and never deleted to be made anew', async (t) => {
  const { cluster, request, namespace, set, release } = await freshSet('claim')
  const hook = { 'helm.sh/hook': 'pre-install,pre-upgrade' }
  const claim = (word: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', annotations: { ...hook, word } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  })
  const home = (word: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `${set}-hook`, annotations: { ...hook, word } },
  })
  const paths = [
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`,
    `/api/v1/namespaces/${set}-hook`,
  ]
  t.teardown(() => request('DELETE', paths[1] as string))
  const live = async (): Promise<KubeObject[]> =>
    await Promise.all(paths.map(async (path) => (await request('GET', path)).body as KubeObject))
  const bundle = (sequence: number, word: string) =>
    bundleOf(set, sequence, [{ ...release, objects: [configMap('x', { word }), claim(word), home(word)] }])
  t.deepEqual((await applied(cluster, bundle(1, 'one'))).problems, undefined)
  const before = (await live()).map(({ metadata }) => metadata['uid'])
  t.deepEqual((await applied(cluster, bundle(2, 'two'))).problems, undefined)
  const after = await live()
  t.deepEqual(
    after.map(({ metadata }) => metadata['uid']),
    before,
  )
  t.deepEqual(
    after.map(({ metadata }) => metadata.annotations?.['word']),
    ['two', 'two'],
  )
})

test('a Secret of somebody else that bears the label of parts of an inventory is not swept', async (t) => {
  const { cluster, request, set, release } = await freshSet('sweep')
  const secrets = `/api/v1/namespaces/${inventoryNamespace}/secrets`
  const names = [`${set}-foreign`, `${parentName(set)}.0123456789abcdef`]
  t.teardown(() => Promise.all(names.map((name) => request('DELETE', `${secrets}/${name}`))))
  for (const name of names) {
    const metadata = { name, labels: { 'scout.airgap/part-of-inventory': setIdOf(set) } }
    t.is((await request('POST', secrets, { body: { metadata } })).status, 201)
  }
  const bundle = (sequence: number, count: number) =>
    bundleOf(set, sequence, [
      { ...release, objects: Array.from({ length: count }, (_, at) => configMap(`x${at}`)) },
    ])
  const largestPart = 700
  t.deepEqual((await applied(cluster, bundle(1, 8), { largestPart })).problems, undefined)
  t.deepEqual((await applied(cluster, bundle(2, 1), { largestPart })).problems, undefined)
  for (const name of names) t.is((await request('GET', `${secrets}/${name}`)).status, 200, name)
})

test('a custom resource that was changed, and whose status names no generation, is not ready by its status of before', async (t) => {
  const { cluster, request, namespace, set, release } = await freshSet('stale')
  const group = `${set}.test`
  t.teardown(() => request('DELETE', crdPath(group)))
  const crd = widgetCrd(group, { word: { type: 'string' } })
  const [version] = (crd['spec'] as { versions: KubeObject[] }).versions as [KubeObject]
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } }
  Object.assign(version, { schema, subresources: { status: {} } })
  const path = `/apis/${group}/v1/namespaces/${namespace}/widgets/w`
  const report = async (status: string, seen: string): Promise<void> => {
    const body = { status: { seen, conditions: [{ type: 'Ready', status }] } }
    await request('PATCH', `${path}/status`, { body, type: merge })
  }
  const bundle = (sequence: number, word: string) =>
    bundleOf(set, sequence, [{ ...release, objects: [crd, widget(group, 'w', { word })] }])
  t.deepEqual((await applied(cluster, bundle(1, 'one'))).problems, undefined)
  await report('True', 'one')
  // A controller that looks a second later, and is done another one after that.
  let controller: NodeJS.Timeout | undefined
  const look = async (): Promise<void> => {
    const { spec, status } = (await request('GET', path)).body
    if (spec.word === status.seen) return
    clearInterval(controller)
    await report('False', spec.word)
    setTimeout(() => void report('True', `${spec.word} done`), 1000)
  }
  controller = setInterval(() => void look(), 1000)
  t.teardown(() => clearInterval(controller))
  t.deepEqual((await applied(cluster, bundle(2, 'two'))).problems, undefined)
  t.is((await request('GET', path)).body.status.seen, 'two done')
})

test('a release that goes with the next bundle has its line in the report of the run', async (t) => {
  const { cluster, namespace, set } = await freshSet('gone')
  const [app, old] = ['app', 'old'].map((name) => ({ name, namespace, objects: [configMap(name)] }))
  if (!app || !old) throw new Error('there are two')
  t.deepEqual((await applied(cluster, bundleOf(set, 1, [app, old]))).problems, undefined)
  const { problems, report } = await applied(cluster, bundleOf(set, 2, [app]))
  t.deepEqual(problems, undefined)
  t.like(report?.releases, [
    { name: 'app', state: 'unchanged' },
    { name: 'old', state: 'done', removal: true },
  ])
})

test('what a policy says of a Secret that it denies is not repeated: it may quote a value', async (t) => {
  const { cluster, request, namespace, set, release } = await freshSet('policy')
  const api = '/apis/admissionregistration.k8s.io/v1'
  const kinds = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']
  t.teardown(() => Promise.all(kinds.map((kind) => request('DELETE', `${api}/${kind}/${set}`))))
  const pin = 'correct-horse-battery'
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['secrets'],
  }
  const policy = {
    metadata: { name: set },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      matchConditions: [{ name: 'here', expression: `object.metadata.namespace == '${namespace}'` }],
      validations: [
        {
          expression: 'false',
          reason: 'Forbidden',
          messageExpression: "'cannot be so weak: ' + string(object.data.pin)",
        },
      ],
    },
  }
  t.is((await request('POST', `${api}/${kinds[0]}`, { body: policy })).status, 201)
  const binding = { metadata: { name: set }, spec: { policyName: set, validationActions: ['Deny'] } }
  t.is((await request('POST', `${api}/${kinds[1]}`, { body: binding })).status, 201)
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { pin: Buffer.from(pin).toString('base64') },
  }
  const tried = () => request('POST', `/api/v1/namespaces/${namespace}/secrets?dryRun=All`, { body: secret })
  while ((await tried()).status === 201) await new Promise((resolve) => setTimeout(resolve, 200))
  t.regex((await tried()).text, /Y29ycmVjdC/)
  const run = await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [secret] }]))
  t.regex(run.problems?.[0]?.what ?? '', /its words are not shown/)
  t.notRegex(JSON.stringify([run.problems, run.told, run.report]), /correct-horse|Y29ycmVjdC/)
})
