import test from 'ava'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { Told } from '../../src/core/stepper.ts'
import { statusOf } from '../../src/control-plane/pipeline.ts'
import { paintIn } from '../../src/report/paint.ts'
import { eventProgress } from '../../src/report/progress/events.ts'
import { describeStatus } from '../../src/report/status.ts'
import { statuses } from '../core/why/statuses.ts'
import { startKubelet } from './kubelet.ts'
import { applied, bundleOf, deployment, freshSet, job } from './set.ts'

const withSpec = (object: KubeObject, spec: JsonObject): KubeObject => {
  const { template, ...rest } = object['spec'] as { template: { spec: JsonObject } & JsonObject } & JsonObject
  return { ...object, spec: { ...rest, template: { ...template, spec: { ...template.spec, ...spec } } } }
}

type Scene = Awaited<ReturnType<typeof freshSet>>

/** Waits for the Pods of a workload, and has them in a state as a kubelet would report it. */
const becomes = async ({ request, namespace }: Scene, app: string, fate: string): Promise<void> => {
  const pods = `/api/v1/namespaces/${namespace}/pods`
  const found = statuses[fate]
  for (let left = 100; left > 0; left--) {
    const { body } = await request('GET', `${pods}?labelSelector=app=${app}`)
    for (const pod of body.items as KubeObject[]) {
      await request('PATCH', `${pods}/${pod.metadata.name}/status`, {
        type: 'application/merge-patch+json',
        body: { status: found?.status },
      })
      for (const [reason, message, count = 1] of found?.events ?? []) {
        const name = `${pod.metadata.name}.${reason.toLowerCase()}`
        const now = new Date().toISOString()
        await request('POST', `/api/v1/namespaces/${namespace}/events`, {
          body: {
            apiVersion: 'v1',
            kind: 'Event',
            metadata: { name, namespace },
            involvedObject: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata['uid'] },
            type: 'Warning',
            reason,
            message,
            count,
            firstTimestamp: now,
            lastTimestamp: now,
          },
        })
      }
    }
    if (body.items.length > 0) return
    await sleep(100)
  }
  throw new Error(`no Pods of ${app} came`)
}

const untouched = { 'test.scout/fate': 'pending' }

test('a release that does not get ready says of each workload why, and shows the last lines of the log of what crashes', async (t) => {
  const scene = await freshSet('why')
  const { namespace, set, cluster, release, controlPlane } = scene
  const previous = ['1', '2', '3', '4', '5', '6', 'panic: no database, token=s3cr3t', ''].join('\n')
  const kubelet = await startKubelet(controlPlane, { now: '', previous })
  try {
    const objects = [
      deployment('image', untouched),
      deployment('probe', untouched),
      withSpec(deployment('crash', { 'test.scout/fate': 'crash' }), { nodeName: kubelet.name }),
      withSpec(deployment('node', {}), { nodeSelector: { disk: 'huge' } }),
    ]
    const bundle = bundleOf(set, 1, [{ ...release, objects, timeoutSeconds: 8 }])
    const [{ problems = [], told }] = await Promise.all([
      applied(cluster, bundle),
      becomes(scene, 'image', 'image not found'),
      becomes(scene, 'probe', 'readiness probe'),
    ])
    const saysOf = (name: string): string =>
      problems.find(({ what }) => what.startsWith(`Deployment ${namespace}/${name} `))?.what ?? ''
    t.regex(
      saysOf('image'),
      /not ready after 8 s: .*; Pod image-.*: container app: image registry\.example\/app:1: not found /,
    )
    t.regex(
      saysOf('probe'),
      /Pod probe-.*runs and is not ready: Readiness probe failed: HTTP probe failed with statuscode: 503 \(12 times\)/,
    )
    t.regex(saysOf('crash'), /Pod crash-.*: container app crashes: it ended with exit code 1, 5 restarts/)
    t.regex(saysOf('node'), /Pod node-.*: no node takes it: 0\/\d+ nodes are available: /)
    const fix = problems.find(({ what }) => what.includes('/crash '))?.fix ?? ''
    t.regex(fix, new RegExp(`kubectl logs crash-\\S+ -c app --previous -n ${namespace};`))

    const logs = told.filter((one) => one.tell === 'log')
    t.deepEqual(
      logs.map(({ lines }) => lines),
      [['3', '4', '5', '6', 'panic: no database, token=s3cr3t']],
    )
    t.regex(logs[0]?.of ?? '', new RegExp(`^Pod ${namespace}/crash-\\S+, container app$`))
    t.regex(kubelet.asked[0] ?? '', /^\/containerLogs\/\S+\/app\?.*previous=true.*tailLines=5/)
    // The log is nowhere but there.
    t.notRegex(JSON.stringify([problems, told.filter((one) => one.tell !== 'log')]), /s3cr3t/)

    // While it was waited, the tree was told why already.
    const objectsTold = told.filter((one): one is Extract<Told, { tell: 'object' }> => one.tell === 'object')
    t.true(
      objectsTold.some(
        ({ object, state, note = '' }) =>
          object === `Deployment ${namespace}/image` && state === 'waiting' && note.includes('not found in'),
      ) || objectsTold.some(({ note = '' }) => note.includes('image registry.example/app:1')),
    )
    const lines: string[] = []
    const events = eventProgress((line) => void lines.push(line), { verbose: true, now: Date.now })
    for (const one of told) events(one)
    t.notRegex(lines.join(''), /s3cr3t/)

    const status = await statusOf(set, { cluster, tell: () => undefined })
    const image = status.objects.find(({ id }) => id.name === 'image')
    t.regex(image?.why ?? '', /Pod image-.*: container app: image registry\.example\/app:1: not found /)
  } finally {
    await kubelet.stop()
  }
})

test('what a container wrote now is shown where its last run is forgotten, and a hook that fails shows it, too', async (t) => {
  const { set, cluster, release, controlPlane } = await freshSet('why-hook')
  const kubelet = await startKubelet(controlPlane, { now: 'migration 7 failed\n', previous: '' })
  try {
    const hook = withSpec(job('migrate', { fate: 'crash', annotations: { 'helm.sh/hook': 'pre-install' } }), {
      nodeName: kubelet.name,
    })
    const { problems, told } = await applied(
      cluster,
      bundleOf(set, 1, [{ ...release, objects: [hook], timeoutSeconds: 20 }]),
    )
    t.like(problems, [{ code: 'apply/failed' }])
    t.regex(problems?.[0]?.what ?? '', /Pod migrate-.*: container run crashes: it ended with exit code 1/)
    t.deepEqual(
      told.flatMap((one) => (one.tell === 'log' ? [one.lines] : [])),
      [['migration 7 failed']],
    )
  } finally {
    await kubelet.stop()
  }
})

test('a quota that refuses the Pods of a workload is told', async (t) => {
  const { request, namespace, set, cluster, release } = await freshSet('why-quota')
  await request('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, {
    body: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'team' },
      spec: { hard: { pods: '0' } },
    },
  })
  const { problems } = await applied(
    cluster,
    bundleOf(set, 1, [{ ...release, objects: [deployment('web')], timeoutSeconds: 4 }]),
  )
  t.regex(problems?.[0]?.what ?? '', /ReplicaSet web-\S+: the quota team is used up: /)
})

test('a Pod is one of a workload by its owner, not by its labels; and status tells its last warnings', async (t) => {
  const scene = await freshSet('why-owner')
  const { request, namespace, set, cluster, release } = scene
  const pods = `/api/v1/namespaces/${namespace}/pods`
  // Somebody else's, with the same label, and in trouble.
  await request('POST', pods, {
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stray', labels: { app: 'web' }, annotations: untouched },
      spec: { containers: [{ name: 'app', image: 'registry.example/stray:1' }] },
    },
  })
  const waiting = deployment('web', { 'test.scout/fate': 'unready' })
  await Promise.all([
    applied(cluster, bundleOf(set, 1, [{ ...release, objects: [waiting], timeoutSeconds: 3 }])),
    (async () => {
      const stray = await request('GET', `${pods}/stray`)
      t.is(stray.status, 200)
      await request('PATCH', `${pods}/stray/status`, {
        type: 'application/merge-patch+json',
        body: { status: statuses['image not found']?.status },
      })
    })(),
  ])
  const status = await statusOf(set, { cluster, tell: () => undefined })
  const [web] = status.objects.filter(({ id }) => id.kind === 'Deployment')
  t.regex(web?.why ?? '', /Pod web-\S+: container app runs and is not ready/)
  t.notRegex(web?.why ?? '', /stray/)
  t.like(status.releases.slice(-1), [{ name: 'app', state: 'waiting', objects: 1, ready: 0 }])
  t.is(status.lastRun, null)

  const { body } = await request('GET', `${pods}?labelSelector=pod-template-hash`)
  const [pod] = body.items as KubeObject[]
  const told = async (reason: string, message: string, at: string): Promise<void> => {
    const { status: code } = await request('POST', `/api/v1/namespaces/${namespace}/events`, {
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${reason.toLowerCase()}.1`, namespace },
        involvedObject: { kind: 'Pod', namespace, name: pod?.metadata.name, uid: pod?.metadata['uid'] },
        type: reason === 'Started' ? 'Normal' : 'Warning',
        reason,
        message,
        count: 3,
        lastTimestamp: at,
      },
    })
    t.is(code, 201)
  }
  await told('Unhealthy', 'Readiness probe failed: no route', '2026-01-01T02:00:00Z')
  await told('BackOff', 'Back-off restarting \u001B[31mfailed container', '2026-01-01T01:00:00Z')
  await told('Started', 'Started container app', '2026-01-01T03:00:00Z')
  const later = await statusOf(set, { cluster, tell: () => undefined })
  t.deepEqual(
    later.objects.flatMap(({ events }) => events.map(({ reason }) => reason)),
    ['BackOff', 'Unhealthy'],
  )
  const text = describeStatus(later, paintIn(false))
  t.regex(text, /\n {2}app {9}waiting {3}0 of 1 ready\n/)
  t.regex(text, /\n {11}2026-01-01T02:00:00Z Unhealthy \(3 times\): Readiness probe failed: no route\n/)
  t.notRegex(text, /\u001B/)
})
