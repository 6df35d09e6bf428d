import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { ended, root } from '../line/site.ts'
import type { Ended } from '../line/site.ts'

const controlPlane = await sharedControlPlane()
const { request, kubeconfig } = controlPlane
const folder = await mkdtemp(join(tmpdir(), 'scout-capabilities-'))
const trust = join(folder, 'trust.yaml')
const run = (program: string, args: string[], cwd = folder): Promise<Ended> =>
  ended('node', [join(root, `src/${program}.ts`), ...args], { cwd, env: { CI: 'true', XDG_CACHE_HOME: '' } })
const capabilities = (...args: string[]): Promise<Ended> =>
  run('scout-apply', ['capabilities', '--trust', trust, '--kubeconfig', kubeconfig, ...args])

/** A group that no other test has. */
const group = `g${randomUUID().slice(0, 8)}.example`
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const crdIn = (group: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gadgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' }, note: { type: 'string', nullable: true } },
              },
            },
          },
        },
      },
    ],
  },
})
/** Three groups have a kind of this name. */
const crds = [crdIn(group), crdIn(`other.${group}`), crdIn(`another.${group}`)]

test.before('a kind that no release brings', async (t) => {
  t.is((await run('scout', ['keys', 'generate', 'a.key', '--no-passphrase'])).exitCode, 0)
  const { stdout } = await run('scout', ['keys', 'trust', 'a.pub', '--cluster', 'here'])
  await writeFile(trust, stdout)
  for (const body of crds) {
    t.is((await request('POST', crdPath, { body })).status, 201)
    while ((await request('GET', `/apis/${body.spec.group}/v1`)).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 100))
  }
})
test.after.always(async () => {
  for (const { metadata } of crds) await request('DELETE', `${crdPath}/${metadata.name}`)
  await rm(folder, { recursive: true, force: true })
})

test('a snapshot names the cluster, and holds CRDs, namespaces by name and labels, and no ConfigMap', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'snapshot')
  const body = { metadata: { labels: { team: 'a' }, annotations: { owner: 'somebody' } } }
  await request('PATCH', `/api/v1/namespaces/${namespace}`, { body, type: 'application/merge-patch+json' })
  const { exitCode, stdout, stderr } = await capabilities()
  t.is(exitCode, 0, stderr)
  const taken = JSON.parse(stdout)
  const { uid } = (await request('GET', '/api/v1/namespaces/kube-system')).body.metadata
  t.like(taken, { format: 1, cluster: 'here', clusterId: uid, kubernetes: 'v1.36.3' })
  const named = (name: string) =>
    taken.objects.find((one: { metadata: object }) => 'name' in one.metadata && one.metadata.name === name)
  const labels = { 'kubernetes.io/metadata.name': namespace, team: 'a' }
  t.deepEqual(named(namespace), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { labels, name: namespace },
  })
  // Defaults that the server filled in are part of it.
  t.like(named(`gadgets.${group}`), {
    kind: 'CustomResourceDefinition',
    spec: { conversion: { strategy: 'None' }, group },
  })
  t.false(stdout.includes('"kind":"ConfigMap","metadata"'))
})

test('other kinds are taken where they are asked for, without what the server keeps to itself', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'included')
  const metadata = {
    name: 'settings',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' },
  }
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } }
  await request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body })
  const out = join(folder, 'with.json')
  const { exitCode, stdout, stderr } = await capabilities(
    '--include',
    'ConfigMap',
    '--include',
    `Gadget.${group}`,
    '--out',
    out,
  )
  t.is(exitCode, 0, stderr)
  t.regex(stdout, /with\.json: here, Kubernetes v1\.36\.3, \d+ resources, [\d,]+ objects/)
  const { objects } = JSON.parse(await readFile(out, 'utf8'))
  t.deepEqual(
    objects
      .filter(
        (one: { kind: string; metadata: { namespace: string } }) =>
          one.kind === 'ConfigMap' && one.metadata.namespace === namespace && 'data' in one,
      )
      .at(-1),
    { apiVersion: 'v1', data: { a: '1' }, kind: 'ConfigMap', metadata: { name: 'settings', namespace } },
  )
})

const refused: [what: string, args: string[], says: RegExp][] = [
  [
    'Secrets',
    ['--include', 'Secret'],
    /snapshot\/secret: Secrets are not taken.*values would leave the cluster/s,
  ],
  ['secrets by the name in URLs', ['--include', 'secrets'], /snapshot\/secret/],
  ['a misspelt kind', ['--include', 'ConfigMaps'], /no kind ConfigMaps.*Did you mean ConfigMap\?/s],
  ['a kind in the wrong group', ['--include', 'Deployment.extensions'], /no kind Deployment\.extensions/],
  ['a kind that cannot be listed', ['--include', 'TokenReview'], /keeps no list of TokenReview/],
  [
    'a kind that several groups have',
    ['--include', 'Gadget'],
    /Several groups.*one of Gadget\.another\..*, Gadget\.g/s,
  ],
  ['a bundle', ['bundle.tgz'], /does not know what to do with "bundle\.tgz"/],
]
for (const [what, args, says] of refused)
  test(`capabilities refuses ${what} with the reason`, async (t) => {
    const { exitCode, stdout, stderr } = await capabilities(...args)
    t.is(exitCode, 2)
    t.is(stdout, '')
    t.regex(stderr, says)
  })

test('a user without rights is told every one that is missing, at once', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'rights')
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const { token } = (await request('POST', path, { body })).body.status
  const cluster = { server: controlPlane.url, 'insecure-skip-tls-verify': true }
  const file = join(folder, 'poor.json')
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  const { exitCode, stderr } = await run('scout-apply', [
    'capabilities',
    '--trust',
    trust,
    '--kubeconfig',
    file,
  ])
  t.is(exitCode, 4)
  t.is(stderr.match(/may not (?:list|get)/g)?.length, 7)
})

test('a file that cannot be written is a failure of the world', async (t) => {
  const { exitCode, stderr } = await capabilities('--out', join(folder, 'absent/x.json'))
  t.is(exitCode, 4)
  t.regex(stderr, /write the snapshot stopped: ENOENT/)
})

const files: { [path: string]: string } = {
  'releases/site.yaml': `name: sample
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: harbor.example, projects: {} }
environments:
  staging: { cluster: here }
`,
  'releases/lock.yaml': 'helm: 4.1.4\ncharts: {}\n',
  'releases/gadget/release.yaml': 'namespace: shop\nmanifests: [manifests]\n',
  'releases/gadget/manifests/gadget.yaml': `apiVersion: ${group}/v1
kind: Gadget
metadata: { name: one }
spec: { size: 3, note: null }
`,
  'releases/asks/release.yaml': 'namespace: shop\nchart: { path: chart }\n',
  'releases/asks/chart/Chart.yaml': 'apiVersion: v2\nname: asks\nversion: 1.0.0\n',
  'releases/asks/chart/templates/asks.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: asks }
data:
  has: {{ .Capabilities.APIVersions.Has "${group}/v1/Gadget" | quote }}
  version: {{ .Capabilities.KubeVersion.Version | quote }}
`,
}

const siteWith = async (t: ExecutionContext, changes: { [path: string]: string }) => {
  const site = await mkdtemp(join(tmpdir(), 'scout-snapshot-site-'))
  t.teardown(() => rm(site, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ ...files, ...changes })) {
    await mkdir(dirname(join(site, path)), { recursive: true })
    await writeFile(join(site, path), text)
  }
  await ended('git', ['init', '-q'], { cwd: site })
  return site
}

test('what only the cluster has is rendered for with its snapshot, and a named problem without', async (t) => {
  const site = await siteWith(t, {})
  const without = await run('scout', ['render'], site)
  t.is(without.exitCode, 1)
  t.regex(
    without.stderr,
    /render\/unknown-kind: Gadget one.*neither Kubernetes 1\.36.*environments\.ENV\.snapshot/s,
  )

  t.is((await capabilities('--out', join(folder, 'snapshot.json'))).exitCode, 0)
  await cp(join(folder, 'snapshot.json'), join(site, 'releases/here.snapshot.json'))
  const named = files['releases/site.yaml']!.replace(
    'cluster: here',
    'cluster: here, snapshot: here.snapshot.json',
  )
  await writeFile(join(site, 'releases/site.yaml'), named)
  const rendered = await run('scout', ['render'], site)
  t.is(rendered.exitCode, 0, rendered.stderr)
  const { stdout } = await ended('sh', ['-c', 'cat $(find rendered -name "*.yaml" | sort)'], { cwd: site })
  t.regex(stdout, /has: "true"\n {2}version: v1\.36\.3/)
  // Null may be meant in a custom resource: it stays; and the namespace is filled in, for the kind is namespaced.
  t.regex(stdout, /namespace: shop\nspec:\n {2}note: null\n {2}size: 3/)

  const wrong = files['releases/gadget/manifests/gadget.yaml']!.replace('size: 3', 'size: many, colour: red')
  await writeFile(join(site, 'releases/gadget/manifests/gadget.yaml'), wrong)
  const judged = await run('scout', ['validate'], site)
  t.is(judged.exitCode, 1)
  t.regex(judged.stderr, /Gadget shop\/one .*spec\.colour.*Gadget shop\/one .*spec\.size/s)
})
