import test from 'ava'
import { chartFiles } from '../staging/resolve/small-site.ts'
import { renderSite } from './site.ts'

const release = (more = ''): string => `namespace: shop\nchart: { path: chart }\n${more}`
const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n'
const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector: { matchLabels: { app: web } }
  {{/* nothing of this line is left */}}
  replicaz: {{ .Values.count }}
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "nginx:1" }] }
`
const plain = (text: string): string => text.replace(/ *\{\{\/.*\n/, '').replace('{{ .Values.count }}', '3')

test('a fault of a field is told at its own line, with that line, of a template as of a file; again when it is recalled', async (t) => {
  const { render } = await renderSite(t, {
    'releases/web/release.yaml': release('values: { count: 3 }\n'),
    ...chartFiles('web', { 'templates/a.yaml': `${other}---\n# more\n${deployment('web')}` }),
    'releases/plain/release.yaml': 'namespace: shop\nmanifests: [a.yaml]\n',
    'releases/plain/a.yaml': `${other.replace('other', 'another')}---\n${plain(deployment('plain'))}`,
  })
  for (const run of ['fresh', 'recalled']) {
    const { exitCode, stderr } = await render()
    t.is(exitCode, 1, run)
    t.regex(
      stderr,
      /Deployment shop\/web [^]*?release web, web\/templates\/a\.yaml, line 9 as rendered\n +9 \| {3}replicaz: 3\n +\| {3}\^{8}\n/,
      run,
    )
    t.regex(
      stderr,
      /Deployment shop\/plain [^]*?release plain, releases\/plain\/a\.yaml:11\n +11 \| {3}replicaz: 3\n/,
      run,
    )
  }
})

test('no line of a Secret is shown, but its number is', async (t) => {
  const { render } = await renderSite(t, {
    'releases/web/release.yaml': release(),
    ...chartFiles('web', {
      'templates/a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringdata:\n  a: hunter2\n',
    }),
  })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 1)
  t.regex(stderr, /web\/templates\/a\.yaml, line 4 as rendered/)
  t.notRegex(stderr, /hunter2/)
})

test('a place of a site value that is not there is told at the line that declares it, for each environment', async (t) => {
  const places = (secret: string, key: string): string =>
    `siteValues:\n  a:\n    password: {}\n    at:\n      - { secret: ${secret}, key: a }\n      - { secret: ${secret}, key: ${key} }\n`
  const { render } = await renderSite(t, {
    'releases/web/release.yaml': release(places('web', 'none')),
    'releases/db/release.yaml': release(
      `environments:\n  test:\n${places('db', 'nought').replaceAll(/^/gm, '    ').trimEnd()}\n`,
    ),
    ...chartFiles('web', {
      'templates/a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData: { a: "{{ randAlphaNum 24 }}" }\n',
    }),
    ...chartFiles('db', {
      'templates/a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: { a: "{{ randAlphaNum 24 }}" }\n',
    }),
  })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 1)
  t.regex(stderr, /render\/missing-place: Release web, [^]*?releases\/web\/release\.yaml:8:9/)
  t.regex(stderr, /render\/missing-place: Release db, [^]*?releases\/db\/release\.yaml:10:13/)
})

test('a lookup that nobody can answer is told at its line in the template', async (t) => {
  const { render } = await renderSite(t, {
    'releases/web/release.yaml': release(),
    ...chartFiles('web', {
      'templates/a.yaml': `${other}data:\n  a: {{ lookup "v1" "Namespace" "" "shop" | toJson | quote }}\n  b: {{ lookup "v1" "Sercet" "shop" "x" | toJson | quote }}\n  c: {{ (lookup "x.example/v9" "Thing" "shop" "x").metadata.name }}\n`,
    }),
  })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 1)
  t.regex(
    stderr,
    /Release web looks up v1 Sercet, which nobody here knows\.\n {2}releases\/web\/chart\/templates\/a\.yaml:6 ← [^]*Did you mean `Secret`\?/,
  )
})

test('a helm that is not here is told at the line of the lock that names it', async (t) => {
  const { render } = await renderSite(t, {
    'releases/lock.yaml': '# pinned\nhelm: 4.0.99\n',
    'releases/web/release.yaml': release(),
    ...chartFiles('web', { 'templates/a.yaml': other }),
  })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 4)
  t.regex(stderr, /helm 4\.0\.99, [^]*releases\/lock\.yaml:2:1/)
})

test('what all environments warn of is told once, without a line that chance decides', async (t) => {
  const { render } = await renderSite(t, {
    'releases/site.yaml':
      'name: site\ntarget: { kubernetes: "1.36", architecture: amd64 }\nimages: { harbor: h.example, projects: {} }\nenvironments: { one: { cluster: c }, two: { cluster: d } }\n',
    'releases/web/release.yaml': release('siteValues:\n  a: { password: {} }\n'),
    ...chartFiles('web', {
      'templates/a.yaml':
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: web, namespace: shop }\n',
    }),
  })
  const { exitCode, stderr } = await render()
  t.is(exitCode, 0, stderr)
  t.is(stderr.split('declare/unused-site-value').length - 1, 1)
  t.is(stderr.split('render/needless-namespace').length - 1, 1)
  t.regex(stderr, /release web, web\/templates\/a\.yaml\n/)
})
