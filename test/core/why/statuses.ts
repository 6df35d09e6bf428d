import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'

const time = '2026-11-21T03:00:00Z'
const digest = 'sha256:4c5d9d3ec9d8a4f9d4c8b4a4cf1a1dd4b8e5c60a1a4b8b4e7b4d9d3ec9d8a4f9'

/** What a status is of: the name of the Pod and its container is `app`. */
export interface Status {
  /** Who writes these words. */
  source: string
  status: JsonObject
  spec?: JsonObject
  /** Warnings about it: reason, message and how often. */
  events?: [reason: string, message: string, count?: number][]
}

const notReady: JsonObject[] = [
  { type: 'PodScheduled', status: 'True' },
  { type: 'Initialized', status: 'True' },
  {
    type: 'Ready',
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [app]',
  },
]

const container = (rest: JsonObject, name = 'app'): JsonObject => ({
  name,
  ready: false,
  restartCount: 0,
  image: 'harbor.example/dockerhub-proxy/library/nginx:1.27',
  imageID: '',
  started: false,
  ...rest,
})

const pending = (rest: JsonObject): JsonObject => ({
  phase: 'Pending',
  startTime: time,
  conditions: notReady,
  containerStatuses: [container(rest)],
})

const running = (rest: JsonObject): JsonObject => ({ ...pending(rest), phase: 'Running' })

const waiting = (reason: string, message = ''): JsonObject => ({
  state: { waiting: { reason, ...(message !== '' && { message }) } },
})

const terminated = (exitCode: number, reason: string, rest: JsonObject = {}): JsonObject => ({
  terminated: {
    exitCode,
    reason,
    startedAt: time,
    finishedAt: time,
    containerID: `containerd://${digest}`,
    ...rest,
  },
})

const image = 'harbor.example/dockerhub-proxy/library/nginx:1.27'
const pull = (cause: string): string =>
  `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${cause}`
const inBackOff = (cause: string): JsonObject => pending(waiting('ImagePullBackOff', pull(cause)))

const imageManager =
  'kubelet 1.32 and later: pkg/kubelet/images/image_manager.go, with the words of containerd'
const kuberuntime = 'kubelet: pkg/kubelet/kuberuntime/kuberuntime_container.go, kubelet_pods.go'
const backOff = 'kubelet: pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff'
const restart = (last: JsonObject, restarts = 5): JsonObject =>
  running({
    ...waiting(
      'CrashLoopBackOff',
      'back-off 2m40s restarting failed container=app pod=web-1_shop(5d1c7f9e-9d1c-4f0a-8a53-0b7bb3f1a001)',
    ),
    lastState: last,
    restartCount: restarts,
  })

/** Statuses as kubelets, schedulers and controllers write them, by what is wrong. */
export const statuses: { [fate: string]: Status } = {
  'image not found': { source: imageManager, status: inBackOff(`${image}: not found`) },
  'image not found, before the kubelet backs off': {
    source: imageManager,
    status: pending(
      waiting(
        'ErrImagePull',
        `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
      ),
    ),
  },
  'image not found, told by an event': {
    source: 'kubelet before 1.32: the status says only that it backs off',
    status: pending(waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)),
    events: [
      [
        'Failed',
        `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
      ],
      ['Failed', 'Error: ImagePullBackOff', 4],
    ],
  },
  'image not allowed': {
    source: imageManager,
    status: inBackOff(
      'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://harbor.example/service/token: 401 Unauthorized',
    ),
  },
  'registry has no address': {
    source: imageManager,
    status: inBackOff(
      'failed to do request: Head "https://harbor.example/v2/dockerhub-proxy/library/nginx/manifests/1.27": dial tcp: lookup harbor.example on 127.0.0.53:53: no such host',
    ),
  },
  'registry not reached': {
    source: imageManager,
    status: inBackOff(
      'failed to do request: Head "https://harbor.example/v2/dockerhub-proxy/library/nginx/manifests/1.27": dial tcp 10.0.0.7:443: connect: connection refused',
    ),
  },
  'registry not trusted': {
    source: imageManager,
    status: inBackOff(
      'failed to do request: Head "https://harbor.example/v2/dockerhub-proxy/library/nginx/manifests/1.27": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ),
  },
  'image name invalid': {
    source: 'kubelet: pkg/kubelet/images/image_manager.go, ErrInvalidImageName',
    spec: { containers: [{ name: 'app', image: 'harbor.example/Shop/App' }] },
    status: pending(
      waiting(
        'InvalidImageName',
        'Failed to apply default image tag "harbor.example/Shop/App": couldn\'t parse image name "harbor.example/Shop/App": invalid reference format: repository name must be lowercase',
      ),
    ),
  },
  'image never pulled': {
    source: 'kubelet: pkg/kubelet/images/image_manager.go, ErrImageNeverPull',
    status: pending(
      waiting('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`),
    ),
  },
  crash: { source: backOff, status: restart(terminated(1, 'Error')) },
  'command not found': { source: backOff, status: restart(terminated(127, 'Error'), 1) },
  'ends by itself': { source: backOff, status: restart(terminated(0, 'Completed')) },
  'out of memory': {
    source: backOff,
    spec: { containers: [{ name: 'app', image, resources: { limits: { memory: '64Mi' } } }] },
    status: restart(terminated(137, 'OOMKilled')),
  },
  'crash between two runs': {
    source: 'kubelet: a container that has just been started again',
    status: running({
      state: { running: { startedAt: time } },
      lastState: terminated(2, 'Error', { message: 'panic: token=s3cr3t' }),
      restartCount: 3,
    }),
  },
  'a Job that failed': {
    source: 'kubelet: restartPolicy Never',
    status: { ...pending(terminatedState(3)), phase: 'Failed' },
  },
  'init crash': {
    source: backOff,
    spec: {
      initContainers: [{ name: 'migrate', image: 'harbor.example/shop/migrate:2' }],
      containers: [{ name: 'app', image }],
    },
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: 'containers with incomplete status: [migrate]',
        },
        ...notReady.slice(2),
      ],
      initContainerStatuses: [
        container(
          {
            ...waiting(
              'CrashLoopBackOff',
              'back-off 10s restarting failed container=migrate pod=web-1_shop(5d1c7f9e)',
            ),
            lastState: terminated(1, 'Error'),
            restartCount: 1,
          },
          'migrate',
        ),
      ],
      containerStatuses: [container(waiting('PodInitializing'))],
    },
  },
  'init still running': {
    source: 'kubelet: an init container that has not ended',
    spec: {
      initContainers: [{ name: 'wait-for-db', image: 'harbor.example/shop/wait:2' }],
      containers: [{ name: 'app', image }],
    },
    status: {
      phase: 'Pending',
      conditions: notReady,
      initContainerStatuses: [container({ state: { running: { startedAt: time } } }, 'wait-for-db')],
      containerStatuses: [container(waiting('PodInitializing'))],
    },
  },
  'missing Secret': {
    source: kuberuntime,
    status: pending(waiting('CreateContainerConfigError', 'secret "shop-db" not found')),
  },
  'missing key': {
    source: kuberuntime,
    status: pending(
      waiting('CreateContainerConfigError', "couldn't find key password in Secret shop/shop-db"),
    ),
  },
  'missing ConfigMap': {
    source: kuberuntime,
    status: pending(waiting('CreateContainerConfigError', 'configmap "shop-settings" not found')),
  },
  'runs as root': {
    source: 'kubelet: pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot',
    status: pending(
      waiting(
        'CreateContainerConfigError',
        'container has runAsNonRoot and image will run as root (pod: "web-1_shop(5d1c7f9e)", container: app)',
      ),
    ),
  },
  'no node': {
    source: 'kube-scheduler: pkg/scheduler/framework/types.go, FitError',
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message:
            '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
        },
      ],
    },
  },
  'no volume bound': {
    source: 'kube-scheduler: pkg/scheduler/framework/plugins/volumebinding',
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message:
            '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
        },
      ],
    },
  },
  'readiness probe': {
    source: 'kubelet: pkg/kubelet/prober/prober.go',
    status: running({ state: { running: { startedAt: time } }, started: true }),
    events: [['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 12]],
  },
  'startup probe': {
    source: 'kubelet: pkg/kubelet/prober/prober.go',
    status: running({ state: { running: { startedAt: time } }, started: false }),
    events: [['Unhealthy', 'Startup probe failed: dial tcp 10.42.0.9:8080: connect: connection refused']],
  },
  'no probe yet': {
    source: 'kubelet: before the first probe',
    status: running({ state: { running: { startedAt: time } }, started: true }),
  },
  'volume without its Secret': {
    source: 'kubelet: pkg/volume/util/operationexecutor',
    status: pending(waiting('ContainerCreating')),
    events: [['FailedMount', 'MountVolume.SetUp failed for volume "certs" : secret "shop-tls" not found', 6]],
  },
  'volume attached elsewhere': {
    source: 'attach-detach controller: pkg/controller/volume/attachdetach/reconciler',
    status: pending(waiting('ContainerCreating')),
    events: [
      [
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1f2e" Volume is already used by pod(s) db-0',
      ],
    ],
  },
  'no network': {
    source: 'kubelet: pkg/kubelet/kuberuntime/kuberuntime_sandbox.go',
    status: pending(waiting('ContainerCreating')),
    events: [
      [
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "7f": plugin type="calico" failed (add): connection is unauthorized',
      ],
    ],
  },
  evicted: {
    source: 'kubelet: pkg/kubelet/eviction',
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 900Mi. ',
    },
  },
  'just bound to a node': {
    source: 'kube-scheduler: before the kubelet has seen it',
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }] },
  },
}

function terminatedState(exitCode: number): JsonObject {
  return { state: terminated(exitCode, 'Error') }
}

/** A Pod `web-1` of such a status, with an owner where one is given. */
export const podOf = (
  { spec, status }: Pick<Status, 'spec' | 'status'>,
  name = 'web-1',
  owner?: KubeObject,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    creationTimestamp: time,
    ...(owner && {
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata['uid'] ?? '',
        },
      ],
    }),
  },
  spec: spec ?? { containers: [{ name: 'app', image }] },
  status,
})

/** A core/v1 Event about an object, as an API server lists it. */
export const eventOf = (
  object: KubeObject,
  reason: string,
  message: string,
  count = 1,
  last = time,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${object.metadata.name}.${reason}`, namespace: object.metadata.namespace ?? 'default' },
  type: 'Warning',
  reason,
  message,
  count,
  lastTimestamp: last,
  involvedObject: { kind: object.kind, name: object.metadata.name, uid: object.metadata['uid'] ?? '' },
})
