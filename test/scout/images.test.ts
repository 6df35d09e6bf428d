import test from 'ava'
import type { ExecutionContext } from 'ava'
import { join } from 'node:path'
import { ended, root } from '../line/site.ts'
import type { Ended } from '../line/site.ts'
import { siteOf } from '../staging/resolve/small-site.ts'

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: "nginx:1.29", args: [--side-image=quay.io/sample/side:1] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data:
  notes.txt: |
    # usual
    Runs quay.io/sample/job:2 at night.
  base.yaml: "base: quay.io/sample"
`

const site = `name: site
target: { kubernetes: "1.36", architecture: amd64 }
images:
  harbor: h.example
  projects: { docker.io: hub, quay.io: quay }
  finders: [{ kind: ConfigMap, path: /data/base.yaml/base, form: registry }]
environments: { test: { cluster: c } }
`

/** A site with one release, and a scout in it. */
const scoutIn = async (
  t: ExecutionContext,
  decisions = '',
  finders = '',
): Promise<(...args: string[]) => Promise<Ended>> => {
  const folder = await siteOf(t, {
    'releases/site.yaml': site.replace('form: registry }]', `form: registry }${finders}]`),
    'releases/lock.yaml': 'helm: 4.1.4\n',
    'releases/web/release.yaml': `namespace: shop\nmanifests: [web.yaml]\n${decisions}`,
    'releases/web/web.yaml': manifest,
  })
  return (...args) =>
    ended('node', [join(root, 'src/scout.ts'), ...args], { cwd: folder, env: { CI: 'true' } })
}

test('scout images tells of all images and suspects, as table, list, JSON and bill of materials; --why tells where and by which rule', async (t) => {
  const scout = await scoutIn(t)
  const table = await scout('images')
  t.is(table.exitCode, 0, table.stderr)
  t.regex(table.stdout, /docker\.io\/library\/nginx:1\.29 +hub +1 +pod-spec\n/)
  t.regex(table.stdout, /quay\.io\/sample \(its operator says the rest\) +quay +1 +rule\n/)
  t.regex(table.stdout, /1 suspect that nobody has decided on[^]*quay\.io\/sample\/job:2/)

  const plain = await scout('images', '--output', 'plain')
  t.is(plain.stdout, 'h.example/hub/library/nginx:1.29\nh.example/quay/sample/side:1')
  const upstream = await scout('images', '--output', 'plain', '--upstream')
  t.is(upstream.stdout, 'docker.io/library/nginx:1.29\nquay.io/sample/side:1')

  const json = JSON.parse((await scout('images', '--output', 'json')).stdout) as {
    images: { name: string }[]
  }
  t.deepEqual(
    json.images.map(({ name }) => name),
    ['docker.io/library/nginx:1.29', 'quay.io/sample', 'quay.io/sample/side:1'],
  )
  const bom = JSON.parse((await scout('images', '--output', 'cyclonedx')).stdout) as {
    specVersion: string
    components: { purl: string; type: string }[]
  }
  t.is(bom.specVersion, '1.6')
  t.deepEqual(
    bom.components.map(({ type, purl }) => [type, purl]),
    [
      ['container', 'pkg:oci/nginx?repository_url=docker.io/library/nginx&tag=1.29'],
      ['container', 'pkg:oci/side?repository_url=quay.io/sample/side&tag=1'],
    ],
  )

  const why = await scout('images', '--why', 'quay.io/sample/side')
  t.regex(
    why.stdout,
    /becomes h\.example\/quay\/sample\/side:1\n {2}by flag \(B\): [^\n]+\n {4}test: web: Deployment shop\/web \/spec\/template\/spec\/containers\/0\/args\/0/,
  )
  const unknown = await scout('images', '--why', 'quay.io/sample/sida:1')
  t.is(unknown.exitCode, 1)
  t.regex(unknown.stderr, /Did you mean quay\.io\/sample\/side:1\?/)
})

test('an undecided suspect is a warning at render, an error at validate, and is decided in the release file', async (t) => {
  const undecided = await scoutIn(t)
  const rendered = await undecided('render')
  t.is(rendered.exitCode, 0, rendered.stderr)
  t.regex(
    rendered.stderr,
    /rewrite\/undecided-image: Release web: "quay\.io\/sample\/job:2" looks like an image/,
  )
  const refused = await undecided('validate')
  t.is(refused.exitCode, 1)
  t.regex(refused.stderr, /error rewrite\/undecided-image[^]*\/data\/notes\.txt[^]*images\.extra/)

  const decided = await scoutIn(
    t,
    'images:\n  ignore: [{ image: "quay.io/sample/job:2", reason: a note for people }]\n',
  )
  t.is((await decided('render')).exitCode, 0)
  const valid = await decided('validate')
  t.is(valid.exitCode, 0, valid.stderr)
})

test('scout images --undo prints the manifests as they were', async (t) => {
  const scout = await scoutIn(t, 'images: { extra: ["quay.io/sample/job:2"] }\n')
  await scout('render')
  const undone = await scout('images', '--undo')
  t.regex(undone.stdout, /image: nginx:1\.29\n/)
  t.regex(undone.stdout, /--side-image=quay\.io\/sample\/side:1/)
  t.regex(undone.stdout, /Runs quay\.io\/sample\/job:2 at night\./)
  t.notRegex(undone.stdout, /h\.example/)
})

const wrong: [args: string[], says: RegExp][] = [
  [['--why', 'nginx', '--undo'], /--why and --undo are two questions/],
  [['--upstream'], /Add --output plain/],
  [['--undo', '--output', 'plain'], /Leave --why and --undo out/],
  [['lock', '--why', 'nginx'], /scout images lock takes no --why/],
  [['warm', '--output', 'cyclonedx'], /scout images warm takes no --output cyclonedx/],
]

test('options that do not go together are wrong usage, and told before anything is rendered', async (t) => {
  const scout = await scoutIn(t)
  for (const [args, says] of wrong) {
    const { exitCode, stderr } = await scout('images', ...args)
    t.is(exitCode, 2, args.join(' '))
    t.regex(stderr, says)
  }
})

test('a finder of the site that finds nothing is a warning at render, with the nearest kind or field', async (t) => {
  const finders = [
    '{ kind: ConfigMaps, path: /data/x }',
    '{ kind: ConfigMap, path: /data/bose.yaml/base, form: registry }',
    '{ kind: ConfigMap, path: /data/base.yaml/bass, form: registry }',
    '{ kind: Deployment.apps, path: /spec/template }',
  ]
  const scout = await scoutIn(t, '', `, ${finders.join(', ')}`)
  const { exitCode, stderr } = await scout('render')
  t.is(exitCode, 0, stderr)
  const [kind, key, inner, value] = stderr.split('warning rewrite/unmatched-finder: ').slice(1)
  t.regex(
    kind ?? '',
    /^The finder of ConfigMaps at \/data\/x finds nothing: there is no ConfigMaps\.\n[^]*Did you mean ConfigMap\?/,
  )
  t.regex(key ?? '', /no ConfigMap has that\.\n *releases\/site\.yaml:6[^]*Did you mean \/data\/base\.yaml\?/)
  t.regex(inner ?? '', /Did you mean \/data\/base\.yaml\/base\?/)
  t.regex(value ?? '', /at \/spec\/template finds nothing: what stands there is no image\./)
  t.is(stderr.split('unmatched-finder').length, 5, 'the one that finds something is not told')
  // What is rendered is not all that it may be for.
  t.notRegex((await scout('render', '--env', 'test')).stderr, /unmatched-finder/)
})
