import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Told } from '../../src/core/effects/helm.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { withCrds } from '../../src/core/stand-in/crds.ts'
import { compiledIn } from '../../src/staging/render/scan/compiled-in.ts'
import { scanChart } from '../../src/staging/render/scan/scan-chart.ts'
import { servedBy } from '../../src/staging/render/scan/served.ts'
import { wayFor } from '../../src/staging/render/scan/way.ts'
import type { Way } from '../../src/staging/render/scan/way.ts'
import { openFiles } from '../../src/system/files.ts'
import { openHelm } from '../../src/system/helm.ts'
import { loadTarget } from '../../src/system/schemas.ts'
import { openStandIn } from '../../src/system/stand-in.ts'
import { chartFiles, siteOf, valueOf } from '../staging/resolve/small-site.ts'

const standIn = openStandIn()
test.after.always(async () => (await standIn).close())

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.things.example' },
  spec: {
    group: 'things.example',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
      },
    ],
  },
} as unknown as KubeObject

/** A target with this CRD on it. */
const withThings = async () => {
  const { discovered } = valueOf(await loadTarget('1.36'))
  return withCrds({ ...discovered, kubernetes: 'v1.36.0' }, [crd])
}

const renderer = async (t: ExecutionContext, files: Record<string, string>) => {
  const root = await siteOf(t, chartFiles('one', files))
  const helm = valueOf(await openHelm(root, '4.1.4'))
  const directory = join('releases', 'one', 'chart')
  const render = async (told: Told): Promise<string> => {
    const answered = await helm.template({
      release: 'one',
      namespace: 'shop',
      directory,
      kubernetes: '1.36.0',
      told,
      upgrade: false,
      values: [],
    })
    if (answered.answer === 'failed') return answered.problem.what
    return answered.answer === 'rendered' ? answered.text : answered.words
  }
  return { render, scan: await scanChart(directory, openFiles(root)) }
}

/** A ConfigMap that says what came out. */
const config = (name: string, said: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n  said: ${said}\n`

const has = (api: string): string => config('has', `{{ .Capabilities.APIVersions.Has "${api}" | quote }}`)

const all = config('all', '{{ .Capabilities.APIVersions | join "," }}')
const versionsIn = (text: string): string[] => (/said: (.*)/.exec(text)?.[1] ?? '').split(',').sort()

test('helm believes in what its table says, as long as nobody tells it better', async (t) => {
  const { render } = await renderer(t, { 'templates/all.yaml': all })
  const told = versionsIn(await render({ by: 'list', apiVersions: [] }))
  t.deepEqual(told, Array.from(compiledIn['4.1'] ?? []).sort())
})

test('helm takes for served what a server that it asks serves, subresources too', async (t) => {
  const { render } = await renderer(t, { 'templates/all.yaml': all })
  const discovered = await withThings()
  const visit = (await standIn).visit({ discovered, objects: [] })
  t.teardown(() => visit.end())
  const told = versionsIn(await render({ by: 'server', kubeconfig: visit.kubeconfig }))
  t.deepEqual(told, Array.from(servedBy(discovered)).sort())
  t.true(told.includes('v1/Eviction') && told.includes('things.example/v1/Scale'))
})

const charts: [string, Record<string, string>, Way['way']][] = [
  ['nothing', { 'templates/a.yaml': config('a', '{{ .Release.Name }}') }, 'plain'],
  [
    'the version of Kubernetes',
    {
      'templates/a.yaml': config(
        'a',
        '{{ with .Capabilities.KubeVersion }}"{{ .Version }} {{ .Major }} {{ .Minor }} {{ . }}"{{ end }}',
      ),
    },
    'plain',
  ],
  ['a version that helm and the target know', { 'templates/a.yaml': has('apps/v1') }, 'list'],
  ['a kind, which helm never knows by itself', { 'templates/a.yaml': has('apps/v1/Deployment') }, 'list'],
  ['a kind of the core group', { 'templates/a.yaml': has('v1/Pod') }, 'list'],
  [
    'a kind that only subresources have',
    { 'templates/a.yaml': has('v1/Eviction') + '---\n' + has('autoscaling/v1/Scale') },
    'list',
  ],
  [
    'a CRD of the set',
    { 'templates/a.yaml': has('things.example/v1') + '---\n' + has('things.example/v1/Thing') },
    'list',
  ],
  ['another version of a CRD of the set', { 'templates/a.yaml': has('things.example/v2') }, 'list'],
  ['what nobody serves', { 'templates/a.yaml': has('none.example/v1') }, 'list'],
  ['a version that only helm believes in', { 'templates/a.yaml': has('policy/v1beta1') }, 'server'],
  [
    'a version that is gone, by a kind',
    { 'templates/a.yaml': has('policy/v1beta1/PodSecurityPolicy') },
    'list',
  ],
  [
    'a version that is gone, where the present one is not served',
    {
      'templates/a.yaml': config(
        'a',
        '{{ if .Capabilities.APIVersions.Has "policy/v1" }}new{{ else if .Capabilities.APIVersions.Has "policy/v1beta1" }}old{{ end }}',
      ),
    },
    'list',
  ],
  [
    'all versions',
    { 'templates/a.yaml': config('a', '{{ .Capabilities.APIVersions | join "," }}') },
    'server',
  ],
  [
    'something through a library',
    {
      'charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n',
      'charts/lib/templates/_a.tpl':
        '{{ define "lib.api" }}{{ $c := .Capabilities }}{{ $c.APIVersions.Has "things.example/v1" }}{{ end }}',
      'templates/a.yaml': config('a', '{{ include "lib.api" . | quote }}'),
    },
    'list',
  ],
  [
    'something by a text in its values',
    {
      'values.yaml': `text: '{{ .Capabilities.APIVersions.Has "things.example/v1" }}'\n`,
      'templates/a.yaml': config('a', '{{ tpl .Values.text . | quote }}'),
    },
    'list',
  ],
  [
    'something by a text in a file',
    {
      'files/a.txt': '{{ .Capabilities.APIVersions.Has "things.example/v1" }}',
      'templates/a.yaml': config('a', '{{ tpl (.Files.Get "files/a.txt") . | quote }}'),
    },
    'list',
  ],
  [
    'something in a text that it prints itself',
    {
      'templates/a.yaml': config(
        'a',
        `{{ tpl "{{ .Capabilities.APIVersions.Has \\"things.example/v1\\" }}" . | quote }}`,
      ),
    },
    'list',
  ],
  [
    'whether to fail, in its notes',
    {
      'templates/a.yaml': config('a', 'b'),
      'templates/NOTES.txt':
        '{{ if not (.Capabilities.APIVersions.Has "things.example/v1") }}{{ fail "no" }}{{ end }}',
    },
    'list',
  ],
  [
    'for everything, by printing all that it knows',
    { 'templates/a.yaml': config('a', '{{ toYaml . | sha256sum }}') },
    'server',
  ],
  [
    'for what is there',
    { 'templates/a.yaml': config('a', '{{ lookup "v1" "Secret" "shop" "a" | toJson | quote }}') },
    'server',
  ],
  [
    'in each form that a literal can have',
    {
      'templates/a.yaml': config(
        'a',
        '"{{ has "v1/Pod" .Capabilities.APIVersions }} {{ .Capabilities.APIVersions | has "v2/Pod" }} {{ `things.example/v1` | .Capabilities.APIVersions.Has }}"',
      ),
    },
    'list',
  ],
]

for (const [name, files, way] of charts)
  test(`a chart that asks for ${name} goes by way of ${way}, and comes out as by asking a server`, async (t) => {
    const { render, scan } = await renderer(t, files)
    const discovered = await withThings()
    const chosen = wayFor(scan, '4.1.4', servedBy(discovered))
    t.is(chosen.way, way)
    const visit = (await standIn).visit({ discovered, objects: [] })
    t.teardown(() => visit.end())
    const asked = await render({ by: 'server', kubeconfig: visit.kubeconfig })
    t.regex(asked, /^---\n# Source: one\/templates\/a\.yaml\n/)
    if (chosen.way === 'server') return
    t.is(await render({ by: 'list', apiVersions: chosen.way === 'list' ? chosen.apiVersions : [] }), asked)
  })
