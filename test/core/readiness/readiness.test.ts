import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { readinessOf } from '../../../src/core/readiness/readiness.ts'

const live = (apiVersion: string, kind: string, rest: JsonObject): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'x', generation: 2 }, ...rest }) as KubeObject
const deployment = (status: JsonObject, spec: JsonObject = { replicas: 2 }): KubeObject =>
  live('apps/v1', 'Deployment', { spec, status: { observedGeneration: 2, ...status } })
const statefulSet = (status: JsonObject, spec: JsonObject = { replicas: 2 }): KubeObject =>
  live('apps/v1', 'StatefulSet', { spec, status: { observedGeneration: 2, ...status } })
const condition = (type: string, status: string, reason = '', message = ''): JsonObject => ({
  conditions: [{ type, status, reason, message }],
})
const all = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }

const cases: [claim: string, object: KubeObject, expected: string][] = [
  ['a Deployment with all replicas updated and available is ready', deployment(all), 'ready'],
  [
    'a Deployment whose controller has not seen the last edit is waiting',
    deployment({ ...all, observedGeneration: 1 }),
    'waiting: its controller has not seen the last change',
  ],
  [
    'a Deployment without a status is waiting',
    live('apps/v1', 'Deployment', { spec: {} }),
    'waiting: its controller has not seen it yet',
  ],
  [
    'a Deployment with an old replica left is waiting',
    deployment({ ...all, replicas: 3 }),
    'waiting: 1 old replicas are still there',
  ],
  [
    'a Deployment with one replica unavailable is waiting',
    deployment({ ...all, availableReplicas: 1 }),
    'waiting: 1 of 2 replicas are available',
  ],
  [
    'a paused Deployment that lacks replicas says that it is paused',
    deployment({ ...all, updatedReplicas: 1 }, { replicas: 2, paused: true }),
    'waiting: 1 of 2 replicas are updated (it is paused)',
  ],
  [
    'a custom resource whose Ready condition is of an earlier generation is waiting',
    live('cert-manager.io/v1', 'Certificate', {
      status: { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] },
    }),
    'waiting: its controller has not seen the last change',
  ],
  ['a Deployment of no replicas is ready', deployment({}, { replicas: 0 }), 'ready'],
  [
    'a Deployment that exceeded its deadline has failed',
    deployment({ ...all, ...condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'too slow') }),
    'failed: Progressing is False: ProgressDeadlineExceeded: too slow',
  ],
  ...(
    [
      ['before it was applied', '2026-01-01T00:00:59Z', 'waiting: 1 of 2 replicas are available'],
      [
        'in the second in which it was applied',
        '2026-01-01T00:01:00Z',
        'waiting: 1 of 2 replicas are available',
      ],
      [
        'after it was applied',
        '2026-01-01T00:01:01Z',
        'failed: Progressing is False: ProgressDeadlineExceeded: too slow',
      ],
    ] as const
  ).map(([when, lastUpdateTime, expected]): [string, KubeObject, string] => {
    const reason = 'ProgressDeadlineExceeded'
    const slow = { type: 'Progressing', status: 'False', reason, message: 'too slow', lastUpdateTime }
    const object = deployment({ ...all, availableReplicas: 1, conditions: [slow] })
    const entries = [
      { manager: 'scout-apply:shop', operation: 'Apply', time: '2026-01-01T00:01:00Z' },
      { manager: 'kube-controller-manager', operation: 'Update', time: '2026-01-01T00:02:00Z' },
      { manager: 'x', operation: 'Apply', subresource: 'status', time: '2026-01-01T00:02:00Z' },
    ]
    const metadata = { ...object.metadata, managedFields: entries }
    return [`a Deployment that exceeded its deadline ${when} is judged so`, { ...object, metadata }, expected]
  }),
  [
    'a Deployment refused by a quota says so',
    deployment({ ...condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota') }),
    'waiting: 0 of 2 replicas are updated (ReplicaFailure is True: FailedCreate: exceeded quota)',
  ],
  [
    'a StatefulSet on its last revision is ready',
    statefulSet({
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 2,
      currentRevision: 'a',
      updateRevision: 'a',
    }),
    'ready',
  ],
  [
    'a StatefulSet in the middle of a rollout is waiting',
    statefulSet({
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 1,
      currentRevision: 'a',
      updateRevision: 'b',
    }),
    'waiting: 1 of 2 replicas are updated',
  ],
  [
    'a StatefulSet is ready above its partition',
    statefulSet(
      { replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
    ),
    'ready',
  ],
  [
    'a StatefulSet that is updated by deleting pods is ready with its old ones',
    statefulSet(
      { replicas: 2, readyReplicas: 2, currentRevision: 'a', updateRevision: 'b' },
      { replicas: 2, updateStrategy: { type: 'OnDelete' } },
    ),
    'ready',
  ],
  [
    'a DaemonSet on no node is ready',
    live('apps/v1', 'DaemonSet', { spec: {}, status: { observedGeneration: 2, desiredNumberScheduled: 0 } }),
    'ready',
  ],
  [
    'a DaemonSet with a node to go is waiting',
    live('apps/v1', 'DaemonSet', {
      spec: {},
      status: {
        observedGeneration: 2,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 2,
      },
    }),
    'waiting: 2 of 3 pods are available',
  ],
  [
    'a DaemonSet that nobody has seen is waiting',
    live('apps/v1', 'DaemonSet', { spec: {} }),
    'waiting: its controller has not seen it yet',
  ],
  [
    'a Job that has only started is not ready',
    live('batch/v1', 'Job', { spec: {}, status: { active: 1 } }),
    'waiting: it is not complete: 1 pods run',
  ],
  [
    'a complete Job is ready',
    live('batch/v1', 'Job', { spec: {}, status: condition('Complete', 'True') }),
    'ready',
  ],
  [
    'a failed Job has failed',
    live('batch/v1', 'Job', { spec: {}, status: condition('Failed', 'True', 'BackoffLimitExceeded') }),
    'failed: Failed is True: BackoffLimitExceeded',
  ],
  [
    'a Pod whose phase is Failed has failed',
    live('v1', 'Pod', { status: { phase: 'Failed' } }),
    'failed: its containers failed',
  ],
  [
    'a Pod that crashes names its container',
    live('v1', 'Pod', {
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'app', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } } },
        ],
      },
    }),
    'waiting: container app: CrashLoopBackOff: back-off',
  ],
  [
    'a CRD without a status is not ready',
    live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: {} }),
    'waiting: it has no status yet',
  ],
  [
    'a CRD whose names are taken has failed',
    live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      status: condition('NamesAccepted', 'False', 'Conflict'),
    }),
    'failed: NamesAccepted is False: Conflict',
  ],
  [
    'a load balancer without an address is waiting',
    live('v1', 'Service', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } }),
    'waiting: its load balancer has no address',
  ],
  ['a Service of another type is ready', live('v1', 'Service', { spec: { type: 'ClusterIP' } }), 'ready'],
  [
    'a claim that waits for its first pod holds nobody up',
    live('v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }),
    'ready',
  ],
  [
    'a claim whose volume is lost has failed',
    live('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }),
    'failed: its volume is lost',
  ],
  ['a custom resource that reports nothing is ready', live('x.example/v1', 'Thing', { spec: {} }), 'ready'],
  [
    'a custom resource that is not Ready is waiting',
    live('x.example/v1', 'Thing', { status: condition('Ready', 'False', 'Pending', 'no issuer') }),
    'waiting: Ready is False: Pending: no issuer',
  ],
  [
    'a custom resource that is stalled has failed',
    live('x.example/v1', 'Thing', { status: condition('Stalled', 'True', 'Bad') }),
    'failed: Stalled is True: Bad',
  ],
  [
    'an API whose server does not answer is waiting',
    live('apiregistration.k8s.io/v1', 'APIService', {
      status: condition('Available', 'False', 'MissingEndpoints'),
    }),
    'waiting: Available is False: MissingEndpoints',
  ],
  ['a ConfigMap is ready by being there', live('v1', 'ConfigMap', { data: {} }), 'ready'],
  [
    'a status of the wrong shape is no crash',
    live('apps/v1', 'Deployment', { spec: [], status: { conditions: 'no', observedGeneration: 'x' } }),
    'waiting: 0 of 1 replicas are updated',
  ],
]

for (const [claim, object, expected] of cases)
  test(claim, (t) => {
    const found = readinessOf(object)
    t.is(found.state === 'ready' ? 'ready' : `${found.state}: ${found.why}`, expected)
  })

test('an object that is being deleted is not ready', (t) => {
  const object = live('v1', 'ConfigMap', {})
  object.metadata['deletionTimestamp'] = '2026-01-01T00:00:00Z'
  t.deepEqual(readinessOf(object), { state: 'waiting', why: 'it is being deleted' })
})
