import { pathOf } from '../../../src/core/layout.ts'
import { idOf } from '../../../src/core/object.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { usualPolicy } from '../../../src/core/policy.ts'
import type { Phase, RenderedObject, SetOf, ValidatedRelease } from '../../../src/core/records.ts'
import { hookOf } from '../../../src/core/hook.ts'
import type { ToBundle } from '../../../src/staging/bundle/bundle.ts'

const texts: { release: string; phase: Phase; object: KubeObject; text: string }[] = [
  {
    release: 'operator',
    phase: 'main',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'system:settings', namespace: 'operator' },
      data: { a: '1' },
    },
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: system:settings\n  namespace: operator\ndata:\n  a: "1"\n',
  },
  {
    release: 'web',
    phase: 'main',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { ports: [{ port: 80 }] },
    },
    text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  ports:\n    - port: 80\n',
  },
  {
    release: 'web',
    phase: 'hooks',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', namespace: 'shop', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
    },
    text: 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  namespace: shop\n  annotations:\n    helm.sh/hook: pre-upgrade\n',
  },
]

const objectsOf = (release: string): RenderedObject[] =>
  texts
    .filter((one) => one.release === release)
    .map(({ object, phase }) => {
      const hook = hookOf(object)
      return {
        id: idOf(object),
        object,
        phase,
        ...(hook.ok && hook.value ? { hook: hook.value } : {}),
        origin: { template: 'templates/all.yaml', line: 1 },
      }
    })

const release = (name: string, namespace: string, dependsOn: string[]): ValidatedRelease => ({
  name,
  environment: 'production',
  namespace,
  file: `releases/${name}/release.yaml`,
  source: { kind: 'chart', chart: { from: 'path', path: 'chart' } },
  values: [],
  dependsOn,
  timeoutSeconds: 300,
  renderedAs: 'upgrade',
  supplied: [{ name: 'db', namespace, keys: ['password'] }],
  siteValues: [],
  tokens: {},
  lookup: 'nothing',
  policy: usualPolicy,
  resolved: {
    kind: 'chart',
    directory: `/tmp/${name}`,
    name,
    version: '1.2.3',
    digest: `sha256:${'a'.repeat(64)}`,
  },
  objects: objectsOf(name),
  renderedBy: '3.19.0',
  images: [
    {
      object: { group: '', kind: 'Pod', namespace, name },
      pointer: '/spec',
      rule: 'pod-spec',
      tier: 'A',
      form: 'reference',
      text: 'nginx:1',
      reference: 'docker.io/library/nginx:1',
      parts: [{ role: 'reference', path: ['spec'], text: 'nginx:1' }],
      original: 'nginx:1',
      rewritten: 'harbor.example/library/nginx:1',
      edits: [],
    },
  ],
  validatedFor: '1.34.1',
})

const set: SetOf<ValidatedRelease> = {
  site: {
    file: 'releases/site.yaml',
    name: 'sample',
    target: { kubernetes: '1.34.1', architecture: 'amd64' },
    images: { harbor: 'harbor.example', mode: 'harbor', projects: {} },
    environments: { production: { cluster: 'sample-production' } },
    namespaces: {
      shop: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' }, annotations: {} },
      unused: { labels: {}, annotations: {} },
    },
  },
  lock: { file: 'releases/lock.yaml', helm: '3.19.0', charts: {}, images: {} },
  environment: 'production',
  waves: [['operator'], ['web']],
  releases: [release('operator', 'operator', []), release('web', 'shop', ['operator'])],
}

/** A small environment, rendered and validated, as the bundle stage takes it. */
export const sample = (more: Partial<ToBundle> = {}): ToBundle => ({
  set: structuredClone(set),
  files: new Map(
    texts.map(({ release: name, phase, object, text }) => [`${name}/${pathOf(phase, idOf(object))}`, text]),
  ),
  git: { commit: 'c'.repeat(40), clean: true },
  version: '1.0.0',
  previous: null,
  notAfter: null,
  report: '# Changes\n',
  epochSeconds: 1_760_000_000,
  tool: 'scout 0.1.0',
  ...more,
})
