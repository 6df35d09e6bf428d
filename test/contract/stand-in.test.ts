import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { withCrds } from '../../src/core/stand-in/crds.ts'
import type { Discovered } from '../../src/core/stand-in/knowledge.ts'
import { findHelm } from '../../src/system/helm-program.ts'
import { openStandIn } from '../../src/system/stand-in.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { ended, root } from '../line/site.ts'

/** Prints all that a template can learn of the cluster that it is rendered for. */
const asksAll = `apiVersion: v1
kind: ConfigMap
metadata: { name: all }
data:
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  major: {{ .Capabilities.KubeVersion.Major | quote }}
  minor: {{ .Capabilities.KubeVersion.Minor | quote }}
  api: |
{{- range sortAlpha .Capabilities.APIVersions }}
    {{ . }}
{{- end }}
  there: {{ (lookup "v1" "ConfigMap" "asked" "there").data | toJson | quote }}
  absent: {{ lookup "v1" "Secret" "asked" "absent" | toJson | quote }}
  no-namespace: {{ lookup "apps/v1" "Deployment" "nowhere" "" | dig "items" list | len | quote }}
  all-of-a-kind: {{ range (lookup "v1" "ConfigMap" "asked" "").items }}{{ if ne .metadata.name "kube-root-ca.crt" }}{{ .metadata.name }} {{ end }}{{ end }}
  cluster-scoped: {{ (lookup "v1" "Namespace" "" "asked").metadata.name | quote }}
  custom: {{ lookup "things.example/v1" "Thing" "asked" "one" | toJson | quote }}
`

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.things.example' },
  spec: {
    group: 'things.example',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList', shortNames: ['th'] },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
      },
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })),
  },
} as unknown as KubeObject

test('a chart that asks for everything is told the same by the stand-in as by a real API server', async (t) => {
  t.timeout(5 * 60_000)
  const controlPlane = await startControlPlane({
    without: ['kube-controller-manager', 'kube-scheduler', 'kwok'],
  })
  t.teardown(() => controlPlane.stop())
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'asked' } } as KubeObject
  const there = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'there', namespace: 'asked' },
    data: { a: '1', b: 'two' },
  } as unknown as KubeObject
  await controlPlane.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: crd })
  await controlPlane.request('POST', '/api/v1/namespaces', { body: namespace })
  await controlPlane.request('POST', '/api/v1/namespaces/asked/configmaps', { body: there })
  const served = async () => (await controlPlane.request('GET', '/apis/things.example/v1')).status === 200
  while (!(await served())) await new Promise((resolve) => setTimeout(resolve, 100))

  const folder = await mkdtemp(join(tmpdir(), 'scout-asks-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'chart/templates'), { recursive: true })
  await writeFile(join(folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: asks\nversion: 1.0.0\n')
  await writeFile(join(folder, 'chart/templates/all.yaml'), asksAll)
  const helm = await findHelm('4.1.4', process.env)
  if (!helm.ok) return t.fail(helm.problems[0].what)
  const render = async (kubeconfig: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await ended(
      helm.value,
      ['template', 'asks', 'chart', '--namespace=asked', '--dry-run=server', '--disable-openapi-validation'],
      { cwd: folder, env: { KUBECONFIG: kubeconfig } },
    )
    t.is(exitCode, 0, stderr)
    return stdout
  }

  const table = JSON.parse(
    await readFile(join(root, 'schemas/kubernetes/1.36/discovery.json'), 'utf8'),
  ) as Discovered
  const standIn = await openStandIn()
  t.teardown(() => standIn.close())
  const visit = standIn.visit({ discovered: withCrds(table, [crd]), objects: [namespace, there] })
  await writeFile(join(folder, 'kubeconfig'), visit.kubeconfig)

  const real = await render(controlPlane.kubeconfig)
  t.regex(real, /things\.example\/v1beta1\/Thing/)
  t.is(await render(join(folder, 'kubeconfig')), real)
  t.deepEqual(visit.unknown, [])
  t.deepEqual(visit.lookups.slice(0, 2), [
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'asked', name: 'there', found: 1 },
    { apiVersion: 'v1', kind: 'Secret', namespace: 'asked', name: 'absent', found: 0 },
  ])
})

test('the stand-in lets nobody in without the token of a visit, only reads, and does not guess', async (t) => {
  const standIn = await openStandIn()
  t.teardown(() => standIn.close())
  const visit = standIn.visit({
    discovered: { kubernetes: 'v1.36.3', groups: [], resources: [] },
    objects: [],
  })
  const { clusters } = JSON.parse(visit.kubeconfig) as { clusters: [{ cluster: { server: string } }] }
  const { server } = clusters[0].cluster
  t.regex(server, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/)
  t.is((await fetch(new URL('/version', server))).status, 401)
  t.is((await fetch(new URL('/guessed/version', server))).status, 401)
  t.is((await fetch(`${server}/version`)).status, 200)
  t.is((await fetch(`${server}/api/v1/namespaces`, { method: 'POST' })).status, 405)
  const paths = [
    '/openapi/v3',
    '/apis/apps/v1',
    '/api/v1/namespaces/a/pods/b/log',
    '/%',
    '/api/v1/namespaces/%FF/pods',
  ]
  for (const path of paths) t.is((await fetch(server + path)).status, 501, path)
  t.deepEqual(visit.unknown, paths)
  visit.end()
  t.is((await fetch(`${server}/version`)).status, 401)
})
