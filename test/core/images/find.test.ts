import test from 'ava'
import { findImages, searchFor } from '../../../src/core/images/find.ts'
import type { FoundImage } from '../../../src/core/images/found.ts'
import { pointerOf } from '../../../src/core/pointer.ts'
import type { Json } from '../../../src/core/json.ts'

/** As tests write a find: tier, rule, where, and what it is to a node. */
const told = ({ tier, rule, text, reference, parts: [first] }: FoundImage): string =>
  `${tier} ${rule} ${pointerOf(first.path)}${first.inner ?? ''} ${reference ?? `${text} (incomplete)`}`

const object = (apiVersion: string, kind: string, rest: { [key: string]: Json }): Json => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  ...rest,
})
const configMap = (data: { [key: string]: string }): Json => object('v1', 'ConfigMap', { data })
const secret = (data: { [key: string]: string }): Json =>
  object('v1', 'Secret', {
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  })
const custom = (spec: { [key: string]: Json }): Json => object('x.example/v1', 'Thing', { spec })
const pod = (container: { [key: string]: Json }): Json =>
  object('v1', 'Pod', { spec: { containers: [{ name: 'main', image: 'web:1', ...container }] } })
const crd = (schema: Json): Json =>
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] },
  })

const digest = `sha256:${'a1'.repeat(32)}`
const web = 'A pod-spec /spec/containers/0/image docker.io/library/web:1'

const cases: [title: string, object: Json, found: string[]][] = [
  ['a pod of its own', pod({}), [web]],
  [
    'an image volume',
    object('v1', 'Pod', {
      spec: {
        containers: [{ name: 'a' }],
        volumes: [{ name: 'm', image: { reference: 'quay.io/m/one:2' } }],
      },
    }),
    ['A pod-spec /spec/volumes/0/image/reference quay.io/m/one:2'],
  ],
  [
    'a template of a custom resource that is filled in later is none',
    custom({ template: { containers: [{ name: 'a', image: '{{inputs.parameters.image}}' }] } }),
    [],
  ],
  [
    'variables: by name, by a whole value of a known registry, lists by comma and by line',
    pod({
      env: [
        { name: 'SIDECAR_IMAGE', value: 'acme/sidecar:1.2' },
        { name: 'MAVEN_BUILDER', value: 'quay.io/strimzi/maven-builder:1.1.0' },
        {
          name: 'KAFKA_IMAGES',
          value: '4.2.0=quay.io/strimzi/kafka:1-4.2.0\n4.3.0=quay.io/strimzi/kafka:1-4.3.0\n',
        },
        {
          name: 'TRIVY_DB_REPOSITORY',
          value: 'mirror.gcr.io/aquasec/trivy-db,ghcr.io/aquasecurity/trivy-db',
        },
        { name: 'CSI_RESIZER_IMAGE', value: `longhornio/csi-resizer@${digest}` },
        { name: 'SHELL_IMAGE', value: 'busybox' },
      ],
    }),
    [
      web,
      'B env /spec/containers/0/env/0/value docker.io/acme/sidecar:1.2',
      'B env /spec/containers/0/env/1/value quay.io/strimzi/maven-builder:1.1.0',
      'B env /spec/containers/0/env/2/value quay.io/strimzi/kafka:1-4.2.0',
      'B env /spec/containers/0/env/2/value quay.io/strimzi/kafka:1-4.3.0',
      'B env /spec/containers/0/env/3/value mirror.gcr.io/aquasec/trivy-db (incomplete)',
      'B env /spec/containers/0/env/3/value ghcr.io/aquasecurity/trivy-db (incomplete)',
      `B env /spec/containers/0/env/4/value docker.io/longhornio/csi-resizer@${digest}`,
      'C env /spec/containers/0/env/5/value busybox (incomplete)',
    ],
  ],
  [
    'variables that only look like it',
    pod({
      env: [
        { name: 'IMAGE_PULL_POLICY', value: 'Always' },
        { name: 'IMAGE_PULL_SECRET', value: 'shop/pull' },
        { name: 'IMAGE_TAG', value: '1.2.3' },
        { name: 'IMAGE_RENDERER_URL', value: 'http://renderer:8081/render' },
        { name: 'IMAGE_SERVER', value: 'renderer:8081' },
        { name: 'IMAGE_DIR', value: 'var/images' },
        { name: 'CONFIG', value: '/etc/grafana/grafana.ini' },
        { name: 'GIT_REPOSITORY', value: 'github.com/acme/config' },
        { name: 'CONTROLLER', value: 'k8s.io/ingress-nginx' },
        { name: 'ROLE', value: 'kyverno:admission-controller' },
        { name: 'MODEL', value: 'gemma4:31b' },
        { name: 'USER', value: '472:472' },
      ],
    }),
    [web],
  ],
  [
    'flags in one item and in two',
    pod({
      args: [
        '--acme-http01-solver-image=quay.io/jetstack/solver:v1',
        '--prometheus-config-reloader=quay.io/prometheus-operator/reloader:v1',
        '--docker-image=docker:dind',
        '--executor-image',
        'acme/executor:2.0',
        '--image',
        'busybox',
      ],
    }),
    [
      web,
      'B flag /spec/containers/0/args/0 quay.io/jetstack/solver:v1',
      'B flag /spec/containers/0/args/1 quay.io/prometheus-operator/reloader:v1',
      'C flag /spec/containers/0/args/2 docker.io/library/docker:dind',
      'B flag /spec/containers/0/args/4 docker.io/acme/executor:2.0',
      'C flag /spec/containers/0/args/6 busybox (incomplete)',
    ],
  ],
  [
    'flags that only look like it',
    pod({
      args: [
        '--image-pull-policy=Always',
        '--controller-class=k8s.io/ingress-nginx',
        '--kubelet-service=kube-system/kubelet',
        '--log=default:info',
        '--config=/etc/app/config.yaml',
        '--url=https://quay.io/api/v1:2',
        '--leader-elect',
        'shop/lock:1',
      ],
    }),
    [web],
  ],
  [
    'a script',
    pod({
      command: [
        'sh',
        '-c',
        'crane copy ghcr.io/acme/tool:1.0 out\nIMAGE="quay.io/acme/run:2" ; kubectl run x --image=nginx:1.29 --restart=Never\n',
      ],
    }),
    [
      web,
      'B assignment /spec/containers/0/command/2 quay.io/acme/run:2',
      'B assignment /spec/containers/0/command/2 docker.io/library/nginx:1.29',
      'C suspect /spec/containers/0/command/2 ghcr.io/acme/tool:1.0',
    ],
  ],
  [
    'a script that only looks like it',
    pod({
      command: [
        'sh',
        '-c',
        'curl https://quay.io/v2/acme:1 -o image=$IMAGE; docker pull $REGISTRY/$NAME:$TAG; image = f"{image}:{tag}"; # image: see docs\nuser@ghcr.io/x:1 ghcr.io/acme/tool:$TAG quay.io/acme/run:1/file module.ghcr.io.x/y:1',
      ],
    }),
    [web],
  ],
  [
    'fields of custom resources',
    custom({
      imageName: 'ghcr.io/cloudnative-pg/postgresql:18',
      sidecarImage: 'acme/sidecar:1',
      images: ['quay.io/a/b:1', 'quay.io/a/c:2'],
      bare: { image: 'mysql' },
      kubeadm: { imageRepository: 'registry.k8s.io' },
    }),
    [
      'B image-field /spec/imageName ghcr.io/cloudnative-pg/postgresql:18',
      'B image-field /spec/sidecarImage docker.io/acme/sidecar:1',
      'B image-field /spec/images/0 quay.io/a/b:1',
      'B image-field /spec/images/1 quay.io/a/c:2',
      'C image-field /spec/bare/image mysql (incomplete)',
      'C image-field /spec/kubeadm/imageRepository registry.k8s.io (incomplete)',
    ],
  ],
  [
    'fields of custom resources that only look like it',
    custom({
      imagePullPolicy: 'Always',
      imagePullSecrets: [{ name: 'pull' }],
      image: '/static/logo.png',
      backgroundImage: 'images/back.png',
      apiGroup: 'x.example.com/v1',
      path: 'example.com/module/v2',
      record: 'apiserver_request:availability30d',
      licence: 'https://www.apache.org/licenses/LICENSE-2.0',
      jsonPath: '.spec.image',
    }),
    [],
  ],
  [
    'references in several fields',
    custom({
      driver: { repository: 'nvcr.io/nvidia', image: 'driver', version: '580.1' },
      web: { image: { registry: 'docker.io', repository: 'bitnami/nginx', tag: '1.2', digest } },
      hub: { image: { name: 'quay.io/jupyterhub/k8s-hub', tag: '4.3.5' } },
      plain: { image: { repository: 'acme/tool', tag: 3 } },
      late: { image: { repository: 'quay.io/acme/late', tag: '' } },
    }),
    [
      'B image-map /spec/driver/repository nvcr.io/nvidia/driver:580.1',
      `B image-map /spec/web/image/registry docker.io/bitnami/nginx:1.2@${digest}`,
      'B image-map /spec/hub/image/name quay.io/jupyterhub/k8s-hub:4.3.5',
      'B image-map /spec/plain/image/repository docker.io/acme/tool:3',
      'B image-map /spec/late/image/repository quay.io/acme/late (incomplete)',
    ],
  ],
  [
    'several fields that are no reference',
    custom({
      chart: { repository: 'https://charts.example/stable', name: 'web', version: '1.2.3' },
      git: { repository: 'acme/config', tag: 'v1' },
      app: { name: 'web', version: '1.0' },
      dependency: { name: 'postgresql', repository: 'bitnami', version: '1.0.0' },
    }),
    [],
  ],
  [
    'keys whose names begin alike',
    configMap({
      'trivy.repository': 'mirror.gcr.io/aquasec/trivy',
      'trivy.tag': '0.72.0',
      WORKER_CONTAINER_REPOSITORY: 'apache/airflow',
      WORKER_CONTAINER_TAG: '2.8.4',
      'git.repository': 'acme/config',
      'git.tag': '1',
    }),
    [
      'B flat-map /data/trivy.repository mirror.gcr.io/aquasec/trivy:0.72.0',
      'B flat-map /data/WORKER_CONTAINER_REPOSITORY docker.io/apache/airflow:2.8.4',
    ],
  ],
  [
    'YAML in a ConfigMap, and keys of one',
    configMap({
      'config.yaml':
        'sidecar:\n  image: acme/sidecar:1.0 # the usual one\n  registry: { enabled: true }\n---\nimage: {repository: ghcr.io/acme/x, tag: "2"}\n',
      RELATED_IMAGE_EXPORTER: 'prom/mysqld-exporter:v0.15.1',
    }),
    [
      'B named-text /data/RELATED_IMAGE_EXPORTER docker.io/prom/mysqld-exporter:v0.15.1',
      'B image-field /data/config.yaml/0/sidecar/image docker.io/acme/sidecar:1.0',
      'B image-map /data/config.yaml/1/image/repository ghcr.io/acme/x:2',
    ],
  ],
  [
    'of two equal keys the last one, and nothing that is written with escapes or on several lines',
    configMap({
      'a.yaml': 'image: quay.io/a/first:1\nimage: quay.io/a/last:2\n',
      'b.yaml': 'image: quay.io/a/first:1\nimage: |\n  quay.io/a/block:2\n',
      'c.yaml': 'image: "quay.io\\x2fa/b:1"\n',
    }),
    [
      'B image-field /data/a.yaml/image quay.io/a/last:2',
      'B assignment /data/a.yaml quay.io/a/first:1',
      'B assignment /data/b.yaml quay.io/a/first:1',
      'C suspect /data/b.yaml quay.io/a/block:2',
    ],
  ],
  [
    'JSON in a Secret, through base64',
    secret({ 'config.json': '{"image":"ghcr.io/acme/x:2","password":"s3cret/hunter:2"}' }),
    ['B image-field /data/config.json/image ghcr.io/acme/x:2'],
  ],
  [
    'a template, of which no parser knows a thing',
    configMap({
      config:
        'spec:\n  {{- range .X }}\n  - image: acme/init:1.2\n    tag: {{ .Tag }}\n  {{- end }}\n  image: "{{ .Image }}"\n',
    }),
    ['B assignment /data/config docker.io/acme/init:1.2'],
  ],
  [
    'YAML that holds YAML',
    configMap({ 'outer.yaml': 'inner: |\n  spec:\n    image: ghcr.io/acme/x:2\n' }),
    ['B assignment /data/outer.yaml ghcr.io/acme/x:2'],
  ],
  [
    'JSON that holds JSON',
    configMap({ 'outer.json': String.raw`{"inner":"{\"image\":\"ghcr.io/acme/x:2\"}"}` }),
    ['B assignment /data/outer.json ghcr.io/acme/x:2'],
  ],
  [
    'an annotation; labels and other annotations are none',
    object('v1', 'Service', {
      metadata: {
        name: 'web',
        labels: { image: 'quay.io/a/b:1' },
        annotations: {
          'sidecar.example/proxyImage': 'acme/proxy:1.0',
          'scanner.example/uses': 'with ghcr.io/acme/scan:1.',
          'app.example/created-by': 'acme/helm edge-1',
          'cert.example/inject-ca-from': 'shop/web-ca',
        },
      },
    }),
    [
      'B named-text /metadata/annotations/sidecar.example~1proxyImage docker.io/acme/proxy:1.0',
      'C suspect /metadata/annotations/scanner.example~1uses ghcr.io/acme/scan:1',
    ],
  ],
  [
    'defaults of a CRD, and nothing else of it',
    crd({
      description: 'Runs quay.io/acme/doc:1 by default.',
      properties: {
        spec: {
          properties: {
            image: {
              type: 'string',
              default: 'nvcr.io/nvidia/driver:1',
              description: 'such as quay.io/a/b:1',
            },
            exporter: {
              properties: {
                repository: { type: 'string', default: 'quay.io/acme/exporter' },
                tag: { type: 'string', default: '1.0' },
              },
            },
            items: { items: { properties: { image: { default: 'busybox:1.37' } } } },
            icon: { default: 'images/logo.png' },
            pullPolicy: { default: 'Always' },
          },
        },
      },
    }),
    [
      'B crd-default /spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/image/default nvcr.io/nvidia/driver:1',
      'B crd-default /spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/exporter/properties/repository/default quay.io/acme/exporter:1.0',
      'B crd-default /spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/items/items/properties/image/default docker.io/library/busybox:1.37',
    ],
  ],
  [
    'the registry that ECK completes',
    configMap({ 'eck.yaml': 'log-verbosity: 0\ncontainer-registry: docker.elastic.co\n' }),
    ['B rule /data/eck.yaml/container-registry docker.elastic.co (incomplete)'],
  ],
  [
    'a custom resource whose group looks like one of Kubernetes',
    object('sparkoperator.k8s.io/v1', 'SparkApplication', { spec: { image: 'acme/spark:4.0' } }),
    ['B image-field /spec/image docker.io/acme/spark:4.0'],
  ],
  [
    'a package of Crossplane',
    object('pkg.crossplane.io/v1', 'Provider', { spec: { package: 'xpkg.upbound.io/a/provider:v1' } }),
    ['B rule /spec/package xpkg.upbound.io/a/provider:v1'],
  ],
  [
    "cass-operator's ImageConfig, with a registry for all",
    configMap({
      'image_config.yaml':
        'apiVersion: config.k8ssandra.io/v1beta2\nkind: ImageConfig\ndefaults: { registry: docker.io }\nimages:\n  logger: { name: system-logger, repository: k8ssandra, tag: v1.30.0 }\ntypes:\n  cassandra: { name: cass-management-api, repository: k8ssandra, suffix: -ubi }\n',
    }),
    [
      'B rule /data/image_config.yaml/defaults/registry docker.io/k8ssandra/system-logger:v1.30.0',
      'B rule /data/image_config.yaml/defaults/registry docker.io/k8ssandra/cass-management-api (incomplete)',
    ],
  ],
]

for (const [title, given, wanted] of cases)
  test(`images are found where they stand: ${title}`, (t) => {
    t.deepEqual(findImages(given).map(told), wanted)
  })

test('a place of the site is looked at by its form, also inside of a text and of a Secret', (t) => {
  const search = searchFor(
    ['registry.example'],
    [
      { kind: 'Thing.x.example', path: '/spec/runtimes/*/from', form: 'reference' },
      { kind: 'Secret', path: '/data/c.yaml/base', form: 'registry' },
      { kind: 'Thing.x.example', path: '/spec/all', form: 'list' },
      { kind: 'Thing.x.example', path: '/spec/parts', form: 'map', defaults: '/spec/defaults' },
    ],
  )
  const thing = custom({
    runtimes: [{ from: 'acme/base' }, { from: 'not an image' }],
    all: 'registry.example/a:1, registry.example/b:2',
    parts: { repository: 'c', tag: '3' },
    defaults: { registry: 'registry.example' },
  })
  t.deepEqual(findImages(thing, search).map(told), [
    'B rule /spec/runtimes/0/from acme/base (incomplete)',
    'B rule /spec/all registry.example/a:1',
    'B rule /spec/all registry.example/b:2',
    'B rule /spec/defaults/registry registry.example/c:3',
  ])
  t.deepEqual(findImages(secret({ 'c.yaml': 'base: registry.example/x\n' }), search).map(told), [
    'B rule /data/c.yaml/base registry.example/x (incomplete)',
  ])
})

test('a suspect has the host of a registry that is well-known, or that the site maps', (t) => {
  const text = configMap({ note: 'runs registry.example/a:1 and other.example/b:2' })
  t.deepEqual(findImages(text).map(told), [])
  t.deepEqual(findImages(text, searchFor(['registry.example'])).map(told), [
    'C suspect /data/note registry.example/a:1',
  ])
})
