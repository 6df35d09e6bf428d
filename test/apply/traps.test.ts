import test from 'ava'
import { labels, setIdOf } from '../../src/core/applyset.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { dyingAt, finished } from './dying.ts'
import {
  applied,
  bundleOf,
  configMap,
  deployment,
  freshSet,
  job,
  plannedOnly,
  widget,
  widgetCrd,
} from './set.ts'

const merge = 'application/merge-patch+json'

/** Runs with more and more writes before death, until the claim holds at every one of them. */
const atEveryDeath = async (
  purpose: string,
  scene: (
    set: Awaited<ReturnType<typeof freshSet>>,
    mortal: (cluster: Cluster) => Cluster,
    writes: number,
  ) => Promise<boolean>,
): Promise<void> => {
  for (let writes = 0; writes < 12; writes++) {
    const set = await freshSet(purpose)
    if (await scene(set, (cluster) => dyingAt(cluster, writes).cluster, writes)) return
  }
  throw new Error('it never lived')
}

test('an object that was deleted by others and made again by a killed run is no orphan', async (t) => {
  await atEveryDeath('again', async ({ request, namespace, set, cluster, release }, mortal, writes) => {
    const a = bundleOf(set, 1, [{ ...release, objects: [configMap('x'), configMap('y')] }])
    await applied(cluster, a)
    const path = `/api/v1/namespaces/${namespace}/configmaps/y`
    await request('DELETE', path)
    const lived = await finished(() => applied(mortal(cluster), a))
    const b = bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }])
    t.deepEqual((await applied(cluster, b)).problems, undefined)
    t.is((await request('GET', path)).status, 404, `killed at write ${writes}`)
    return lived
  })
})

test('a Job or a hook that a killed run has made anew is no orphan', async (t) => {
  await atEveryDeath('anew', async ({ request, namespace, set, cluster, release }, mortal, writes) => {
    const hook = (word: string): KubeObject =>
      job('hook', { word, annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade' } })
    const bundle = (sequence: number, word: string) =>
      bundleOf(set, sequence, [{ ...release, objects: [configMap('x'), job('run', { word }), hook(word)] }])
    t.deepEqual((await applied(cluster, bundle(1, 'one'))).problems, undefined)
    const lived = await finished(() => applied(mortal(cluster), bundle(2, 'two')))
    const last = bundleOf(set, 3, [{ ...release, objects: [configMap('x')] }])
    t.deepEqual((await applied(cluster, last)).problems, undefined)
    const jobs = await request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)
    t.deepEqual(
      (jobs.body.items as KubeObject[]).map((one) => one.metadata.name),
      [],
      `killed at write ${writes}`,
    )
    return lived
  })
})

test('a Namespace that takes long to go stays in the inventory until it is gone', async (t) => {
  const { request, set, cluster } = await freshSet('terminating')
  const namespace = `${set}-own`
  const held: KubeObject = {
    ...configMap('held'),
    metadata: { name: 'held', finalizers: ['test.scout/held'] },
  }
  await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]))
  // Somebody else's, with a finalizer: the Namespace cannot go.
  await request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body: held })
  await request('DELETE', `/api/v1/namespaces/${namespace}`)
  const empty = bundleOf(set, 2, [])
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 3000)
  const consents = { empty: true, prune: ['Namespace'] as const }
  const stopped = await applied(cluster, empty, {
    ...consents,
    prune: ['Namespace'],
    signal: controller.signal,
  })
  t.like(stopped.problems, [{ code: 'apply/stopped' }])
  await request('PATCH', `/api/v1/namespaces/${namespace}/configmaps/held`, {
    body: { metadata: { finalizers: null } },
    type: merge,
  })
  const last = await applied(cluster, empty, { ...consents, prune: ['Namespace'] })
  t.deepEqual(last.problems, undefined)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}`)).status, 404)
})

test('a kind that its CRD does not serve at the moment is not taken for gone', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('unserved')
  const group = `${namespace}.example.com`
  // Served in a version that is no longer: the objects are stored all the same.
  await request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetCrd(group) })
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`
  t.teardown(() => request('DELETE', crd))
  const discovered = async (served: boolean): Promise<void> => {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const found = await cluster.discover()
      if (found.ok && found.value.kinds.some((one) => one.group === group) === served) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('discovery never changed')
  }
  const serve = async (served: boolean): Promise<void> => {
    await request('PATCH', crd, {
      body: [{ op: 'replace', path: '/spec/versions/0/served', value: served }],
      type: 'application/json-patch+json',
    })
    await discovered(served)
  }
  await discovered(true)
  const objects = [configMap('x'), widget(group, 'one')]
  t.deepEqual((await applied(cluster, bundleOf(set, 1, [{ ...release, objects }]))).problems, undefined)
  await serve(false)
  const next = bundleOf(set, 2, [{ ...release, objects: [configMap('x')] }])
  const blind = await applied(cluster, next)
  t.deepEqual(blind.problems, undefined)
  t.like(blind.plan?.kept, [{ do: 'keep', id: { kind: 'Widget' } }])
  await serve(true)
  t.deepEqual((await applied(cluster, next)).problems, undefined)
  t.is((await request('GET', `/apis/${group}/v1/namespaces/${namespace}/widgets/one`)).status, 404)
})

for (const [claim, content] of [
  ['a number where text must be', { stringData: { pin: 71239845 } }],
  ['no base64', { data: { pin: '!hunter2-71239845!' } }],
  ['an unknown field', { stringDate: { pin: 'hunter2-71239845' } }],
  [
    'a broken registry login',
    { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'hunter2-71239845' } },
  ],
  ['a key that is none', { stringData: { 'pin code': 'hunter2-71239845' } }],
] as [string, object][])
  test(`a Secret with ${claim} is refused without a word of its values`, async (t) => {
    const { set, cluster, release } = await freshSet('secret')
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...content } as KubeObject
    const bundle = bundleOf(set, 1, [{ ...release, objects: [secret] }])
    for (const run of [plannedOnly, applied]) {
      const { problems } = await run(cluster, bundle)
      t.regex(problems?.[0]?.what ?? '', /Secret .*\/s/)
      t.log(problems?.[0]?.what)
      t.notRegex(JSON.stringify(problems), /71239845|NzEyMzk4NDU/)
    }
  })

/** The real cluster, where something happens just before the lock is taken. */
const beforeTheLock = (cluster: Cluster, happen: () => Promise<unknown>): Cluster => {
  let happened = false
  const first = async (plural: string): Promise<void> => {
    if (plural !== 'leases' || happened) return
    happened = true
    await happen()
  }
  return {
    ...cluster,
    get: async (address) => {
      await first(address.kind.plural)
      return await cluster.get(address)
    },
  }
}

test('a plan that was made before another run took its turn is not carried out', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('stale')
  const hook = job('migrate', {
    annotations: { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-delete-policy': 'hook-succeeded' },
  })
  const bundle = bundleOf(set, 1, [
    { ...release, timeoutSeconds: 3, objects: [hook, job('stuck', { fate: 'pending' })] },
  ])
  // Leaves an inventory that a resumed run would write in the same words.
  t.false(await finished(() => applied(dyingAt(cluster, 1).cluster, bundle)))
  let made = 0
  const counting: Cluster = {
    ...cluster,
    create: async (address, object, options) => {
      if (address.kind.plural === 'jobs' && address.name === 'migrate' && !options.dryRun) made++
      return await cluster.create(address, object, options)
    },
  }
  const late = await applied(
    beforeTheLock(counting, () => applied(counting, bundle)),
    bundle,
  )
  t.is(made, 1)
  t.like(late.problems, [{ code: 'apply/inventory-moved' }])
  t.is((await request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/migrate`)).status, 404)
})

const installed = (name: string, event: string): KubeObject =>
  job(name, { annotations: { 'helm.sh/hook': event } })

test('a release that went and comes back is installed again, with its hooks', async (t) => {
  const { namespace, set, cluster } = await freshSet('back')
  const one = { name: 'one', namespace, objects: [configMap('one'), installed('setup', 'pre-install')] }
  const two = { name: 'two', namespace, objects: [configMap('two')] }
  for (const bundle of [bundleOf(set, 1, [one, two]), bundleOf(set, 2, [two])])
    t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const back = await applied(cluster, bundleOf(set, 3, [one, two]))
  t.deepEqual(back.problems, undefined)
  t.like(back.plan?.waves[0], [{ mode: 'install', changed: true, before: [{ id: { name: 'setup' } }] }])
})

test('going back from an upgrade that failed half-way is an upgrade, with its hooks', async (t) => {
  const { set, cluster, release } = await freshSet('half')
  const a = (sequence: number) =>
    bundleOf(set, sequence, [{ ...release, objects: [configMap('x'), installed('migrate', 'pre-upgrade')] }])
  t.deepEqual((await applied(cluster, a(1))).problems, undefined)
  const b = bundleOf(set, 2, [
    {
      ...release,
      timeoutSeconds: 3,
      objects: [installed('migrate', 'pre-upgrade'), deployment('x', { 'test.scout/fate': 'pending' })],
    },
  ])
  t.like((await applied(cluster, b)).problems, [{ code: 'apply/not-ready' }])
  const back = await applied(cluster, a(3))
  t.deepEqual(back.problems, undefined)
  t.like(back.plan?.waves[0], [{ mode: 'upgrade', changed: true, before: [{ id: { name: 'migrate' } }] }])
})

test('a Deployment that had missed its deadline can be rolled back', async (t) => {
  const { set, cluster, release } = await freshSet('deadline')
  const web = (fate?: string): KubeObject => {
    const made = deployment('web', fate === undefined ? {} : { 'test.scout/fate': fate })
    return { ...made, spec: { ...(made['spec'] as object), progressDeadlineSeconds: 2 } } as KubeObject
  }
  const bundle = (sequence: number, fate?: string) =>
    bundleOf(set, sequence, [{ ...release, objects: [web(fate)] }])
  t.deepEqual((await applied(cluster, bundle(1))).problems, undefined)
  t.like((await applied(cluster, bundle(2, 'unready'))).problems, [{ code: 'apply/failed' }])
  t.deepEqual((await applied(cluster, bundle(3))).problems, undefined)
})

test('a Job that is gone as soon as it is complete has succeeded; one that failed has not', async (t) => {
  const { set, cluster, release } = await freshSet('ttl')
  const objects = (fate?: string): KubeObject[] => [
    configMap('x'),
    job('brief', { spec: { ttlSecondsAfterFinished: 0 }, ...(fate !== undefined && { fate }) }),
  ]
  const first = await applied(
    cluster,
    bundleOf(set, 1, [{ ...release, timeoutSeconds: 20, objects: objects() }]),
  )
  t.deepEqual(first.problems, undefined)
  const second = await applied(
    cluster,
    bundleOf(set, 2, [{ ...release, timeoutSeconds: 20, objects: objects('crash') }]),
  )
  t.like(second.problems, [{ code: 'apply/failed' }])
})

test('a quota, a Namespace and what they govern come up in one bundle', async (t) => {
  const { set, cluster } = await freshSet('quota')
  const namespace = `${set}-new`
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard: { configmaps: '50', pods: '9' } },
  }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bare', annotations: { 'helm.sh/hook': 'pre-install' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] },
  }
  const objects = [quota, pod, ...Array.from({ length: 10 }, (_, at) => configMap(`c-${at}`))] as KubeObject[]
  const { problems } = await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects }]))
  t.deepEqual(problems, undefined)
})

test('a custom resource may use a field that its CRD has just got', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('field')
  const group = `${namespace}.example.com`
  t.teardown(() =>
    request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`),
  )
  const fields = (many: number) =>
    Object.fromEntries(Array.from({ length: many }, (_, at) => [`f${at}`, { type: 'string' }]))
  for (let many = 1; many < 6; many++) {
    const spec = { [`f${many - 1}`]: 'x' }
    const objects = [
      widgetCrd(group, fields(many)),
      ...['a', 'b', 'c'].map((name) => widget(group, name, spec)),
    ]
    const { problems } = await applied(cluster, bundleOf(set, many, [{ ...release, objects }]))
    t.deepEqual(problems, undefined, `with ${many} fields`)
  }
})

test('a dry run does not hold a custom resource against a CRD that the same bundle changes', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('field-dry')
  const group = `${namespace}.example.com`
  t.teardown(() =>
    request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`),
  )
  const bundle = (sequence: number, fields: JsonObject, spec: JsonObject) =>
    bundleOf(set, sequence, [{ ...release, objects: [widgetCrd(group, fields), widget(group, 'a', spec)] }])
  const text = { type: 'string' }
  await applied(cluster, bundle(1, { old: text }, { old: 'x' }))
  const { problems } = await plannedOnly(cluster, bundle(2, { old: text, young: text }, { young: 'x' }))
  t.deepEqual(problems, undefined)
})

test('a dry run tells of a forbidden change as the apply would, and takes a changed Job for what it is', async (t) => {
  const { set, cluster, release } = await freshSet('dry-change')
  await applied(cluster, bundleOf(set, 1, [{ ...release, objects: [job('run'), deployment('web')] }]))
  const changedJob = bundleOf(set, 2, [
    { ...release, objects: [job('run', { word: 'other' }), deployment('web')] },
  ])
  t.deepEqual((await plannedOnly(cluster, changedJob)).problems, undefined)
  const moved = JSON.parse(
    JSON.stringify(deployment('web')).replaceAll('"app":"web"', '"app":"other"'),
  ) as KubeObject
  const forbidden = bundleOf(set, 2, [{ ...release, objects: [job('run'), moved] }])
  t.like((await plannedOnly(cluster, forbidden)).problems, [{ code: 'apply/immutable-field' }])
})

test('an object in the wrong scope is refused before anything is written', async (t) => {
  const { namespace, set, cluster, release } = await freshSet('scope')
  const role: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `${set}-role`, namespace },
    rules: [],
  }
  const { problems } = await applied(
    cluster,
    bundleOf(set, 1, [{ ...release, objects: [configMap('x'), role] }]),
  )
  t.like(problems, [{ code: 'plan/wrong-scope', fault: 'input' }])
})

test('a Job that somebody else has made anew, or that is to be kept, is not deleted for a changed template', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('job')
  const bundle = (sequence: number, word: string) =>
    bundleOf(set, sequence, [{ ...release, objects: [job('theirs', { word }), job('kept', { word })] }])
  t.deepEqual((await applied(cluster, bundle(1, 'one'))).problems, undefined)
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
  await request('PATCH', `${path}/kept`, {
    body: { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } },
    type: merge,
  })
  await request('DELETE', `${path}/theirs?propagationPolicy=Background`)
  const theirs = job('theirs', { word: 'mine' })
  const labelled = {
    ...theirs,
    metadata: { name: 'theirs', namespace, labels: { [labels.partOf]: setIdOf(set) } },
  }
  let made = await request('POST', `${path}?fieldManager=helm`, { body: labelled })
  for (; made.status === 409; made = await request('POST', `${path}?fieldManager=helm`, { body: labelled }))
    await new Promise((resolve) => setTimeout(resolve, 200))
  t.is(made.status, 201, made.text)
  const kept = await request('GET', `${path}/kept`)
  const second = await applied(cluster, bundle(2, 'two'))
  t.deepEqual(
    second.problems?.map((one) => one.code),
    ['apply/immutable-field', 'apply/immutable-field'],
  )
  t.is((await request('GET', `${path}/theirs`)).body.metadata.uid, made.body.metadata.uid)
  t.is((await request('GET', `${path}/kept`)).body.metadata.uid, kept.body.metadata.uid)
})

test('what is being deleted while it is wanted is waited for, and made again', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('deleting')
  const held: KubeObject = {
    ...configMap('held'),
    metadata: { name: 'held', finalizers: ['test.scout/held'] },
  }
  const bundle = bundleOf(set, 1, [{ ...release, objects: [held] }])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const path = `/api/v1/namespaces/${namespace}/configmaps/held`
  const { uid } = (await request('GET', path)).body.metadata
  await request('DELETE', path)
  setTimeout(
    () => void request('PATCH', path, { body: { metadata: { finalizers: null } }, type: merge }),
    1500,
  )
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const live = (await request('GET', path)).body.metadata
  t.not(live.uid, uid)
  t.is(live.deletionTimestamp, undefined)
})

test('a Namespace that is being deleted while it is wanted is waited for, and made again with all in it', async (t) => {
  const { request, set, cluster } = await freshSet('ns-deleting')
  const namespace = `${set}-own`
  const bundle = bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  await request('DELETE', `/api/v1/namespaces/${namespace}`)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)).status, 200)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}`)).body.status.phase, 'Active')
})

/** The real cluster, whose answers to the first writes of a kind are lost: the client sends them again, as after a reset connection. */
const losingAnswers = (cluster: Cluster, plural: string): Cluster => ({
  ...cluster,
  create: async (address, ...rest) => {
    const first = await cluster.create(address, ...rest)
    return address.kind.plural === plural ? await cluster.create(address, ...rest) : first
  },
  update: async (address, ...rest) => {
    const first = await cluster.update(address, ...rest)
    return address.kind.plural === plural ? await cluster.update(address, ...rest) : first
  },
})

for (const plural of ['leases', 'secrets', 'jobs'])
  test(`a write of ${plural} whose answer was lost is recognized as our own`, async (t) => {
    const { set, cluster, release } = await freshSet('lost')
    const hook = installed('hook', 'pre-install')
    const bundle = bundleOf(set, 1, [{ ...release, objects: [configMap('x'), hook] }])
    t.deepEqual((await applied(losingAnswers(cluster, plural), bundle)).problems, undefined)
    t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  })

test('a lock is taken over only from a run that has stopped renewing it, whatever its clock says', async (t) => {
  const { request, set, cluster, release } = await freshSet('clocks')
  const bundle = bundleOf(set, 1, [{ ...release, objects: [configMap('x')] }])
  await applied(cluster, bundle)
  const path = `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/scout-${set}`
  const hold = (time: number) =>
    request('PATCH', path, {
      body: {
        spec: {
          holderIdentity: 'alice',
          leaseDurationSeconds: 30,
          renewTime: new Date(time).toISOString().replace('Z', '000Z'),
        },
      },
      type: merge,
    })
  // A clock that is an hour behind, of a run that lives.
  await hold(Date.now() - 3_600_000)
  const renewing = setInterval(() => void hold(Date.now() - 3_600_000), 2000)
  t.teardown(() => clearInterval(renewing))
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/locked' }])
  clearInterval(renewing)
  await new Promise((resolve) => setTimeout(resolve, 300))
  // A clock that was a year ahead, of a run that was killed.
  await hold(Date.now() + 365 * 86_400_000)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
})

test('a value of stringData that was changed is put right, and a key that is gone from it goes', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('string-data')
  const secret = (stringData: JsonObject): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { raw: 'AAE=' },
    stringData,
  })
  const path = `/api/v1/namespaces/${namespace}/secrets/s`
  const stored = async () => (await request('GET', path)).body.data
  const first = bundleOf(set, 1, [{ ...release, objects: [secret({ pin: 'one', old: 'x' })] }])
  t.deepEqual((await applied(cluster, first)).problems, undefined)
  await request('PATCH', `${path}?fieldManager=kubectl-client-side-apply`, {
    body: { data: { pin: 'dHdv' } },
    type: merge,
  })
  t.deepEqual((await applied(cluster, first)).problems, undefined)
  t.deepEqual(await stored(), { raw: 'AAE=', pin: 'b25l', old: 'eA==' })
  const second = bundleOf(set, 2, [{ ...release, objects: [secret({ pin: 'one' })] }])
  t.deepEqual((await applied(cluster, second)).problems, undefined)
  t.deepEqual(await stored(), { raw: 'AAE=', pin: 'b25l' })
})

test('a change of an immutable Secret is refused without its values, by a dry run as well', async (t) => {
  const { set, cluster, release } = await freshSet('immutable-secret')
  const bundle = (sequence: number, pin: string) =>
    bundleOf(set, sequence, [
      {
        ...release,
        objects: [
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, immutable: true, stringData: { pin } },
        ],
      },
    ])
  t.deepEqual((await applied(cluster, bundle(1, 'hunter2'))).problems, undefined)
  for (const run of [plannedOnly, applied]) {
    const { problems } = await run(cluster, bundle(2, 'hunter3'))
    t.like(problems, [{ code: 'apply/immutable-field' }])
    t.notRegex(JSON.stringify(problems), /hunter|aHVudGVy/)
  }
})

test('an object that moves to another API group is not deleted under its old one', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('group')
  const subject = { kind: 'Pod', name: 'x', namespace }
  const common = {
    metadata: { name: 'e' },
    reason: 'R',
    type: 'Normal',
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingInstance: 'i',
    action: 'A',
  }
  const old = {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: subject,
    message: 'm',
    reportingComponent: 'a.example/b',
  }
  const later = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    regarding: subject,
    note: 'm',
    reportingController: 'a.example/b',
  }
  const bundle = (sequence: number, event: object) =>
    bundleOf(set, sequence, [{ ...release, objects: [{ ...event, ...common } as unknown as KubeObject] }])
  t.deepEqual((await applied(cluster, bundle(1, old))).problems, undefined)
  const path = `/api/v1/namespaces/${namespace}/events/e`
  const { uid } = (await request('GET', path)).body.metadata
  const moved = await applied(cluster, bundle(2, later))
  t.deepEqual(moved.problems, undefined)
  t.deepEqual(moved.plan?.prune, [])
  t.is((await request('GET', path)).body.metadata.uid, uid)
})

test('one kind in two versions is read in both, and nothing of it is sent again', async (t) => {
  const { set, cluster, release } = await freshSet('versions')
  const scaler = (version: string, name: string, spec: JsonObject): KubeObject => ({
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
      ...spec,
    },
  })
  const target = { type: 'Utilization', averageUtilization: 60 }
  const objects = [
    scaler('v1', 'a', { targetCPUUtilizationPercentage: 50 }),
    scaler('v2', 'b', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }),
  ]
  const bundle = bundleOf(set, 1, [{ ...release, objects }])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  for (let again = 0; again < 3; again++) {
    const { plan } = await applied(cluster, bundle)
    t.deepEqual(
      plan?.waves.flat()[0]?.lines.flatMap((line) => line.actions.map((one) => one.do)),
      ['skip', 'skip'],
    )
  }
})
