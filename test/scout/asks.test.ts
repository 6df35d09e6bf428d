import { generateIdentity, identityToRecipient } from 'age-encryption'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { clock } from '../../src/system/clock.ts'
import { openSealer } from '../../src/system/sealer.ts'
import { chartFiles, valueOf } from '../staging/resolve/small-site.ts'
import { renderSite } from './site.ts'

const secret = (fields: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData:\n${fields}`

test('a release that does not render is explained all the same: what it asks and looked up, then the error', async (t) => {
  const { render } = await renderSite(t, {
    'releases/web/release.yaml': 'namespace: shop\nchart: { path: chart }\ndependsOn: [db]\n',
    ...chartFiles('web', {
      'templates/a.yaml':
        '{{- $ := lookup "v1" "Namespace" "" "shop" }}\n{{- if not (.Capabilities.APIVersions.Has "x.example/v1") }}\n{{ fail "install x first" }}\n{{- end }}\n',
    }),
    'releases/db/release.yaml': 'namespace: shop\nchart: { path: chart }\n',
    ...chartFiles('db', { 'templates/a.yaml': '{{ .Values.no.such }}\n' }),
  })
  const { exitCode, stdout, stderr } = await render('--explain', 'web')
  t.is(exitCode, 1)
  t.regex(stdout, /templates\/a\.yaml:1 {2}lookup "v1" "Namespace" "" "shop" .*→/)
  t.regex(stdout, /templates\/a\.yaml:2 {2}APIVersions\.Has "x\.example\/v1" +→ no/)
  t.regex(stdout, /v1 Namespace shop +→ found/)
  t.regex(
    stderr,
    /render\/chart-refuses: Release web .*install x first.*releases\/web\/chart\/templates\/a\.yaml:3/s,
  )
  t.regex(stderr, /render\/missing-value: Release db .*releases\/db\/chart\/templates\/a\.yaml:1/s)
  const json = await render('--explain', 'web', '--output', 'json')
  t.is(json.exitCode, 1)
  const [told] = JSON.parse(json.stdout) as {
    releases: { questions: unknown[] }[]
    problems: { code: string }[]
  }[]
  t.is(told?.releases[0]?.questions.length, 2)
  t.deepEqual(told?.problems.map(({ code }) => code).sort(), ['render/chart-refuses', 'render/missing-value'])
})

const together: [args: string[], told: RegExp][] = [
  [
    ['--explain', 'web', '--propose', 'web'],
    /--propose cannot stand together with --explain.*scout render --explain web/s,
  ],
  [['--explain', 'web', '--only', 'web'], /--explain cannot stand together with --only.*--explain RELEASE/s],
  [['--propose', 'web', '--only', 'db'], /--propose cannot stand together with --only.*--propose RELEASE/s],
  [['--propose', 'web', '--shard', '1/2'], /--propose cannot stand together with --shard/],
  [['--explain', 'web', '--identity', 'key.txt'], /--explain cannot stand together with --identity/],
]
for (const [args, told] of together)
  test(`what \`scout render\` would ignore is refused as wrong usage, and nothing is written: ${args.join(' ')}`, async (t) => {
    const release = 'namespace: shop\nchart: { path: chart }\n'
    const { folder, render } = await renderSite(t, {
      'releases/web/release.yaml': release,
      ...chartFiles('web', { 'templates/a.yaml': secret('  a: {{ randAlphaNum 20 }}\n') }),
    })
    const { exitCode, stdout, stderr } = await render(...args)
    t.is(exitCode, 2)
    t.is(stdout, '')
    t.regex(stderr, told)
    t.is(await readFile(join(folder, 'releases/web/release.yaml'), 'utf8'), release)
  })

test('what is made of a value is not proposed as chance: it is said what it is and what to do, or it is sealed with all that this needs', async (t) => {
  const own = await generateIdentity()
  const sealer = valueOf(await openSealer({ environment: { SOPS_AGE_KEY: own }, clock }))
  const recipients = [await identityToRecipient(own)]
  const values = { db: { password: 'hunter2hunter2' } }
  const { folder, render } = await renderSite(t, {
    'releases/web/release.yaml':
      'namespace: shop\nchart: { path: chart }\nvaluesFiles: [values.yaml, secrets.yaml]\nsiteValues:\n  pw: { supplied: true }\n',
    'releases/web/values.yaml': 'pw: $(site:pw)\n',
    'releases/web/secrets.yaml': valueOf(
      await sealer.seal(values, { recipients, encryptedRegex: '^password$' }),
    ),
    ...chartFiles('web', {
      'templates/a.yaml': secret(
        [
          '  cut: "{{ randAlphaNum 20 }}:{{ .Values.pw | sha256sum | trunc 16 }}"',
          '  adler: "{{ randAlphaNum 20 }}:{{ .Values.pw | adler32sum }}"',
          '  other: "{{ randAlphaNum 20 }}:{{ .Values.pw | upper | adler32sum }}"',
          '  made: {{ randAlphaNum 20 }}',
          '  sum: {{ .Values.db.password | sha256sum }}\n',
        ].join('\n'),
      ),
    }),
  })
  const { exitCode, stdout, stderr } = await render('--propose', 'web')
  t.is(exitCode, 0, stderr)
  const proposed = Array.from(stdout.matchAll(/^ {2}([\w-]+):$/gm), ([, name]) => name)
  t.deepEqual(proposed, ['web-made', 'web-sum'])
  t.regex(
    stdout,
    /# It is the sha256 checksum of sops:releases\/web\/secrets\.yaml#\/db\/password: [^\n]*\n {2}web-sum:\n {4}sealed: true/,
  )
  t.regex(
    stdout,
    /releases\/site\.yaml names nobody for test.*age-keygen.*sealing: \{ recipients.*--identity/,
  )
  for (const [key, words] of [
    ['cut', 'holds the sha256 checksum of the site value web/pw'],
    ['adler', 'holds the adler32 checksum of the site value web/pw'],
    ['other', 'holds what the chart makes of the placeholder of a site value'],
  ] as const)
    t.regex(stderr, new RegExp(`key ${key} of Secret web .*${words}[^]*?Fix: [^\\n]*\`supplied: true\``))
  t.notRegex(stdout + stderr, /no site value can serve|sum of Secret/)
  t.regex(await readFile(join(folder, 'releases/web/release.yaml'), 'utf8'), /web-sum:\n {4}sealed: true/)
})
