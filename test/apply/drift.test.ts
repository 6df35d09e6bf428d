import { randomUUID } from 'node:crypto'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { execa } from 'execa'
import { correctSet, driftOfSet } from '../../src/control-plane/drift-pipeline.ts'
import type { Keeping } from '../../src/control-plane/lifecycle.ts'
import { usualLimits } from '../../src/control-plane/history/keep.ts'
import { rolesOfBundle } from '../../src/control-plane/pipeline.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { ObjectDrift, SetDrift } from '../../src/core/drift.ts'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused, bad, problem } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { RunReport } from '../../src/core/run-report.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import { applied, bundleOf, configMap, deployment, freshSet, open, widget, widgetCrd } from './set.ts'
import type { Sketch } from './set.ts'
import { rotate, supply, valuedBundle } from './valued.ts'

const merge = 'application/merge-patch+json'

/** A set of one's own, and what one does to it and asks of it. */
const scene = async (purpose: string) => {
  const given = await freshSet(purpose)
  const { namespace, cluster, request, set, release } = given
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
  const bundle = (sequence: number, objects: KubeObject[], more: Partial<Sketch> = {}): Wanted =>
    bundleOf(set, sequence, [{ ...release, objects, ...more }])
  const keepingOf = (wanted: Wanted[]): Keeping => ({
    limits: usualLimits,
    given: wanted.map((one) => ({ ...one, signedBy: [] })) as unknown as NonNullable<Keeping['given']>,
    reverify: () => bad([problem({ code: 'test/unasked', what: 'It is not kept.', fix: '' })]),
  })
  const warnings: Problem[] = []
  const system = {
    cluster,
    clock,
    maker,
    tell: (told: { tell: string; problem?: Problem }) => {
      if (told.tell === 'warning' && told.problem) warnings.push(told.problem)
    },
  }
  const drift = async (...wanted: Wanted[]): Promise<SetDrift> =>
    await driftOfSet({ set, keeping: keepingOf(wanted) }, system)
  const driftAs = async (through: Cluster, wanted: Wanted): Promise<SetDrift> =>
    await driftOfSet({ set, keeping: keepingOf([wanted]) }, { ...system, cluster: through })
  const reports: RunReport[] = []
  const correct = async (...wanted: Wanted[]): Promise<SetDrift> => await correctAs(cluster, ...wanted)
  const correctAs = async (through: Cluster, ...wanted: Wanted[]): Promise<SetDrift> =>
    await correctSet(
      {
        set,
        keeping: keepingOf(wanted),
        openRecord: async () => ({
          holder: `test-${randomUUID()}`,
          tooling: 'scout-apply/0.1.0',
          record: async (report: RunReport) => {
            reports.push(report)
          },
        }),
      },
      { ...system, cluster: through },
    )
  const get = async (path: string) => (await request('GET', path)).body
  const edit = async (path: string, body: JsonObject, by = 'kubectl-edit') => {
    const reply = await request('PATCH', `${path}?fieldManager=${by}`, { body, type: merge })
    if (reply.status !== 200) throw new Error(reply.text)
    return reply.body
  }
  return { ...given, configMaps, bundle, drift, driftAs, correct, correctAs, reports, get, edit, warnings }
}

const only = (t: ExecutionContext, { objects }: SetDrift): ObjectDrift => {
  t.is(objects.length, 1, JSON.stringify(objects, null, 2))
  return objects[0] as ObjectDrift
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

const shown = (value: Json) => ({ show: 'value', value })

test('what was applied and left alone has no drift, whatever others have added to it', async (t) => {
  const { cluster, bundle, drift, correct, edit, configMaps, reports } = await scene('drift-none')
  const wanted = bundle(1, [configMap('x'), configMap('y')])
  t.is((await applied(cluster, wanted)).problems, undefined)
  await edit(`${configMaps}/x`, { data: { theirs: '1' }, metadata: { labels: { theirs: '1' } } })
  const found = await drift(wanted)
  t.deepEqual([found.objects, found.notLookedAt, found.compared], [[], [], 3])
  t.false((await correct(wanted)).corrected)
  t.is(reports.length, 0)
})

test('a field that somebody has changed is told with the value that was applied, the live one, and who has it; --correct takes it back, once', async (t) => {
  const { cluster, bundle, drift, correct, edit, get, configMaps, reports } = await scene('drift-field')
  const wanted = bundle(1, [configMap('x', { a: '1', b: '1' }), configMap('y')])
  await applied(cluster, wanted)
  const before = await edit(`${configMaps}/x`, { data: { a: '2', theirs: '1', b: null } })
  const { fields, ...rest } = only(t, await drift(wanted))
  t.like(rest, {
    id: { kind: 'ConfigMap', name: 'x' },
    release: 'app',
    drift: 'changed',
    correction: 'puts back',
  })
  t.like(fields[0], {
    pointer: '/data/a',
    name: 'data.a',
    change: 'changed',
    before: shown('1'),
    after: shown('2'),
  })
  t.is(fields[0]?.by[0]?.manager, 'kubectl-edit')
  t.regex(fields[0]?.by[0]?.wrote ?? '', /^\d{4}-\d\d-\d\dT/)
  t.like(fields[1], { pointer: '/data/b', change: 'removed', before: shown('1') })
  t.is(fields.length, 2)
  t.is((await get(`${configMaps}/x`)).metadata.resourceVersion, before.metadata.resourceVersion)

  const y = await get(`${configMaps}/y`)
  t.true((await correct(wanted)).corrected)
  const after = await get(`${configMaps}/x`)
  t.deepEqual(after.data, { a: '1', b: '1', theirs: '1' })
  t.is(after.metadata.uid, before.metadata.uid)
  t.deepEqual(await get(`${configMaps}/y`), y)
  t.is(reports.length, 1)
  t.deepEqual((await drift(wanted)).objects, [])
  t.false((await correct(wanted)).corrected)
  t.is((await get(`${configMaps}/x`)).metadata.resourceVersion, after.metadata.resourceVersion)
  const again = await applied(cluster, wanted)
  t.true(
    again.plan?.waves
      .flat()
      .every(({ lines }) => lines.every(({ actions }) => actions.every((one) => one.do === 'skip'))),
  )
})

test('what is gone is made again; what lost our label, or is another object of that name, is told apart', async (t) => {
  const { cluster, bundle, drift, correct, edit, get, request, configMaps, namespace } =
    await scene('drift-gone')
  const wanted = bundle(
    1,
    ['gone', 'anew', 'free', 'theirs'].map((name) => configMap(name)),
  )
  await applied(cluster, wanted)
  const label = 'applyset.kubernetes.io/part-of'
  const id = (await get(`${configMaps}/free`)).metadata.labels[label]
  for (const name of ['gone', 'anew']) await request('DELETE', `${configMaps}/${name}`)
  await request('POST', `${configMaps}?fieldManager=kubectl-create`, {
    body: { ...configMap('anew', { a: 'other' }), metadata: { name: 'anew', labels: { [label]: id } } },
  })
  const free = await edit(`${configMaps}/free`, { metadata: { labels: { [label]: null } } })
  await edit(`${configMaps}/theirs`, { metadata: { labels: { [label]: 'applyset-other-v1' } } })
  const { objects } = await drift(wanted)
  t.deepEqual(
    objects.map((one) => [one.id.name, one.drift, one.correction]),
    [
      ['anew', 'made anew', 'leaves'],
      ['free', 'disowned', 'puts back'],
      ['gone', 'gone', 'puts back'],
      ['theirs', 'disowned', 'leaves'],
    ],
  )
  t.regex(objects[0]?.because ?? '', /kubectl-create set \.data\.a/)
  t.regex(objects[3]?.why ?? '', /label of another set \(applyset-other-v1\)/)
  t.true((await correct(wanted)).corrected)
  t.is((await get(`${configMaps}/free`)).metadata.labels[label], id)
  t.is((await get(`${configMaps}/free`)).metadata.uid, free.metadata.uid)
  t.deepEqual((await get(`${configMaps}/gone`)).data, { a: '1' })
  t.deepEqual((await get(`${configMaps}/anew`)).data, { a: 'other' })
  t.is((await get(`${configMaps}/theirs`)).metadata.labels[label], 'applyset-other-v1')
  t.is((await drift(wanted)).objects.length, 2)
  t.truthy(namespace)
})

test('values of a Secret are told by no drift, neither that of before nor that of now; and are put back', async (t) => {
  const { cluster, bundle, drift, correct, edit, get, namespace } = await scene('drift-secret')
  const secrets = `/api/v1/namespaces/${namespace}/secrets`
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key' },
    stringData: { password: 'correct-horse-battery' },
  }
  const wanted = bundle(1, [secret])
  await applied(cluster, wanted)
  t.deepEqual((await drift(wanted)).objects, [])
  await edit(`${secrets}/key`, { stringData: { password: 'wrong-horse-battery' } })
  const found = await drift(wanted)
  t.like(only(t, found).fields[0], { pointer: '/data/password', change: 'hidden', how: 'changed' })
  const text = JSON.stringify(found)
  for (const value of ['correct-horse-battery', 'wrong-horse-battery'])
    for (const form of [value, Buffer.from(value).toString('base64')]) t.false(text.includes(form))
  t.true((await correct(wanted)).corrected)
  const now = Buffer.from((await get(`${secrets}/key`)).data.password, 'base64').toString()
  t.is(now, 'correct-horse-battery')
})

test('what an autoscaler has set is no drift and is left alone, also while other fields are put back', async (t) => {
  const { cluster, bundle, drift, correct, edit, get, namespace } = await scene('drift-scaled')
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
  const wanted = bundle(1, [deployment('web')])
  t.is((await applied(cluster, wanted)).problems, undefined)
  await edit(`${path}/scale`, { spec: { replicas: 3 } }, 'kube-controller-manager')
  t.deepEqual((await drift(wanted)).objects, [])
  await edit(path, {
    metadata: { annotations: {} },
    spec: { minReadySeconds: 1, template: { metadata: { annotations: null } } },
  })
  t.deepEqual((await drift(wanted)).objects, [])
  const template = { spec: { containers: [{ name: 'app', image: 'registry.example/app:2' }] } }
  await edit(path, { spec: { template } })
  const { fields } = only(t, await drift(wanted))
  t.deepEqual(
    fields.map(({ pointer }) => pointer),
    ['/spec/template/spec/containers/0/image'],
  )
  t.true((await correct(wanted)).corrected)
  const now = await get(path)
  t.is(now.spec.replicas, 3)
  t.is(now.spec.minReadySeconds, 1)
  t.is(now.spec.template.spec.containers[0].image, 'registry.example/app:1')
})

test('fields that a release leaves to others are no drift', async (t) => {
  const { cluster, bundle, drift, edit, configMaps } = await scene('drift-ignored')
  const ignore = [{ kind: 'ConfigMap', name: 'x', fields: ['/data/theirs'] }]
  const wanted = bundle(1, [configMap('x', { a: '1', theirs: '1' })], { policy: { ignore } })
  await applied(cluster, wanted)
  await edit(`${configMaps}/x`, { data: { theirs: '2' } })
  t.deepEqual((await drift(wanted)).objects, [])
})

test('releases from two bundles are each compared with their own', async (t) => {
  const { cluster, set, namespace, drift, correct, edit, get, configMaps } = await scene('drift-apart')
  const of = (sequence: number) =>
    bundleOf(
      set,
      sequence,
      ['a', 'b'].map((name) => ({ name, namespace, objects: [configMap(name, { n: `${sequence}` })] })),
    )
  const [first, second] = [of(1), of(2)]
  await applied(cluster, first)
  const { applyBundle } = await import('../../src/control-plane/pipeline.ts')
  await applyBundle(
    second,
    {
      consent: { prune: new Set(), downgrade: false, empty: false },
      only: ['b'],
      holder: randomUUID(),
      tooling: 'scout-apply/0.1.0',
    },
    { cluster, clock, maker, tell: () => {} },
  )
  t.deepEqual((await drift(first, second)).objects, [])
  for (const name of ['a', 'b']) await edit(`${configMaps}/${name}`, { data: { n: 'edited' } })
  const { objects, bundles } = await drift(first, second)
  t.deepEqual(
    objects.map(({ id, fields }) => [id.name, (fields[0] as { before?: unknown }).before]),
    [
      ['a', shown('1')],
      ['b', shown('2')],
    ],
  )
  t.deepEqual(
    bundles.map(({ version, releases }) => [version, releases]),
    [
      ['1.0.1', ['a']],
      ['1.0.2', ['b']],
    ],
  )
  t.true((await correct(first, second)).corrected)
  t.deepEqual((await get(`${configMaps}/a`)).data, { n: '1' })
  t.deepEqual((await get(`${configMaps}/b`)).data, { n: '2' })
  t.deepEqual((await drift(first, second)).bundles, bundles)
})

test('a custom resource whose CRD somebody has deleted is gone, and comes back with it', async (t) => {
  const { cluster, bundle, drift, correct, request, namespace } = await scene('drift-crd')
  const group = `${namespace}.example`
  const wanted = bundle(1, [widgetCrd(group, { size: { type: 'integer' } }), widget(group, 'w', { size: 1 })])
  t.is((await applied(cluster, wanted)).problems, undefined)
  await request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
  while ((await request('GET', `/apis/${group}/v1`)).status !== 404) await clock.sleep(50)
  const { objects } = await drift(wanted)
  t.deepEqual(
    objects.map((one) => [one.id.kind, one.drift]),
    [
      ['CustomResourceDefinition', 'gone'],
      ['Widget', 'gone'],
    ],
  )
  t.true((await correct(wanted)).corrected)
  t.deepEqual((await drift(wanted)).objects, [])
})

test('a Deployment that somebody has made anew with another selector is told, and left: the server would refuse it', async (t) => {
  const { cluster, bundle, drift, correct, request, namespace, edit, get, configMaps } =
    await scene('drift-selector')
  const wanted = bundle(1, [deployment('web'), configMap('x')])
  await applied(cluster, wanted)
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const label = (await get(`${path}/web`)).metadata.labels
  await request('DELETE', `${path}/web?propagationPolicy=Background`)
  while ((await request('GET', `${path}/web`)).status !== 404) await clock.sleep(50)
  const other = deployment('other')
  const made = await request('POST', `${path}?fieldManager=kubectl-create`, {
    body: { ...other, metadata: { name: 'web', labels: label } },
  })
  t.is(made.status, 201)
  await edit(`${configMaps}/x`, { data: { a: '2' } })
  const { objects } = await drift(wanted)
  t.deepEqual(
    objects.map(({ id, drift, correction }) => [id.name, drift, correction]),
    [
      ['x', 'changed', 'puts back'],
      ['web', 'made anew', 'leaves'],
    ],
  )
  t.true((await correct(wanted)).corrected)
  t.is((await get(`${path}/web`)).metadata.uid, made.body.metadata.uid)
  t.is((await get(`${configMaps}/x`)).data.a, '1')
})

test('drift is not told of what was never applied, and nothing is put back of a run that was cut short or from another bundle', async (t) => {
  const { cluster, bundle, drift, correct, set, edit, configMaps, namespace, request } =
    await scene('drift-refused')
  const wanted = bundle(1, [configMap('x')])
  t.like((await problemsOf(drift(wanted)))[0], { code: 'drift/nothing-applied' })
  await applied(cluster, wanted)
  const other = bundle(2, [configMap('x', { a: '2' })])
  t.like((await problemsOf(drift(other)))[0], { code: 'drift/other-bundle', fault: 'usage' })
  await request('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, {
    body: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { 'count/secrets': '0' } },
    },
  })
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { a: 'b' },
  }
  const failing = bundle(3, [configMap('x'), secret])
  await edit(`${configMaps}/x`, { data: { a: 'edited' } }, 'helm')
  while ((await applied(cluster, failing)).problems === undefined) await clock.sleep(50)
  await edit(`${configMaps}/x`, { data: { a: 'edited' } })
  t.is((await drift(failing)).objects[0]?.correction, 'leaves')
  t.false((await correct(failing)).corrected)
  t.truthy(set)
})

test('what holds site values has not drifted by that; an edit of one tells no value, and it is put back as it was', async (t) => {
  const { cluster, set, namespace, drift, correct, edit, get, configMaps } = await scene('drift-valued')
  const wanted = valuedBundle(set, namespace)
  await supply(cluster, wanted, { 'app/smtp': 'smtp-secret-1' })
  t.is((await applied(cluster, wanted)).problems, undefined)
  const secrets = `/api/v1/namespaces/${namespace}/secrets`
  const before = await get(`${secrets}/web`)
  const settings = await get(`${configMaps}/settings`)
  t.deepEqual(await drift(wanted), { ...(await drift(wanted)), objects: [], notLookedAt: [], compared: 8 })

  await edit(`${secrets}/web`, { stringData: { password: 'edited-by-hand' } })
  await edit(`${configMaps}/settings`, { data: { 'app.yaml': 'a: 2\nmail: smtp-secret-1\n' } })
  const found = await drift(wanted)
  t.deepEqual(
    found.objects.map(({ id, fields }) => [
      id.name,
      fields.map(({ pointer, change }) => `${pointer} ${change}`),
    ]),
    [
      ['settings', ['/data/app.yaml hidden']],
      ['web', ['/data/password hidden']],
    ],
  )
  const password = Buffer.from(before.data.password, 'base64').toString()
  const text = JSON.stringify(found)
  for (const value of ['smtp-secret-1', 'edited-by-hand', password])
    for (const form of [value, Buffer.from(value).toString('base64')]) t.false(text.includes(form))
  t.true((await correct(wanted)).corrected)
  t.deepEqual((await get(`${secrets}/web`)).data, before.data)
  t.deepEqual((await get(`${configMaps}/settings`)).data, settings.data)
  t.deepEqual((await drift(wanted)).objects, [])

  await rotate(cluster, wanted, 'app/admin')
  const { objects, notLookedAt } = await drift(wanted)
  t.deepEqual(objects, [])
  t.deepEqual(notLookedAt.map(({ id }) => `${id.kind} ${id.name}`).sort(), ['Deployment web', 'Secret web'])
})

test('the roles of rbac are enough to look for drift and to correct it', async (t) => {
  const { cluster, controlPlane, bundle, driftAs, correctAs, edit, configMaps, request, set } =
    await scene('drift-rbac')
  const wanted = bundle(1, [configMap('x'), deployment('web')])
  t.is((await applied(cluster, wanted)).problems, undefined)
  const user = `drift-${randomUUID().slice(0, 8)}`
  const roles = await rolesOfBundle(wanted, { kind: 'User', name: user }, { cluster, tell: () => {} })
  await execa(
    controlPlane.kubectl,
    ['--kubeconfig', controlPlane.kubeconfig, 'apply', '--server-side', '-f', '-'],
    { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: roles }) },
  )
  t.teardown(async () => {
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await request(
        'DELETE',
        `/apis/rbac.authorization.k8s.io/v1/${kind}/${encodeURIComponent(`scout-apply:${set}`)}`,
      )
  })
  const limited = await open(await controlPlane.userKubeconfig(user))
  await edit(`${configMaps}/x`, { data: { a: '2' } })
  t.is((await driftAs(limited, wanted)).objects.length, 1)
  t.true((await correctAs(limited, wanted)).corrected)
  t.is((await driftAs(limited, wanted)).objects.length, 0)
})
