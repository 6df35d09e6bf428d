import test from 'ava'
import { labels, parentName, setIdOf } from '../../src/core/applyset.ts'
import { openCluster } from '../../src/system/cluster.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused } from '../../src/core/problem.ts'
import { isMutating, startProxy } from '../control-plane/proxy.ts'
import type { Fate, ProxiedRequest } from '../control-plane/proxy.ts'
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
import { webhookFor } from './webhook.ts'

/** A cluster by way of a proxy that does what networks and API servers do on a bad day. */
const badDay = async (purpose: string) => {
  const scene = await freshSet(purpose)
  const proxy = await startProxy(scene.controlPlane)
  const { namespace, set, release, request } = scene
  const cluster = async (patience: { first?: number; later?: number } = {}) => {
    const opened = await openCluster({ kubeconfig: proxy.kubeconfig, patience }, {})
    if (!opened.ok) throw new Refused([opened.problem])
    return opened.cluster
  }
  const group = `${namespace}.example.com`
  const objects = (word: string): KubeObject[] => [
    configMap('x', { word }),
    configMap('y', { word }),
    deployment('web', { word }),
    widgetCrd(group),
    widget(group, 'one'),
    job('once', { word }),
    job('hook', { annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade' } }),
  ]
  const selector = `labelSelector=${encodeURIComponent(`${labels.partOf}=${setIdOf(set)}`)}`
  const stateOf = async () => {
    const lists = [
      `/api/v1/namespaces/${namespace}/configmaps`,
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      `/apis/batch/v1/namespaces/${namespace}/jobs`,
      `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    ]
    const found = await Promise.all(lists.map((list) => request('GET', `${list}?${selector}`)))
    return found.flatMap((one) =>
      (one.body.items as KubeObject[]).map(
        (item) => `${item.metadata.name} ${JSON.stringify(item['data'] ?? '')}`,
      ),
    )
  }
  return {
    ...scene,
    proxy,
    clusterBy: cluster,
    stateOf,
    a: bundleOf(set, 1, [{ ...release, objects: [...objects('a'), configMap('gone')] }]),
    b: bundleOf(set, 2, [{ ...release, objects: objects('b') }]),
    end: async () => {
      await proxy.stop()
      await request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
    },
  }
}

const status = (code: number, reason: string, message: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message })

/** Each nth request has this fate. */
const each = (n: number, fate: Fate): ((request: ProxiedRequest) => Fate) => {
  let count = 0
  return () => (++count % n === 0 ? fate : 'pass')
}

const days: [title: string, fateOf: () => (request: ProxiedRequest) => Fate][] = [
  [
    'throttles every third request (429)',
    () =>
      each(3, {
        answer: {
          status: 429,
          headers: { 'retry-after': '0' },
          body: status(429, 'TooManyRequests', 'too many requests'),
        },
      }),
  ],
  ['loses every fourth connection before the request arrives', () => each(4, 'refuse')],
  ['loses every fourth connection before the answer is read', () => each(4, { swallow: () => undefined })],
  [
    'answers 503 to every fifth request, as a proxy whose server is away',
    () =>
      each(5, { answer: { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>503</h1>' } }),
  ],
  [
    'has no etcd leader for every fifth request (500)',
    () =>
      each(5, { answer: { status: 500, body: status(500, 'InternalError', 'etcdserver: leader changed') } }),
  ],
]

for (const [title, fateOf] of days)
  test(`on a day when the network ${title}, two bundles end as on a good one`, async (t) => {
    const { proxy, clusterBy, stateOf, a, b, end, request, namespace } = await badDay('chaos')
    const cluster = await clusterBy()
    proxy.meddle(fateOf())
    t.deepEqual((await applied(cluster, a)).problems, undefined)
    const hook = async (): Promise<string> =>
      (await request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/hook`)).body.metadata.uid as string
    const first = await hook()
    t.deepEqual((await applied(cluster, b)).problems, undefined)
    t.not(await hook(), first)
    t.deepEqual((await stateOf()).sort(), [
      'hook ""',
      'once ""',
      'one ""',
      'web ""',
      'x {"word":"b"}',
      'y {"word":"b"}',
    ])
    proxy.meddle(undefined)
    proxy.reset()
    t.deepEqual((await applied(cluster, b)).problems, undefined)
    t.deepEqual(
      proxy.mutating().filter((one) => !one.path.includes('/leases/')),
      [],
    )
    await end()
  })

test('an API server that is away for three seconds in the middle of a run is waited for', async (t) => {
  const { proxy, clusterBy, stateOf, a, end } = await badDay('restart')
  const cluster = await clusterBy()
  let back = 0
  let writes = 0
  proxy.meddle((request) => {
    if (isMutating(request) && ++writes === 5) back = Date.now() + 3000
    return Date.now() < back ? 'refuse' : 'pass'
  })
  t.deepEqual((await applied(cluster, a)).problems, undefined)
  t.true(back > 0)
  t.is((await stateOf()).length, 7)
  await end()
})

test('an API server that stays away is given up, named, and the next run goes on', async (t) => {
  const { proxy, clusterBy, stateOf, a, end, request, set } = await badDay('away')
  let writes = 0
  proxy.meddle((request) => {
    if (isMutating(request)) writes += 1
    return writes > 5 ? 'refuse' : 'pass'
  })
  const { problems } = await applied(await clusterBy({ later: 1500 }), a)
  t.true(problems?.some((one) => one.code === 'cluster/unreachable' && one.what.includes(proxy.url)))
  proxy.meddle(undefined)
  const locked = await applied(await clusterBy(), a)
  t.like(locked.problems, [{ code: 'apply/locked' }])
  t.regex(locked.problems?.[0]?.fix ?? '', /its lock ends by itself at/)
  await request('DELETE', `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/${parentName(set)}`)
  t.deepEqual((await applied(await clusterBy(), a)).problems, undefined)
  t.is((await stateOf()).length, 7)
  await end()
})

test('scenario 35: a webhook that is down for a while is waited for; one that stays down is named', async (t) => {
  const { clusterBy, controlPlane, namespace, set, release, request, end } = await badDay('webhook')
  const webhook = await webhookFor(controlPlane, namespace)
  const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
  const made = await request('POST', configurations, { body: webhook.configuration })
  t.is(made.status, 201, made.text)
  t.teardown(() => request('DELETE', `${configurations}/${webhook.configuration.metadata.name}`))
  const bundle = (sequence: number) =>
    bundleOf(set, sequence, [{ ...release, objects: [configMap('x', { sequence: `${sequence}` })] }])
  // The server takes up a new configuration a moment later.
  for (;;) {
    const probe = await request('POST', `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, {
      body: configMap('probe'),
    })
    if (probe.status === 500) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const cluster = await clusterBy({ later: 2000 })
  const planned = await plannedOnly(cluster, bundle(1))
  t.regex(JSON.stringify(planned.plan), /judge\.example\.com does not answer/)
  const { problems } = await applied(cluster, bundle(1))
  t.is(problems?.length, 1)
  t.regex(`${problems?.[0]?.what} ${problems?.[0]?.fix}`, /judge\.example\.com/)
  setTimeout(() => void webhook.up(), 3000)
  t.deepEqual((await applied(await clusterBy(), bundle(1))).problems, undefined)
  t.true(webhook.asked() > 0)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)).body.data.sequence, '1')
  await webhook.down()
  await end()
})
