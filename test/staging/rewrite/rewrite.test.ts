import test from 'ava'
import type { KubeObject } from '../../../src/core/object.ts'
import type { RenderedRelease, SetOf } from '../../../src/core/records.ts'
import { setOf as setOfReleases } from '../validate/set-of.ts'
import { rewrite } from '../../../src/staging/rewrite/rewrite.ts'

const setOf = (objects: KubeObject[], mode: 'harbor' | 'mirror' = 'harbor'): SetOf<RenderedRelease> => {
  const set = setOfReleases({ web: objects })
  const images = { harbor: 'harbor.example:8443', mode, projects: { 'docker.io': 'hub', 'quay.io': 'quay' } }
  return { ...set, site: { ...set.site, images } }
}

const podSpec = (image: string) => ({
  initContainers: [{ name: 'init', image: 'busybox' }],
  containers: [{ name: 'main', image }],
  volumes: [{ name: 'model', image: { reference: 'quay.io/models/one:2' } }],
})
const named = (apiVersion: string, kind: string, rest: object) =>
  ({ apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, ...rest }) as unknown as KubeObject

const kinds: [string, KubeObject][] = [
  ['Pod', named('v1', 'Pod', { spec: podSpec('nginx:1') })],
  ['Deployment', named('apps/v1', 'Deployment', { spec: { template: { spec: podSpec('nginx:1') } } })],
  ['StatefulSet', named('apps/v1', 'StatefulSet', { spec: { template: { spec: podSpec('nginx:1') } } })],
  ['DaemonSet', named('apps/v1', 'DaemonSet', { spec: { template: { spec: podSpec('nginx:1') } } })],
  ['ReplicaSet', named('apps/v1', 'ReplicaSet', { spec: { template: { spec: podSpec('nginx:1') } } })],
  [
    'ReplicationController',
    named('v1', 'ReplicationController', { spec: { template: { spec: podSpec('nginx:1') } } }),
  ],
  ['Job', named('batch/v1', 'Job', { spec: { template: { spec: podSpec('nginx:1') } } })],
  [
    'CronJob',
    named('batch/v1', 'CronJob', {
      spec: { jobTemplate: { spec: { template: { spec: podSpec('nginx:1') } } } },
    }),
  ],
  ['PodTemplate', named('v1', 'PodTemplate', { template: { spec: podSpec('nginx:1') } })],
  [
    'a custom resource with a pod template',
    named('x.example/v1', 'Thing', { spec: { podTemplate: { spec: podSpec('nginx:1') } } }),
  ],
]

for (const [kind, object] of kinds)
  test(`every image of the pod spec in ${kind} is pointed at Harbor, and rewriting twice changes nothing`, (t) => {
    const outcome = rewrite(setOf([object]))
    if (!outcome.ok) return t.fail(JSON.stringify(outcome.problems))
    const release = outcome.value.releases[0]
    t.deepEqual(release?.images.map((use) => use.rewritten).sort(), [
      'harbor.example:8443/hub/library/busybox',
      'harbor.example:8443/hub/library/nginx:1',
      'harbor.example:8443/quay/models/one:2',
    ])
    const again = rewrite(outcome.value)
    t.true(again.ok)
    if (again.ok) t.deepEqual(again.value.releases[0]?.objects, release?.objects)
  })

test('a pod template below a list of containers is found as well', (t) => {
  const object = named('x.example/v1', 'Thing', {
    spec: {
      containers: [{ name: 'sidecar', image: 'busybox' }],
      worker: { template: { spec: podSpec('nginx:1') } },
    },
  })
  const outcome = rewrite(setOf([object]))
  t.deepEqual(outcome.ok && outcome.value.releases[0]?.images.map(({ pointer }) => pointer), [
    '/spec/containers/0/image',
    '/spec/worker/template/spec/containers/0/image',
    '/spec/worker/template/spec/initContainers/0/image',
    '/spec/worker/template/spec/volumes/0/image/reference',
  ])
})

test('tag and digest both stay, and a string that is no image field is not touched', (t) => {
  const digest = `sha256:${'0'.repeat(64)}`
  const object = named('v1', 'Pod', {
    spec: { containers: [{ name: 'a', image: `nginx:1@${digest}`, args: ['nginx:1'] }] },
  })
  const outcome = rewrite(setOf([object, named('v1', 'ConfigMap', { data: { note: 'nginx:1' } })]))
  if (!outcome.ok) return t.fail(JSON.stringify(outcome.problems))
  const [pod, config] = outcome.value.releases[0]?.objects ?? []
  t.deepEqual(pod?.object['spec'], {
    containers: [
      { name: 'a', image: `harbor.example:8443/hub/library/nginx:1@${digest}`, args: ['nginx:1'] },
    ],
  })
  t.deepEqual(config?.object['data'], { note: 'nginx:1' })
})

test('in mode mirror names stay, and a registry without a project is refused all the same', (t) => {
  const stays = rewrite(setOf([named('v1', 'Pod', { spec: podSpec('nginx:1') })], 'mirror'))
  t.is(stays.ok && stays.value.releases[0]?.images.map((use) => use.rewritten).includes('nginx:1'), true)
  t.false(rewrite(setOf([named('v1', 'Pod', { spec: podSpec('cgr.dev/x:1') })], 'mirror')).ok)
})

test('all images that cannot be pulled behind the gap are refused at once, each with object, path and fix', (t) => {
  const outcome = rewrite(
    setOf([
      named('v1', 'Pod', { spec: podSpec('cgr.dev/chainguard/x:1') }),
      named('apps/v1', 'Deployment', { spec: { template: { spec: podSpec('__proto__/Bad') } } }),
    ]),
  )
  t.deepEqual(
    !outcome.ok &&
      outcome.problems.map(({ code, where, what }) => [
        code,
        where[0]?.in === 'object' && where[0].pointer,
        what,
      ]),
    [
      [
        'rewrite/unmapped-registry',
        '/spec/containers/0/image',
        '"cgr.dev/chainguard/x:1" comes from cgr.dev, for which the site has no Harbor project.',
      ],
      [
        'rewrite/malformed-image',
        '/spec/template/spec/containers/0/image',
        '"__proto__/Bad" is not an image reference: a repository is in lower case.',
      ],
    ],
  )
})

test("another project of Harbor's is not taken for a rewritten name", (t) => {
  const outcome = rewrite(setOf([named('v1', 'Pod', { spec: podSpec('harbor.example:8443/other/x:1') })]))
  t.is(!outcome.ok && outcome.problems[0]?.code, 'rewrite/unknown-project')
})

test("a name that is Harbor's already stays, in a hosted project as well, gets its digest, and is refused in a project that nobody declared", (t) => {
  const digest = `sha256:${'a'.repeat(64)}`
  const whole = setOf([named('v1', 'Pod', { spec: { containers: [{ name: 'own', image: 'IMAGE' }] } })])
  const rewritten = (image: string) => {
    const set = JSON.parse(JSON.stringify(whole).replace('"IMAGE"', JSON.stringify(image))) as typeof whole
    set.site.images.hosted = ['ours']
    const outcome = rewrite(set, { digestOf: (one) => (one.digest === undefined ? digest : undefined) })
    return outcome.ok
      ? outcome.value.releases[0]?.images.map((use) => use.rewritten)
      : outcome.problems.map(({ code }) => code)
  }
  for (const name of ['harbor.example:8443/ours/app:1', 'harbor.example:8443/hub/library/nginx:1']) {
    t.deepEqual(rewritten(name), [`${name}@${digest}`])
    t.deepEqual(rewritten(`${name}@${digest}`), [`${name}@${digest}`])
  }
  t.deepEqual(rewritten('harbor.example:8443/theirs/app:1'), ['rewrite/unknown-project'])
})
