import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { compareRenders, isEqual, maskedIn } from '../../scripts/compare-with-server/compare.ts'
import { differenceWords } from '../../scripts/compare-with-server/words.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { placeholderOf } from '../../src/core/site-values/placeholder.ts'
import { sharedControlPlane } from '../control-plane/shared.ts'
import { ended, root } from '../line/site.ts'

const script = join(root, 'scripts/compare-with-server.ts')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const site = (name: string): { [file: string]: string } => ({
  'site.yaml': `name: tiny
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: harbor.example, projects: { docker.io: hub } }
environments: { production: { cluster: tiny } }
namespaces: { ${name}: { labels: { team: tiny } } }
`,
  'lock.yaml': 'helm: 4.1.4\ncharts: {}\n',
  'kinds/release.yaml': `namespace: ${name}\nmanifests: [crd.yaml]\n`,
  'kinds/crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.${name}.example }
spec:
  group: ${name}.example
  scope: Namespaced
  names: { kind: Thing, plural: things, singular: thing, listKind: ThingList }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`,
  'quiet/release.yaml': `namespace: ${name}
chart: { path: chart }
values: { greeting: hello $(site:title) }
siteValues: { title: { supplied: true } }
`,
  'quiet/chart/Chart.yaml': 'apiVersion: v2\nname: quiet\nversion: 1.0.0\n',
  'quiet/chart/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: quiet, annotations: null }
data: { greeting: {{ .Values.greeting }} }
---
apiVersion: v1
kind: Secret
metadata: { name: quiet }
stringData: { password: opensesame }
---
apiVersion: v1
kind: Pod
metadata: { name: quiet }
spec: { containers: [{ name: quiet, image: nginx:1.29 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: tried, annotations: { helm.sh/hook: test } }
spec: { containers: [{ name: tried, image: nginx:1.29 }] }
`,
  'asks/release.yaml': `namespace: ${name}
chart: { path: chart }
dependsOn: [quiet]
supplied: [{ secret: given, keys: [token] }]
siteValues: { pin: { password: { length: 20 }, at: [{ secret: asks, key: pin }] } }
`,
  'asks/chart/Chart.yaml': 'apiVersion: v2\nname: asks\nversion: 1.0.0\n',
  'asks/chart/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: asks }
data:
  thing: {{ .Capabilities.APIVersions.Has "${name}.example/v1/Thing" | quote }}
  gone: {{ .Capabilities.APIVersions.Has "policy/v1beta1" | quote }}
  team: {{ (lookup "v1" "Namespace" "" "${name}").metadata.labels.team | quote }}
  greeting: {{ (lookup "v1" "ConfigMap" "${name}" "quiet").data.greeting | quote }}
  token: {{ (lookup "v1" "Secret" "${name}" "given").data.token | b64dec | quote }}
  stranger: {{ lookup "v1" "ConfigMap" "${name}" "stranger" | len | quote }}
{{- if .Capabilities.APIVersions.Has "${name}.example/v1" }}
---
apiVersion: ${name}.example/v1
kind: Thing
metadata: { name: asks }
{{- end }}
---
apiVersion: v1
kind: Secret
metadata: { name: asks }
data: { pin: {{ randAlphaNum 20 | b64enc }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: asks }
spec:
  selector: { matchLabels: { app: asks } }
  template:
    metadata:
      labels: { app: asks }
      annotations: { checksum/pin: {{ randAlphaNum 20 | sha256sum }} }
    spec: { containers: [{ name: asks, image: nginx:1.29, envFrom: [{ secretRef: { name: asks } }] }] }
`,
})

test('what is rendered is compared object by object with what helm makes on a real API server', async (t) => {
  t.timeout(5 * 60_000)
  const { request, kubeconfig } = await sharedControlPlane()
  const name = `compare-${randomUUID().slice(0, 8)}`
  const folder = await mkdtemp(join(tmpdir(), 'scout-compare-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  t.teardown(async () => {
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    await request('DELETE', `${crds}/things.${name}.example`)
    await request('DELETE', `/api/v1/namespaces/${name}`)
  })
  for (const [file, text] of Object.entries(site(name))) {
    await mkdir(dirname(join(folder, 'releases', file)), { recursive: true })
    await writeFile(join(folder, 'releases', file), text)
  }
  const run = (program: string, ...args: string[]) =>
    ended('node', [program, ...args, `--site=${folder}`, '--env=production'])
  const compare = (...args: string[]) => run(script, `--kubeconfig=${kubeconfig}`, ...args)
  const rendered = await run(join(root, 'src/scout.ts'), 'render')
  t.is(rendered.exitCode, 0, rendered.stderr)

  const asked = await readFile(
    join(folder, `rendered/production/asks/main/${name}/ConfigMap_asks.yaml`),
    'utf8',
  )
  const told = [
    'thing: "true"',
    'gone: "false"',
    'team: tiny',
    'greeting: hello scout',
    'token: scout',
    'stranger: "0"',
  ]
  t.deepEqual(
    told.filter((line) => !asked.includes(`  ${line}`)),
    [],
    asked,
  )

  const equal = await compare('--expect=2')
  t.is(equal.exitCode, 0, equal.stdout + equal.stderr)
  t.deepEqual(equal.stdout.replace(/on https:\S+:/, 'on a server:').split('\n'), [
    `masked   asks  Deployment ${name}/asks  /spec/template/metadata/annotations/checksum~1pin  (checksum)`,
    `masked   asks  Secret ${name}/asks  /data/pin  (random)`,
    'production on a server: 2 chart releases rendered twice by helm 4.1.4',
    '7 objects: 7 equal, 0 not; 2 masked fields',
  ])

  const objects = join(folder, 'rendered/production/quiet/main', name)
  const secret = join(objects, 'Secret_quiet.yaml')
  await writeFile(secret, (await readFile(secret, 'utf8')).replace('opensesame', 'somethingelse'))
  await rm(join(objects, 'Pod_quiet.yaml'))
  const stranger = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stranger' } }
  await request('POST', `/api/v1/namespaces/${name}/configmaps`, { body: stranger })
  const different = await compare('--expect=1')
  t.is(different.exitCode, 1, different.stderr)
  const lines = different.stdout.split('\n')
  const expected = [
    `differs  quiet  Secret ${name}/quiet`,
    '    /stringData/password  (differs)',
    `differs  quiet  Pod ${name}/quiet: helm makes it on the server, and it is not in rendered/`,
    `differs  asks  ConfigMap ${name}/asks`,
    '    /data/stranger  (differs)',
    '7 objects: 4 equal, 3 not; 2 masked fields',
    'expected 1 masked field',
  ]
  t.deepEqual(
    expected.filter((line) => !lines.includes(line)),
    [],
    different.stdout,
  )
  t.notRegex(different.stdout + different.stderr, /opensesame|somethingelse/)
})

test('no server is a failure of the world, and an --expect that is no number is wrong usage', async (t) => {
  const kubeconfig = '--kubeconfig=/nonexistent/kubeconfig'
  const noServer = await ended('node', [script, '--env=production', kubeconfig], { cwd: root })
  t.is(noServer.exitCode, 4, noServer.stderr)
  const wrong = await ended('node', [script, '--env=production', '--expect=many'], { cwd: root })
  t.is(wrong.exitCode, 2, wrong.stderr)
})

const made = placeholderOf('web/password', 'value')
const given = placeholderOf('web/token', 'value')
const digest = (letter: string): string => letter.repeat(64)

interface Case {
  claim: string
  kind?: string
  /** The field as it is rendered, and in the server's two renders. */
  values: [ours: string, first: string, second: string]
  is: 'equal' | 'random' | 'supplied' | 'checksum' | RegExp
}

const checksum = 'Deployment'
const cases: Case[] = [
  { claim: 'the same is equal', values: ['a', 'a', 'a'], is: 'equal' },
  {
    claim: 'what the server says otherwise differs',
    values: ['a', 'b', 'b'],
    is: /\(differs\)\n +- a\n +\+ b$/,
  },
  { claim: 'undeclared dice are named', values: ['a', 'b', 'c'], is: /random, undeclared/ },
  { claim: 'dice that fell like ours once are named', values: ['a', 'a', 'c'], is: /random, undeclared/ },
  { claim: 'a placeholder over dice is a mask', values: [made, 'b', 'c'], is: 'random' },
  { claim: 'text around it is compared', values: [`u:${made};`, 'u:b;', 'u:c;'], is: 'random' },
  { claim: 'text around it may not differ', values: [`u:${made};`, 'v:b;', 'v:c;'], is: /\(differs\)/ },
  {
    claim: 'a placeholder in base64 is a mask, with the text around it',
    kind: 'Secret',
    values: [`u:${made}`, 'u:b', 'u:c'].map(base64) as Case['values'],
    is: 'random',
  },
  {
    claim: 'text around a placeholder in base64 may not differ',
    kind: 'Secret',
    values: [`u:${made}`, 'v:b', 'v:c'].map(base64) as Case['values'],
    is: /\(differs\)\n +- "?digest [0-9a-f]{8}"?\n/,
  },
  { claim: 'a mask hides nothing that stays', values: [made, 'b', 'b'], is: /same in both renders/ },
  { claim: 'what people supply may stay', values: [given, '', ''], is: 'supplied' },
  { claim: 'a placeholder that came through values is equal', values: [given, given, given], is: 'equal' },
  {
    claim: 'a replaced checksum is a mask',
    kind: checksum,
    values: [digest('a'), digest('b'), digest('c')],
    is: 'checksum',
  },
  {
    claim: 'a checksum that stays is none',
    kind: checksum,
    values: [digest('a'), digest('b'), digest('b')],
    is: /\(differs\)/,
  },
  {
    claim: 'a checksum that is not the digest of what is masked is none',
    kind: checksum,
    values: [digest('d'), digest('b'), digest('c')],
    is: /random, undeclared/,
  },
]

const isDigest = (object: KubeObject): boolean => JSON.stringify(object).includes(digest('a'))

const objectOf = (kind: string, value: string): string => {
  const named = { kind, metadata: { name: 'web', namespace: 'shop' } }
  const metadata = { annotations: { 'checksum/config': value } }
  return JSON.stringify(
    kind === checksum
      ? { apiVersion: 'apps/v1', ...named, spec: { template: { metadata } } }
      : { apiVersion: 'v1', ...named, data: { value } },
  )
}

for (const { claim, kind = 'ConfigMap', values, is } of cases)
  test(`fields: ${claim}`, (t) => {
    const renders = values.map((value) => new Map([['web/main/shop/web.yaml', objectOf(kind, value)]]))
    const [ours, ...theirs] = renders as [(typeof renders)[0], (typeof renders)[0], (typeof renders)[0]]
    const masks = { supplied: new Set([given]), isDigest }
    const { differing } = compareRenders(ours, theirs, () => masks)
    t.is(differing.every(isEqual), !(is instanceof RegExp))
    if (is instanceof RegExp) t.regex(differing.flatMap(differenceWords).join('\n'), is)
    else {
      const masks = differing.flatMap(maskedIn).map(({ why }) => why)
      t.deepEqual(masks, is === 'equal' ? [] : [is])
    }
  })

test('an object that comes and goes is named, also where rendered/ has it', (t) => {
  const one = new Map([['web/main/shop/web.yaml', objectOf('ConfigMap', 'a')]])
  const masks = { supplied: new Set<string>(), isDigest }
  const { differing } = compareRenders(one, [one, new Map()], () => masks)
  t.regex(differing.flatMap(differenceWords).join('\n'), /only one of the server's two renders/)
})
