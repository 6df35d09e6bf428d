import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import test from 'ava'
import { ended, root } from '../line/site.ts'
import { chartFiles } from '../staging/resolve/small-site.ts'
import { renderSite } from './site.ts'

const config = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n  a: ${data}\n`

/** Charts of which none renders: what each is told to be, with the place, in that order. */
const charts: [name: string, files: { [path: string]: string }, told: RegExp][] = [
  [
    'nested',
    {
      'templates/_h.tpl':
        '{{ define "deep" }}\n{{ .Values.a.b.c }}\n{{ end }}\n{{ define "mid" }}{{ include "deep" . }}{{ end }}\n',
      'templates/a.yaml': config('{{ include "mid" . }}'),
    },
    /\.Values\.a\.b\.c, but \.Values\.a is not set\.\n {2}\S*nested\/chart\/templates\/_h\.tpl:2:4 ← \S*_h\.tpl:4 ← \S*a\.yaml:5 ← release nested.*Set a\.b\.c in the values/s,
  ],
  [
    'dependency',
    {
      'Chart.yaml':
        'apiVersion: v2\nname: dependency\nversion: 1.0.0\ndependencies:\n  - name: redis\n    version: 1.0.0\n    repository: https://charts.example\n',
    },
    /dependency\/chart\/charts: redis\.\n {2}releases\/dependency\/chart\/Chart\.yaml:5:5 .*helm dependency build/s,
  ],
  [
    'remote',
    { 'values.schema.json': '{\n  "$ref": "https://schemas.example/x.json#/a"\n}\n' },
    /schemas\.example\/x\.json.*\n {2}releases\/remote\/chart\/values\.schema\.json:2:12 .*Put that schema into the chart/s,
  ],
  [
    'kubernetes',
    { 'Chart.yaml': 'apiVersion: v2\nname: kubernetes\nversion: 1.0.0\nkubeVersion: "<1.30.0"\n' },
    /takes Kubernetes <1\.30\.0, and the target is v1\.36\.0\.\n {2}releases\/kubernetes\/chart\/Chart\.yaml:4:1 .*another target/s,
  ],
  [
    'scalar',
    { 'values.yaml': 'one: 1\nreplicas: 3\n', 'templates/a.yaml': config('{{ .Values.replicas.min.x }}') },
    /\.Values\.replicas is no map\.\n {2}\S*scalar\/chart\/templates\/a\.yaml:5:9 ← releases\/scalar\/chart\/values\.yaml:2:1 .*Make replicas a map/s,
  ],
  [
    'kindless',
    { 'templates/a.yaml': `${config('b')}---\n# nothing\na: 1\n` },
    /Release kindless: kindless\/templates\/a\.yaml: a document has no kind\.\n {2}releases\/kindless\/chart\/templates\/a\.yaml \(as rendered\):2 .*Write both apiVersion and kind/s,
  ],
  [
    'misshapen',
    { 'templates/a.yaml': config('{{ "b: c: d" }}') },
    /releases\/misshapen\/chart\/templates\/a\.yaml \(as rendered\):5:7 .*5 \| {3}a: b: c: d/s,
  ],
]

test('all charts that do not render are told at once: release, file, line and what to do, in each environment once', async (t) => {
  const files = charts.map(([name, own]) => ({
    [`releases/${name}/release.yaml`]: 'namespace: shop\nchart: { path: chart }\n',
    ...chartFiles(name, { 'templates/fine.yaml': config('fine').replace('name: x', 'name: fine'), ...own }),
  }))
  const { render } = await renderSite(t, Object.assign({}, ...files) as { [path: string]: string })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 1)
  const told = stderr.slice(stderr.indexOf('error ')).split('\n\n')
  t.is(told.length, charts.length + 1, stderr)
  for (const [name, , wanted] of charts) {
    const [one, ...others] = told.filter((text) => new RegExp(`elease ${name}\\b`).test(text))
    t.is(others.length, 0)
    t.regex(one ?? '', wanted)
    t.regex(one ?? '', /\n {2}Fix: /)
  }
  t.notRegex(stderr, /node:internal|goroutine|^ +at /m)
})

/** A helm of the right version that ends otherwise than it should. */
const broken: [title: string, script: string, told: RegExp][] = [
  [
    'that panics',
    'echo "panic: nil map" >&2; echo "goroutine 1 [running]:" >&2; exit 2',
    /render\/helm-crashed: .*helm crashed: nil map\./,
  ],
  ['that is killed', 'kill -SEGV $$', /helm\/no-answer: Release web: helm ended without an answer: SIGSEGV/],
  ['that says nothing', 'exit 1', /render\/helm-refused: .*gives no reason\.[^]*the program is broken/],
]
for (const [title, script, told] of broken)
  test(`a helm ${title} is a failure of the world, told in words`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'scout-helm-'))
    t.teardown(() => rm(folder, { recursive: true }))
    await mkdir(join(folder, 'bin'))
    const version = 'if [ "$1" = version ]; then echo v4.1.4; exit; fi'
    await writeFile(join(folder, 'bin/helm'), `#!/bin/sh\n${version}\n${script}\n`, { mode: 0o755 })
    const { folder: site } = await renderSite(t, {
      'releases/web/release.yaml': 'namespace: shop\nchart: { path: chart }\n',
      ...chartFiles('web', { 'templates/a.yaml': config('b') }),
    })
    const { exitCode, stderr } = await ended('node', [join(root, 'src/scout.ts'), 'render'], {
      cwd: site,
      env: { CI: 'true', PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter) },
    })
    t.is(exitCode, 4, stderr)
    t.regex(stderr, told)
    t.notRegex(stderr, /goroutine/)
  })
