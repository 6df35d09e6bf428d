import test from 'ava'
import type { KubeObject } from '../../../src/core/object.ts'
import { happenedOf } from '../../../src/core/why/evidence.ts'
import { fixOf } from '../../../src/core/why/fix.ts'
import { reasonsOf, whyInWords } from '../../../src/core/why/why.ts'
import { idOf } from '../../../src/core/object.ts'
import { eventOf, podOf, statuses } from './statuses.ts'

const image = 'image harbor.example/dockerhub-proxy/library/nginx:1.27'
const project = 'project dockerhub-proxy of harbor.example'

/** What is said of each status: all of it, or what it begins with where it ends in `…`. */
const expected: { [fate: string]: string } = {
  'image not found': `container app: ${image}: not found in ${project} (…`,
  'image not found, before the kubelet backs off': `container app: ${image}: not found in ${project} (…`,
  'image not found, told by an event': `container app: ${image}: not found in ${project} (…`,
  'image not allowed': `container app: ${image}: not allowed to pull in ${project} (pull secret missing or wrong, or no such project) (…`,
  'registry has no address': `container app: ${image}: the node cannot resolve the name harbor.example (…`,
  'registry not reached': `container app: ${image}: the node does not reach harbor.example (…`,
  'registry not trusted': `container app: ${image}: the node does not trust the certificate of harbor.example, or cannot check it (…`,
  'image name invalid': 'container app: image harbor.example/Shop/App: it is no valid name of an image',
  'image never pulled': `container app: ${image}: it is not on the node, and imagePullPolicy is Never`,
  crash: 'container app crashes: it ended with exit code 1, 5 restarts',
  'command not found':
    'container app crashes: it ended with exit code 127 (its command was not found), 1 restart',
  'ends by itself':
    'container app crashes: it ended by itself with exit code 0, and must not end, 5 restarts',
  'out of memory':
    'container app crashes: it used more memory than it may and was killed (its limit is 64Mi), 5 restarts',
  'crash between two runs': 'container app crashes: it ended with exit code 2, 3 restarts',
  'a Job that failed': 'container app crashes: it ended with exit code 3',
  'init crash': 'init container migrate crashes: it ended with exit code 1, 1 restart',
  'init still running': 'init container wait-for-db is still running',
  'missing Secret': 'container app: its configuration is not there: secret "shop-db" not found',
  'missing key':
    "container app: its configuration is not there: couldn't find key password in Secret shop/shop-db",
  'missing ConfigMap': 'container app: its configuration is not there: configmap "shop-settings" not found',
  'runs as root':
    'container app: it may not run like this: container has runAsNonRoot and image will run as root (…',
  'no node':
    'no node takes it: 0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory',
  'no volume bound':
    'no node takes it: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims',
  'readiness probe':
    'container app runs and is not ready: Readiness probe failed: HTTP probe failed with statuscode: 503 (12 times)',
  'startup probe':
    'container app runs and is not ready: Startup probe failed: dial tcp 10.42.0.9:8080: connect: connection refused',
  'no probe yet': 'container app runs and is not ready: its readiness probe has not passed yet',
  'volume without its Secret':
    'a volume does not come: MountVolume.SetUp failed for volume "certs" : secret "shop-tls" not found',
  'volume attached elsewhere':
    'a volume does not come: Multi-Attach error for volume "pvc-1f2e" Volume is already used by pod(s) db-0',
  'no network': 'its network cannot be set up: Failed to create pod sandbox: …',
  evicted:
    'it was ended: Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 900Mi',
  'just bound to a node': 'its node has not begun with it',
}

for (const [fate, one] of Object.entries(statuses))
  test(`why a Pod is not ready: ${fate} (${one.source})`, (t) => {
    const pod = podOf(one)
    const events = (one.events ?? []).map(([reason, message, count]) =>
      happenedOf(eventOf(pod, reason, message, count)),
    )
    const words = whyInWords(pod, reasonsOf({ workload: pod, between: [], pods: [pod], events }))
    const wanted = expected[fate] ?? 'no words are expected'
    if (wanted.endsWith('…')) t.is(words.slice(0, wanted.length - 1), wanted.slice(0, -1))
    else t.is(words, wanted)
  })

test('every status that is expected is there', (t) => {
  t.deepEqual(Object.keys(expected).sort(), Object.keys(statuses).sort())
})

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
}
const pods = (fate: string, ...names: string[]): KubeObject[] =>
  names.map((name) => podOf(statuses[fate] ?? { status: {} }, name))
const why = (rest: Partial<Parameters<typeof reasonsOf>[0]>): string =>
  whyInWords(deployment, reasonsOf({ workload: deployment, between: [], pods: [], events: [], ...rest }))

test('Pods with the same trouble are told once, those of another beside them', (t) => {
  t.is(
    why({ pods: [...pods('crash', 'web-1', 'web-2', 'web-3'), ...pods('no volume bound', 'web-4')] }),
    'Pod web-4: no node takes it: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims; Pod web-1 and 2 more: container app crashes: it ended with exit code 1, 5 restarts',
  )
})

test('Pods that are ready, or being deleted, are no reason', (t) => {
  const ready = podOf({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
  const [going] = pods('crash', 'web-2')
  const deleted = { ...going, metadata: { ...going?.metadata, name: 'web-2', deletionTimestamp: 'now' } }
  t.is(why({ pods: [ready, deleted as KubeObject] }), '')
})

test('a quota, or an admission that refuses Pods, is told from the ReplicaSet', (t) => {
  // replicaset controller: pkg/controller/replicaset, FailedCreate
  const replicaSet: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-7d', namespace: 'shop', uid: 'uid-web-7d' },
    status: {
      replicas: 0,
      conditions: [
        {
          type: 'ReplicaFailure',
          status: 'True',
          reason: 'FailedCreate',
          message:
            'pods "web-7d-abcde" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2',
        },
      ],
    },
  }
  t.is(
    why({ between: [replicaSet] }),
    'ReplicaSet web-7d: the quota team is used up: pods "web-7d-abcde" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2',
  )
  const set: KubeObject = { ...deployment, kind: 'StatefulSet' }
  const refused =
    'create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: violates PodSecurity "restricted:latest": privileged (container "app" must not set securityContext.privileged=true)'
  const reasons = reasonsOf({
    workload: set,
    between: [],
    pods: [],
    events: [happenedOf(eventOf(set, 'FailedCreate', refused))],
  })
  t.is(whyInWords(set, reasons), `its Pods are refused: ${refused}`)
})

test('what has no Pods is explained by its last warning', (t) => {
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop', uid: 'uid-data' },
  }
  const events = [
    eventOf(claim, 'ProvisioningFailed', 'old', 1, '2026-11-21T01:00:00Z'),
    eventOf(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found', 3),
    eventOf(deployment, 'Other', 'about something else'),
  ].map(happenedOf)
  t.is(
    whyInWords(claim, reasonsOf({ workload: claim, between: [], pods: [], events })),
    'ProvisioningFailed: storageclass.storage.k8s.io "fast" not found',
  )
})

test('what a container has left as its last words is no part of what is said', (t) => {
  const pod = podOf(statuses['crash between two runs'] ?? { status: {} })
  const reasons = reasonsOf({ workload: pod, between: [], pods: [pod], events: [] })
  t.notRegex(whyInWords(pod, reasons), /s3cr3t/)
  t.like(reasons, [{ lastWords: 'panic: token=s3cr3t', log: { container: 'app', previous: true } }])
})

test('what to do now is told by the cause', (t) => {
  const fix = (fate: string): string => {
    const [pod] = pods(fate, 'web-1')
    return fixOf(
      idOf(deployment),
      reasonsOf({ workload: deployment, between: [], pods: pod ? [pod] : [], events: [] }),
    )
  }
  t.is(fix('crash'), 'See its log with: kubectl logs web-1 -c app --previous -n shop; mend what it says.')
  t.is(fix('just bound to a node'), 'Look at it with: kubectl describe deployment web -n shop.')
})

test('a status of any shape is no reason to fail', (t) => {
  const shapes = [null, 1, 'x', [], [null], {}, { waiting: 1 }, { conditions: {} }] as const
  for (const shape of shapes)
    for (const field of ['containerStatuses', 'conditions', 'initContainerStatuses', 'phase', 'reason'])
      t.notThrows(() => {
        const pod = podOf({ status: { phase: 'Pending', [field]: shape as never } })
        whyInWords(pod, reasonsOf({ workload: pod, between: [], pods: [pod], events: [] }))
      })
})
