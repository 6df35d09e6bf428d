import test from 'ava'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import { isObject } from '../../src/core/json.ts'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { Policy } from '../../src/core/policy.ts'
import { startProxy } from '../control-plane/proxy.ts'
import {
  applied,
  bundleOf,
  configMap,
  deployment,
  freshSet,
  open,
  plannedOnly,
  widget,
  widgetCrd,
} from './set.ts'

const merge = 'application/merge-patch+json'
const jsonPatch = 'application/json-patch+json'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

const scene = async (purpose: string) => {
  const set = await freshSet(purpose)
  const { namespace, release } = set
  return {
    ...set,
    configMaps: `/api/v1/namespaces/${namespace}/configmaps`,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    bundle: (sequence: number, objects: KubeObject[], policy: Partial<Policy> = {}) =>
      bundleOf(set.set, sequence, [{ ...release, objects, policy }]),
  }
}

const withSpec = (object: KubeObject, spec: JsonObject): KubeObject => ({
  ...object,
  spec: { ...(object['spec'] as JsonObject), ...spec },
})

const withoutReplicas = (object: KubeObject): KubeObject => {
  const { replicas: _, ...spec } = object['spec'] as JsonObject
  return { ...object, spec }
}

/** Who has an entry in the record of an object, with the way in which they wrote: `helm Update`. */
const managersOf = (object: KubeObject): string[] =>
  (object.metadata['managedFields'] as { manager: string; operation: string }[]).map(
    ({ manager, operation }) => `${manager} ${operation}`,
  )

const isSkipped = ({ plan }: Awaited<ReturnType<typeof applied>>): boolean =>
  plan !== undefined &&
  plan.waves
    .flat()
    .every(({ lines }) => lines.every(({ actions }) => actions.every((one) => one.do === 'skip')))

for (const [number, owner, annotations] of [
  [22, 'kubectl-client-side-apply', { [lastApplied]: '{}' }],
  [22, 'deploy-tool', { [lastApplied]: '{}' }],
  [23, 'helm', { 'meta.helm.sh/release-name': 'app' }],
] as const)
  test(`scenario ${number}: what ${owner} made is taken over, and a field that the bundle drops is gone`, async (t) => {
    const { cluster, bundle, namespace, request, configMaps, set } = await scene('taken')
    const helm = owner === 'helm' ? { 'meta.helm.sh/release-namespace': namespace } : {}
    const body = {
      ...configMap('x', { kept: 'old', dropped: 'old' }),
      metadata: { name: 'x', annotations: { ...annotations, ...helm } },
    }
    const made = await request('POST', `${configMaps}?fieldManager=${owner}`, { body })
    t.is(made.status, 201)
    t.deepEqual((await applied(cluster, bundle(1, [configMap('x', { kept: 'new' })]))).problems, undefined)
    const x = (await request('GET', `${configMaps}/x`)).body
    t.deepEqual(x.data, { kept: 'new' })
    t.is(x.metadata.annotations, undefined)
    t.is(x.metadata.uid, made.body.metadata.uid)
    t.deepEqual(managersOf(x), [`scout-apply:${set} Apply`])
    t.true(isSkipped(await applied(cluster, bundle(1, [configMap('x', { kept: 'new' })]))))
  })

test('scenario 22: what a person added besides stays, and so does what they edited, until they are asked', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('besides')
  const annotations = { [lastApplied]: '{}' }
  const body = { ...configMap('x', { a: 'old', b: 'old' }), metadata: { name: 'x', annotations } }
  await request('POST', `${configMaps}?fieldManager=kubectl-client-side-apply`, { body })
  const edit = {
    data: { a: 'edited', theirs: 'theirs' },
    metadata: { annotations: { [lastApplied]: '{"a":1}' } },
  }
  await request('PATCH', `${configMaps}/x?fieldManager=kubectl-edit`, { body: edit, type: merge })
  const { problems } = await applied(cluster, bundle(1, [configMap('x', { a: 'ours' })]))
  t.like(problems, [{ code: 'apply/conflict' }])
  t.regex(problems?.[0]?.what ?? '', /"kubectl-edit" owns \.data\.a\.$/)
  t.is((await request('GET', `${configMaps}/x`)).body.data.a, 'edited')
  await request('PATCH', `${configMaps}/x?fieldManager=kubectl-edit`, {
    body: { data: { a: 'ours' } },
    type: merge,
  })
  t.deepEqual((await applied(cluster, bundle(1, [configMap('x', { a: 'ours' })]))).problems, undefined)
  t.deepEqual((await request('GET', `${configMaps}/x`)).body.data, { a: 'ours', theirs: 'theirs' })
})

test('scenario 23: a Deployment that Helm 3 updated is taken over without a rollout, its UID and ReplicaSet the same', async (t) => {
  const { cluster, bundle, namespace, request, deployments } = await scene('rollout')
  const annotations = { 'meta.helm.sh/release-name': 'app', 'meta.helm.sh/release-namespace': namespace }
  const made = withSpec(deployment('web'), { revisionHistoryLimit: 3 })
  const first = await request('POST', `${deployments}?fieldManager=helm`, {
    body: { ...made, metadata: { name: 'web', annotations } },
  })
  await request('PATCH', `${deployments}/web?fieldManager=helm`, {
    body: { spec: { minReadySeconds: 1 } },
    type: merge,
  })
  t.deepEqual((await applied(cluster, bundle(1, [deployment('web')]))).problems, undefined)
  const web = (await request('GET', `${deployments}/web`)).body
  t.is(web.metadata.uid, first.body.metadata.uid)
  // What only Helm had set is back at the server's defaults.
  t.deepEqual([web.spec.revisionHistoryLimit, web.spec.minReadySeconds], [10, undefined])
  const sets = (await request('GET', `/apis/apps/v1/namespaces/${namespace}/replicasets`)).body.items
  t.is(sets.length, 1)
})

test('scenario 23: an object of another Helm release is named with it, and nothing is written', async (t) => {
  const { controlPlane, bundle, namespace, request, configMaps } = await scene('other-release')
  const annotations = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': namespace }
  await request('POST', `${configMaps}?fieldManager=helm`, {
    body: { ...configMap('x'), metadata: { name: 'x', annotations } },
  })
  const proxy = await startProxy(controlPlane)
  const { problems } = await applied(await open(proxy.kubeconfig), bundle(1, [configMap('x')]))
  t.like(problems, [{ code: 'plan/other-helm-release' }])
  t.regex(problems?.[0]?.what ?? '', new RegExp(`ConfigMap ${namespace}/x .* ${namespace}/shop`))
  t.deepEqual(proxy.mutating(), [])
  await proxy.stop()
})

test('scenario 24: what `kubectl edit` changed of ours is named with its manager', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('edit')
  await applied(cluster, bundle(1, [configMap('x')]))
  await request('PATCH', `${configMaps}/x?fieldManager=kubectl-edit`, {
    body: { data: { a: 'edited' } },
    type: merge,
  })
  const { problems } = await applied(cluster, bundle(1, [configMap('x')]))
  t.like(problems, [{ code: 'apply/conflict' }])
  t.regex(problems?.[0]?.what ?? '', /"kubectl-edit" owns \.data\.a/)
  t.regex(problems?.[0]?.fix ?? '', /apply\.ignore/)
})

test('scenario 25: beside fields that may be taken, one of an unknown manager stops all, and it alone is named', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('mixed')
  const body = configMap('x', { a: 'helm', b: 'helm' })
  await request('POST', `${configMaps}?fieldManager=helm`, { body })
  await request('PATCH', `${configMaps}/x?fieldManager=tuner`, {
    body: { data: { c: 'theirs' } },
    type: merge,
  })
  const wanted = configMap('x', { a: '1', b: '1', c: '1' })
  const { problems } = await applied(cluster, bundle(1, [wanted]))
  t.regex(problems?.[0]?.what ?? '', /: "tuner" owns \.data\.c\.$/)
  t.deepEqual((await request('GET', `${configMaps}/x`)).body.data, { a: 'helm', b: 'helm', c: 'theirs' })
})

test('scenario 25: a manager who comes in between judgement and apply is asked about as well, and loses nothing', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('between')
  await request('POST', `${configMaps}?fieldManager=before-first-apply`, {
    body: configMap('x', { a: 'old', b: 'old' }),
  })
  const wanted = configMap('x', { a: '1', b: '1' })
  let forced = 0
  const crowded: Cluster = {
    ...cluster,
    apply: async (address, object, options) => {
      const body = { data: { b: 'theirs' } }
      if (options.force && !options.dryRun && forced++ === 0)
        await request('PATCH', `${configMaps}/x?fieldManager=tuner`, { body, type: merge })
      return await cluster.apply(address, object, options)
    },
  }
  const { problems } = await applied(crowded, bundle(1, [wanted]))
  t.is(forced, 1)
  t.like(problems, [{ code: 'apply/conflict' }])
  t.regex(problems?.[0]?.what ?? '', /: "tuner" owns \.data\.b\.$/)
  t.deepEqual((await request('GET', `${configMaps}/x`)).body.data, { a: 'old', b: 'theirs' })
})

test('scenario 23: what changes while ownership is settled is looked at again', async (t) => {
  const { cluster, bundle, request, configMaps } = await scene('moving')
  await request('POST', `${configMaps}?fieldManager=helm`, {
    body: configMap('x', { a: 'old', dropped: 'old' }),
  })
  let patches = 0
  const crowded: Cluster = {
    ...cluster,
    patch: async (...args) => {
      const body = { data: { theirs: `${patches}` } }
      if (patches++ < 2) await request('PATCH', `${configMaps}/x?fieldManager=tuner`, { body, type: merge })
      return await cluster.patch(...args)
    },
  }
  t.deepEqual((await applied(crowded, bundle(1, [configMap('x', { a: 'new' })]))).problems, undefined)
  t.is(patches, 3)
  t.deepEqual((await request('GET', `${configMaps}/x`)).body.data, { a: 'new', theirs: '1' })
})

/** Every replica count that a Deployment had since a resourceVersion, as a watch tells it. */
const replicasSince = async (
  { request, deployments }: Pick<Awaited<ReturnType<typeof scene>>, 'request' | 'deployments'>,
  name: string,
  resourceVersion: string,
): Promise<Json[]> => {
  const query = `watch=1&timeoutSeconds=2&fieldSelector=metadata.name=${name}&resourceVersion=${resourceVersion}`
  const { text } = await request('GET', `${deployments}?${query}`)
  const events = text.split('\n').filter((line) => line !== '')
  return events.map(
    (line) => (JSON.parse(line) as { object: { spec: { replicas: number } } }).object.spec.replicas,
  )
}

const autoscaler = (name: string): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    minReplicas: 2,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
  },
})

for (const [how, dropped, policy] of [
  ['drops the count', true, {}],
  ['ignores the count', false, { ignore: [{ kind: 'Deployment.apps', fields: ['/spec/replicas'] }] }],
] as const)
  test(`scenario 26: a bundle that brings an autoscaler and ${how} never makes it one replica`, async (t) => {
    const { cluster, bundle, request, deployments, ...rest } = await scene('handover')
    const web = withSpec(deployment('web'), { replicas: 3 })
    t.deepEqual((await applied(cluster, bundle(1, [web]))).problems, undefined)
    const { resourceVersion } = (await request('GET', `${deployments}/web`)).body.metadata
    const next = deployment('web', { changed: 'too' })
    const objects = [dropped ? withoutReplicas(next) : next, autoscaler('web')]
    t.deepEqual((await applied(cluster, bundle(2, objects, policy as Partial<Policy>))).problems, undefined)
    const seen = await replicasSince({ ...rest, request, deployments }, 'web', resourceVersion)
    t.true(seen.length >= 2)
    t.deepEqual(Array.from(new Set(seen)), [3])
    // The autoscaler's own write is no drift, and no conflict.
    await request('PATCH', `${deployments}/web/scale?fieldManager=kube-controller-manager`, {
      body: { spec: { replicas: 5 } },
      type: merge,
    })
    const again = await applied(cluster, bundle(2, objects, policy as Partial<Policy>))
    t.deepEqual(again.problems, undefined)
    t.true(isSkipped(again))
    t.is((await request('GET', `${deployments}/web`)).body.spec.replicas, 5)
  })

test('scenario 26: the real autoscaler takes over at the count that is there, and is left alone', async (t) => {
  const { cluster, bundle, request, deployments, ...rest } = await scene('autoscaler')
  const web = withSpec(deployment('web'), { replicas: 3 })
  t.deepEqual((await applied(cluster, bundle(1, [web]))).problems, undefined)
  const { resourceVersion } = (await request('GET', `${deployments}/web`)).body.metadata
  const hpa = withSpec(autoscaler('web'), { minReplicas: 4 })
  const objects = [withoutReplicas(web), hpa]
  t.deepEqual((await applied(cluster, bundle(2, objects))).problems, undefined)
  const replicas = async () => (await request('GET', `${deployments}/web`)).body.spec.replicas
  // Its controller looks every 15 s.
  for (const end = Date.now() + 90_000; Date.now() < end && (await replicas()) !== 4;)
    await new Promise((resolve) => setTimeout(resolve, 500))
  const seen = await replicasSince({ ...rest, request, deployments }, 'web', resourceVersion)
  t.deepEqual(Array.from(new Set(seen)), [3, 4])
  t.deepEqual((await applied(cluster, bundle(3, [web, hpa]))).problems, undefined)
  t.is(await replicas(), 4)
  t.true(isSkipped(await applied(cluster, bundle(3, [web, hpa]))))
})

test('scenario 26: what an autoscaler has set is left to it while the bundle still says a count, and the next run does nothing', async (t) => {
  const { cluster, bundle, request, deployments } = await scene('scaled')
  const web = (word: string) => withSpec(deployment('web', { word }), { replicas: 3 })
  await applied(cluster, bundle(1, [web('a')]))
  await request('PATCH', `${deployments}/web/scale?fieldManager=kube-controller-manager`, {
    body: { spec: { replicas: 4 } },
    type: merge,
  })
  const planned = await plannedOnly(cluster, bundle(2, [web('b')]))
  t.deepEqual(planned.problems, undefined)
  t.deepEqual((await applied(cluster, bundle(2, [web('b')]))).problems, undefined)
  const { spec } = (await request('GET', `${deployments}/web`)).body
  t.deepEqual([spec.replicas, spec.template.metadata.annotations], [4, { word: 'b' }])
  t.true(isSkipped(await applied(cluster, bundle(2, [web('b')]))))
})

test('what a policy ignores is neither sent nor drift, in lists too, and its owner may set it as they like', async (t) => {
  const { cluster, bundle, request, deployments } = await scene('ignored')
  const fields = ['/spec/template/spec/containers/*/resources', '/metadata/annotations/tuned.example~1by']
  const policy = { ignore: [{ kind: 'Deployment.apps', name: 'web', fields }] }
  const web = (word: string): KubeObject => {
    const object = JSON.stringify(deployment('web', { word }))
    const sized = object.replace('"image":', '"resources":{"requests":{"cpu":"1"}},"image":')
    return JSON.parse(
      sized.replace('"metadata":{', '"metadata":{"annotations":{"tuned.example/by":"us"},'),
    ) as KubeObject
  }
  t.deepEqual((await applied(cluster, bundle(1, [web('a')]))).problems, undefined)
  t.deepEqual((await applied(cluster, bundle(2, [web('a')], policy))).problems, undefined)
  const given = (await request('GET', `${deployments}/web`)).body
  t.deepEqual(given.spec.template.spec.containers[0].resources, { requests: { cpu: '1' } })
  t.is(given.metadata.annotations['tuned.example/by'], 'us')
  const tuned = [
    { op: 'replace', path: '/spec/template/spec/containers/0/resources/requests/cpu', value: '2' },
    { op: 'replace', path: '/metadata/annotations/tuned.example~1by', value: 'tuner' },
  ]
  t.is(
    (await request('PATCH', `${deployments}/web?fieldManager=tuner`, { body: tuned, type: jsonPatch }))
      .status,
    200,
  )
  t.true(isSkipped(await applied(cluster, bundle(2, [web('a')], policy))))
  t.deepEqual((await applied(cluster, bundle(3, [web('b')], policy))).problems, undefined)
  const { metadata, spec } = (await request('GET', `${deployments}/web`)).body
  t.deepEqual(spec.template.spec.containers[0].resources, { requests: { cpu: '2' } })
  t.is(metadata.annotations['tuned.example/by'], 'tuner')
  t.deepEqual(spec.template.metadata.annotations, { word: 'b' })
})

test('a caBundle that cert-manager has injected is left to it, and the rest of the webhook is applied', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('ca')
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${namespace}`
  t.teardown(() => request('DELETE', path))
  const ca = (await request('GET', `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`)).body.data[
    'ca.crt'
  ]
  const encoded = Buffer.from(ca as string).toString('base64')
  const webhook = (path: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'a.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { namespace, name: 'none', path }, caBundle: encoded },
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
  })
  t.deepEqual((await applied(cluster, bundle(1, [webhook('/a')]))).problems, undefined)
  const other = Buffer.from(`${ca as string}\n${ca as string}`).toString('base64')
  const injected = await request('PATCH', `${path}?fieldManager=cert-manager-cainjector`, {
    body: [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: other }],
    type: jsonPatch,
  })
  t.is(injected.status, 200)
  t.deepEqual((await applied(cluster, bundle(2, [webhook('/b')]))).problems, undefined)
  const { clientConfig } = (await request('GET', path)).body.webhooks[0]
  t.deepEqual([clientConfig.caBundle, clientConfig.service.path], [other, '/b'])
  t.true(isSkipped(await applied(cluster, bundle(2, [webhook('/b')]))))
})

test('scenario 28: by policy a Deployment with another selector is made anew, with its Pods', async (t) => {
  const { cluster, bundle, namespace, request, deployments } = await scene('anew')
  await applied(cluster, bundle(1, [deployment('web')]))
  const { uid } = (await request('GET', `${deployments}/web`)).body.metadata
  const moved = JSON.parse(
    JSON.stringify(deployment('web')).replaceAll('"app":"web"', '"app":"b"'),
  ) as KubeObject
  const refused = await applied(cluster, bundle(2, [moved]))
  t.like(refused.problems, [{ code: 'apply/immutable-field' }])
  t.regex(refused.problems?.[0]?.fix ?? '', /apply: \{ recreate: \[Deployment\.apps\] \}/)
  const policy = { recreate: ['Deployment.apps'] }
  t.deepEqual((await applied(cluster, bundle(2, [moved], policy))).problems, undefined)
  const web = (await request('GET', `${deployments}/web`)).body
  t.not(web.metadata.uid, uid)
  t.deepEqual(web.spec.selector.matchLabels, { app: 'b' })
  const pods = (await request('GET', `/api/v1/namespaces/${namespace}/pods`)).body.items as KubeObject[]
  t.true(
    pods
      .filter(({ metadata }) => !metadata['deletionTimestamp'])
      .every(({ metadata }) => metadata.labels?.['app'] === 'b'),
  )
  t.true(isSkipped(await applied(cluster, bundle(2, [moved], policy))))
})

test('scenario 26: an autoscaled Deployment that is made anew starts with as many replicas as it had', async (t) => {
  const { cluster, bundle, request, deployments, set } = await scene('anew-scaled')
  const policy = { recreate: ['Deployment.apps'] }
  const web = (app: string): KubeObject =>
    withoutReplicas(
      JSON.parse(JSON.stringify(deployment('web')).replaceAll('"app":"web"', `"app":"${app}"`)) as KubeObject,
    )
  t.deepEqual((await applied(cluster, bundle(1, [web('a')], policy))).problems, undefined)
  const scaled = { body: { spec: { replicas: 4 } }, type: merge }
  await request('PATCH', `${deployments}/web/scale?fieldManager=kube-controller-manager`, scaled)
  t.deepEqual((await applied(cluster, bundle(2, [web('b')], policy))).problems, undefined)
  const { metadata, spec } = (await request('GET', `${deployments}/web`)).body
  t.deepEqual([spec.selector.matchLabels, spec.replicas], [{ app: 'b' }, 4])
  // It is nobody's until the autoscaler writes it again.
  const ours = (metadata.managedFields as JsonObject[]).find(
    ({ manager }) => manager === `scout-apply:${set}`,
  )
  t.false(JSON.stringify(ours).includes('f:replicas'))
  t.true(isSkipped(await applied(cluster, bundle(2, [web('b')], policy))))
})

test('labels that somebody gave the Namespace of a release stay', async (t) => {
  const { cluster, set, request } = await scene('labels')
  const namespace = `${set}-own`
  const path = `/api/v1/namespaces/${namespace}`
  const theirs = { 'pod-security.kubernetes.io/enforce': 'privileged' }
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: theirs, annotations: { [lastApplied]: '{}' } },
  }
  await request('POST', '/api/v1/namespaces?fieldManager=kubectl-client-side-apply', { body })
  const bundle = bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.like((await request('GET', path)).body.metadata.labels, theirs)
})

const statefulSet = (app: string, serviceName: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas: 1,
    serviceName,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'db', image: 'registry.example/db:1' }] },
    },
  },
})

test('scenario 28: a StatefulSet is made anew around its Pods; where it would look for others, they go with it', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('orphan')
  const policy = { recreate: ['StatefulSet.apps'] }
  const uids = async () => {
    const set = (await request('GET', `/apis/apps/v1/namespaces/${namespace}/statefulsets/db`)).body
    const pod = (await request('GET', `/api/v1/namespaces/${namespace}/pods/db-0`)).body
    return { set: set.metadata.uid as string, pod: pod.metadata.uid as string }
  }
  t.deepEqual((await applied(cluster, bundle(1, [statefulSet('db', 'one')], policy))).problems, undefined)
  const before = await uids()
  t.deepEqual((await applied(cluster, bundle(2, [statefulSet('db', 'two')], policy))).problems, undefined)
  const around = await uids()
  t.not(around.set, before.set)
  t.is(around.pod, before.pod)
  t.deepEqual((await applied(cluster, bundle(3, [statefulSet('b', 'two')], policy))).problems, undefined)
  const moved = await uids()
  t.not(moved.set, around.set)
  t.not(moved.pod, around.pod)
})

test('scenario 29: what is invalid is not deleted, though policy would let it be made anew', async (t) => {
  const { cluster, bundle, request, deployments } = await scene('invalid')
  const policy = { recreate: ['Deployment.apps', 'Service'] }
  const service = (spec: JsonObject): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  })
  t.deepEqual(
    (await applied(cluster, bundle(1, [deployment('web'), service({})], policy))).problems,
    undefined,
  )
  const { uid } = (await request('GET', `${deployments}/web`)).body.metadata
  const moved = JSON.stringify(deployment('web')).replaceAll('"app":"web"', '"app":"b"')
  const broken = moved.replace('"image":', '"imagePullPolicy":"Sometimes","image":')
  const objects = [
    JSON.parse(broken) as KubeObject,
    service({ ports: [{ port: 80, nodePort: 80 }], type: 'NodePort' }),
  ]
  const { problems } = await applied(cluster, bundle(2, objects, policy))
  t.deepEqual(new Set(problems?.map(({ code }) => code)), new Set(['apply/invalid']))
  t.is((await request('GET', `${deployments}/web`)).body.metadata.uid, uid)
})

test('a Service whose cluster IP is changed is made anew by policy alone', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('cluster-ip')
  const path = `/api/v1/namespaces/${namespace}/services/web`
  const service = (clusterIP?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...(clusterIP !== undefined && { clusterIP }) },
  })
  t.deepEqual((await applied(cluster, bundle(1, [service()]))).problems, undefined)
  const { metadata, spec } = (await request('GET', path)).body
  const refused = await applied(cluster, bundle(2, [service('None')]))
  t.like(refused.problems, [{ code: 'apply/immutable-field' }])
  t.is((await request('GET', path)).body.metadata.uid, metadata.uid)
  t.deepEqual(
    (await applied(cluster, bundle(2, [service('None')], { recreate: ['Service'] }))).problems,
    undefined,
  )
  const after = (await request('GET', path)).body
  t.not(after.metadata.uid, metadata.uid)
  t.not(spec.clusterIP, 'None')
  t.is(after.spec.clusterIP, 'None')
})

test('a CRD whose scope is changed is told from an invalid one, and never made anew', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('crd')
  const group = `${namespace}.example.com`
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`
  t.teardown(() => request('DELETE', path))
  const crd = widgetCrd(group)
  t.deepEqual((await applied(cluster, bundle(1, [crd]))).problems, undefined)
  const moved = await applied(cluster, bundle(2, [withSpec(crd, { scope: 'Cluster' })]))
  t.like(moved.problems, [{ code: 'apply/immutable-field' }])
  t.regex(moved.problems?.[0]?.fix ?? '', /never deleted/)
  const names = { ...((crd['spec'] as JsonObject)['names'] as JsonObject), singular: 'Not A Name' }
  t.like((await applied(cluster, bundle(2, [withSpec(crd, { names })]))).problems, [
    { code: 'apply/invalid' },
  ])
  t.is((await request('GET', path)).body.spec.scope, 'Namespaced')
})

test('a claim is never made anew, whatever the policy says', async (t) => {
  const { cluster, bundle, namespace, request } = await scene('claim')
  const claim = (mode: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: [mode], resources: { requests: { storage: '1Gi' } } },
  })
  const policy = { recreate: ['PersistentVolumeClaim'] }
  await applied(cluster, bundle(1, [claim('ReadWriteOnce')], policy))
  const { problems } = await applied(cluster, bundle(2, [claim('ReadWriteMany')], policy))
  t.like(problems, [{ code: 'apply/immutable-field' }])
  t.regex(problems?.[0]?.fix ?? '', /never deleted/)
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`
  t.is((await request('GET', path)).body.metadata.deletionTimestamp, undefined)
})

test("fields that were owned in a version which is served no more stand in nobody's way", async (t) => {
  const { cluster, bundle, namespace, request } = await scene('version')
  const group = `${namespace}.example.com`
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`
  t.teardown(() => request('DELETE', path))
  const fields = { size: { type: 'integer' }, colour: { type: 'string' } }
  const crd = widgetCrd(group, fields)
  const spec = crd['spec'] as JsonObject
  const [v1] = spec['versions'] as JsonObject[]
  const both = {
    ...crd,
    spec: { ...spec, versions: [v1 as JsonObject, { ...v1, name: 'v1alpha1', storage: false }] },
  }
  await request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: both })
  const old = `/apis/${group}/v1alpha1/namespaces/${namespace}/widgets`
  while ((await request('GET', old)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100))
  const made = await request('POST', `${old}?fieldManager=helm`, {
    body: { ...widget(group, 'w', { size: 1, colour: 'red' }), apiVersion: `${group}/v1alpha1` },
  })
  t.is(made.status, 201, made.text)
  await request('PATCH', path, { body: { spec: { versions: [v1] } }, type: merge })
  while ((await request('GET', old)).status === 200) await new Promise((resolve) => setTimeout(resolve, 100))
  t.deepEqual((await applied(cluster, bundle(1, [widget(group, 'w', { size: 2 })]))).problems, undefined)
  const w = (await request('GET', `/apis/${group}/v1/namespaces/${namespace}/widgets/w`)).body
  t.deepEqual(w.spec, { size: 2 })
  t.true(
    (w.metadata.managedFields as Json[]).every((one) => isObject(one) && one['apiVersion'] === `${group}/v1`),
  )
})
