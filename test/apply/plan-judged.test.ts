import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import type { Told } from '../../src/core/stepper.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { paintIn } from '../../src/report/paint.ts'
import { describePlan } from '../../src/report/plan.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { judgedWith } from './judging.ts'
import { applied, bundleOf, configMap, deployment, freshSet, job, open, widget, widgetCrd } from './set.ts'
import type { Sketch } from './set.ts'

const scene = async (purpose: string) => {
  const set = await freshSet(purpose)
  const bundle = (sequence: number, objects: KubeObject[], rest: Partial<Sketch> = {}) =>
    bundleOf(set.set, sequence, [{ ...set.release, ...rest, objects }])
  return { ...set, bundle, judged: (wanted: Wanted) => judgedWith(set.cluster, wanted) }
}

const warnings = (told: Told[]): string[] =>
  told.flatMap((one) => (one.tell === 'warning' ? [one.problem.what] : []))

test('a change is told field by field, with what was there, what comes, and who owns it now and then', async (t) => {
  const { bundle, judged, cluster, set, request, namespace } = await scene('fields')
  await applied(cluster, bundle(1, [configMap('x', { a: '1', gone: 'g' }), deployment('web')]))
  await request('PATCH', `/api/v1/namespaces/${namespace}/configmaps/x?fieldManager=kubectl-edit`, {
    body: { data: { b: 'theirs' } },
    type: 'application/merge-patch+json',
  })
  const { of } = await judged(bundle(2, [configMap('x', { a: '2' }), deployment('web', { note: 'new' })]))
  const ours = `scout-apply:${set}`
  t.like(of('x'), {
    comes: 'changed',
    because: 'changed',
    release: 'app',
    fields: [
      {
        pointer: '/data/a',
        name: 'data.a',
        change: 'changed',
        before: { value: '1' },
        after: { value: '2' },
        owners: { before: [ours], after: [ours] },
      },
      {
        pointer: '/data/gone',
        change: 'removed',
        before: { value: 'g' },
        owners: { before: [ours], after: [] },
      },
    ],
  })
  t.like(of('web'), {
    comes: 'changed',
    fields: [{ pointer: '/spec/template/metadata/annotations', change: 'added' }],
  })
})

test('defaults, spelled out or otherwise written, are no change', async (t) => {
  const { bundle, judged, cluster } = await scene('noise')
  const plain = deployment('web')
  await applied(cluster, bundle(1, [plain]))
  const spelled = structuredClone(plain) as unknown as {
    spec: { template: { spec: { [key: string]: unknown } } }
  }
  Object.assign(spelled.spec.template.spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always' })
  const { of, plan } = await judged(bundle(2, [spelled as unknown as KubeObject]))
  t.is(of('web').comes, 'same')
  t.regex(describePlan(plan, paintIn(false)), /1 to send without a change/)
})

test('what another manager set is told with its owner when it goes to us', async (t) => {
  const { bundle, judged, request, namespace, set } = await scene('owner')
  await request('POST', `/api/v1/namespaces/${namespace}/configmaps?fieldManager=helm`, {
    body: configMap('x', { a: 'helm', gone: 'g' }),
  })
  const { of, plan } = await judged(bundle(1, [configMap('x', { a: 'ours' })]))
  t.like(of('x'), {
    comes: 'changed',
    because: 'not ours yet',
    settled: [{ manager: 'helm', field: '.data.a', how: 'taken' }],
    fields: [
      { pointer: '/data/a', owners: { before: ['helm'], after: [`scout-apply:${set}`] } },
      { pointer: '/data/gone', change: 'removed', owners: { before: ['helm'], after: [] } },
    ],
  })
  t.regex(describePlan(plan, paintIn(false)), /data\.a \(owner: helm → scout-apply:owner-\w+\): helm → ours/)
})

test('what a plan says of an object that Helm made is what the apply does', async (t) => {
  const { bundle, judged, request, namespace, cluster } = await scene('helm')
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await request('POST', `${path}?fieldManager=helm`, { body: configMap('x', { a: 'helm', gone: 'g' }) })
  const wanted = bundle(1, [configMap('x', { a: 'ours' })])
  const { of } = await judged(wanted)
  t.is(of('x').comes, 'changed')
  t.deepEqual((await applied(cluster, wanted)).problems, undefined)
  t.deepEqual((await request('GET', `${path}/x`)).body.data, { a: 'ours' })
})

test('a conflict that nothing settles is part of the plan, and ends an apply before any write', async (t) => {
  const { bundle, judged, request, namespace, controlPlane } = await scene('conflict')
  await request('POST', `/api/v1/namespaces/${namespace}/configmaps?fieldManager=autotuner`, {
    body: configMap('x', { a: 'theirs' }),
  })
  const wanted = bundle(1, [configMap('x'), configMap('y')])
  const { of, told } = await judged(wanted)
  t.like(of('x'), { comes: 'conflict', conflicts: [{ manager: 'autotuner', field: '.data.a' }] })
  t.true(warnings(told).some((one) => one.includes('"autotuner" owns .data.a')))
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  const { problems } = await applied(await open(proxy.kubeconfig), wanted)
  t.like(problems, [{ code: 'apply/conflict' }])
  t.deepEqual(proxy.mutating(), [])
})

test('what is forbidden in place is told as made anew where policy lets it, and why', async (t) => {
  const { bundle, judged, cluster } = await scene('anew')
  await applied(cluster, bundle(1, [job('run')]))
  const { of, plan } = await judged(bundle(2, [job('run', { word: 'other' })]))
  const change = of('run')
  t.is(change.comes, 'recreated')
  t.regex(change.comes === 'recreated' ? change.why : '', /spec\.template: .*immutable/)
  t.regex(describePlan(plan, paintIn(false)), /± Job anew-\w+\/run is deleted and made anew: spec\.template/)
})

test('what the server cannot judge is named with the reason: a CRD, a Namespace and a webhook that are not there for it', async (t) => {
  const { bundle, judged, namespace } = await scene('unknown')
  const group = `${namespace}.example`
  const objects = [
    widgetCrd(group),
    widget(group, 'w'),
    { ...configMap('far'), metadata: { name: 'far', namespace: `${namespace}-b` } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-b` } } as KubeObject,
  ]
  const { of } = await judged(bundle(1, objects))
  t.like(of('w'), { comes: 'not checked', why: 'the kind is yet to come, with its CustomResourceDefinition' })
  t.like(of('far'), { comes: 'not checked', why: `the Namespace ${namespace}-b is yet to come` })
  t.is(of(`widgets.${group}`).comes, 'created')
})

/** One that every ConfigMap of a namespace must pass, and whose Service is not there. */
const deadWebhook = (namespace: string): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: namespace },
  webhooks: [
    {
      name: 'judge.test.scout',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 1,
      clientConfig: { service: { name: 'nobody', namespace } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      rules: [
        { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] },
      ],
    },
  ],
})

test('a webhook that does not answer is named, and asked about no more objects of the kind', async (t) => {
  const { bundle, judged, namespace, request } = await scene('silent')
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
  t.teardown(() => request('DELETE', `${path}/${namespace}`))
  const made = await request('POST', path, { body: deadWebhook(namespace) })
  t.is(made.status, 201)
  const many = Array.from({ length: 40 }, (_, at) => configMap(`x${at}`))
  const { of, plan } = await judged(bundle(1, many))
  t.like(of('x39'), {
    comes: 'not checked',
    why: 'the admission webhook judge.test.scout does not answer',
  })
  t.is(plan.changes.filter((one) => one.comes === 'not checked').length, 40)
})

test('an invalid object, also a hook, is refused before anything is written, and all of them at once', async (t) => {
  const { bundle, controlPlane } = await scene('invalid')
  const broken = (object: KubeObject): KubeObject =>
    JSON.parse(
      JSON.stringify(object).replace(/"image":"[^"]*"/, '"image":"x","imagePullPolicy":"Sometimes"'),
    ) as KubeObject
  const hook = broken(job('hook', { annotations: { 'helm.sh/hook': 'pre-install' } }))
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  const { problems } = await applied(
    await open(proxy.kubeconfig),
    bundle(1, [configMap('x'), broken(deployment('web')), broken(deployment('api')), hook]),
  )
  t.deepEqual(problems?.map(({ code, what }) => `${code} ${what.split(':')[0]?.split('/')[1]}`).sort(), [
    'apply/invalid api',
    'apply/invalid hook',
    'apply/invalid web',
  ])
  t.deepEqual(proxy.mutating(), [])
})

test('an apply asks about new ConfigMaps and Secrets only when it writes them; a plan asks about each', async (t) => {
  const { bundle, controlPlane, judged } = await scene('cheap')
  const wanted = bundle(1, [configMap('x'), configMap('y'), deployment('web')])
  const { plan } = await judged(wanted)
  t.true(plan.changes.every(({ comes, id }) => id.kind === 'Namespace' || comes === 'created'))
  const proxy = await startProxy(controlPlane)
  t.teardown(proxy.stop)
  t.deepEqual((await applied(await open(proxy.kubeconfig), wanted)).problems, undefined)
  const asked = proxy.requests.filter(({ query }) => query.getAll('dryRun').includes('All'))
  const kinds = new Set(asked.map(({ path }) => path.split('/').at(-2)))
  t.true(kinds.has('deployments'))
  t.false(kinds.has('configmaps'))
})

test('a plan names the cluster by its identity, and both versions of Kubernetes', async (t) => {
  const { bundle, judged, request } = await scene('target')
  const { uid } = (await request('GET', '/api/v1/namespaces/kube-system')).body.metadata
  const { gitVersion } = (await request('GET', '/version')).body
  const { plan, told } = await judged(bundle(1, [configMap('x')]))
  t.deepEqual(plan.cluster, { name: 'test', id: uid })
  t.deepEqual(plan.kubernetes, { bundle: '1.36', server: gitVersion })
  t.deepEqual(warnings(told), [])
})

const skews: [made: string, code: string | undefined, severity: string][] = [
  ['1.36', undefined, ''],
  ['1.35', 'plan/other-kubernetes', 'warning'],
  ['1.37.2', 'plan/other-kubernetes', 'warning'],
  ['1.30', 'plan/other-kubernetes', 'error'],
]
for (const [made, code, severity] of skews)
  test(`a bundle made for Kubernetes ${made} is ${severity === 'error' ? 'refused' : severity === 'warning' ? 'warned of' : 'taken'} on a server of 1.36`, async (t) => {
    const { bundle, cluster } = await scene('skew')
    const wanted = bundle(1, [configMap('x')])
    const skewed = { ...wanted, manifest: { ...wanted.manifest, kubernetes: made } }
    const { problems, told } = await applied(cluster, skewed)
    const found = problems?.map((one) => one.code) ?? []
    const warned = told.flatMap((one) => (one.tell === 'warning' ? [one.problem.code] : []))
    t.deepEqual(severity === 'error' ? found : warned, code === undefined ? [] : [code as never])
    if (severity === 'error')
      t.deepEqual((await applied(cluster, skewed, { versionSkew: true })).problems, undefined)
  })
