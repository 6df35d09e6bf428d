import test from 'ava'
import type { ExecutionContext } from 'ava'
import { compareSync } from 'bcryptjs'
import { X509Certificate } from 'node:crypto'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { KubeObject } from '../../../../src/core/object.ts'
import { placeholderOf, placeholdersIn } from '../../../../src/core/site-values/placeholder.ts'
import type { SiteValue } from '../../../../src/core/site-values/recipe.ts'
import { mask } from '../../../../src/staging/render/mask/mask.ts'
import { propose, withProposal } from '../../../../src/staging/render/mask/propose.ts'
import { problemsOf, valueOf } from '../../resolve/small-site.ts'
import { inObject, inSecret, password, renderChart, sealed, siteValue, web } from './renders.ts'

const guarded = `
{{- $old := lookup "v1" "Secret" .Release.Namespace "web-auth" }}
{{- $password := randAlphaNum 20 }}
{{- if $old }}{{ $password = index $old.data "password" | b64dec }}{{ end }}
apiVersion: v1
kind: Secret
metadata: { name: web-auth }
data:
  password: {{ $password | b64enc }}
  htpasswd: {{ htpasswd "admin" $password | b64enc }}
  config.yaml: {{ printf "db:\\n  user: web\\n  password: %s\\n  salt: %s\\n" $password (randNumeric 12) | b64enc }}
  login: {{ printf "{\\"auths\\":{\\"r\\":{\\"password\\":%q,\\"auth\\":%q}}}" $password (printf "u:%s" $password | b64enc) | b64enc }}
`

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata:
      annotations:
        checksum/secret: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum }}
        short: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum | trunc 8 | quote }}
        rollme: {{ randAlphaNum 9 | quote }}
    spec:
      containers:
        - name: web
          envFrom: [{ secretRef: { name: web-auth } }]
`

const certificates = `
{{- $ca := genCA "web-ca" 365 }}
{{- $cert := genSignedCert "web" (list "10.0.0.1") (list "web.shop.svc" "Web" "web.shop.svc." "we_b") 30 $ca }}
apiVersion: v1
kind: Secret
metadata: { name: web-tls }
type: kubernetes.io/tls
data:
  ca.crt: {{ $ca.Cert | b64enc }}
  tls.crt: {{ $cert.Cert | b64enc }}
  tls.key: {{ $cert.Key | b64enc }}
  chain.pem: {{ printf "%s%s" $cert.Cert $ca.Cert | b64enc }}
---
{{- range list "Validating" "Mutating" }}
apiVersion: admissionregistration.k8s.io/v1
kind: {{ . }}WebhookConfiguration
metadata: { name: web }
webhooks:
  - name: a.web.example
    clientConfig: { caBundle: {{ $ca.Cert | b64enc }} }
  - name: b.web.example
    clientConfig: { caBundle: {{ $ca.Cert | trim | b64enc }} }
---
{{- end }}
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.web.example }
spec:
  conversion: { webhook: { clientConfig: { caBundle: {{ $ca.Cert | b64enc }} } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data:
  web.yaml: |
    tls:
      ca: |
        {{- $ca.Cert | nindent 8 }}
  web.json: {{ dict "ca" $ca.Cert | toJson | quote }}
`

/** What is proposed from three renders, and the objects of two others masked by it, which have to be the same. */
const served = async (
  t: ExecutionContext,
  files: { [path: string]: string },
): Promise<{ yaml: string; siteValues: SiteValue[]; objects: KubeObject[]; raw: KubeObject[] }> => {
  const renders = await renderChart(t, files, [{}, {}, {}, {}, {}])
  const proposal = propose(web(), renders[0]!, renders[1]!, renders[2])
  t.deepEqual(proposal.left, [])
  const siteValues = withProposal([], proposal)
  const next = web(siteValues)
  const masked = valueOf(mask(next, renders[3]!, renders[4]))
  t.deepEqual(masked, valueOf(mask(next, renders[4]!, renders[3])))
  return {
    yaml: proposal.yaml,
    siteValues,
    objects: masked.map(({ object }) => object),
    raw: renders[3]!.map(({ object }) => object),
  }
}

const textOf = (objects: KubeObject[], kind: string, key: string): string => {
  const object = objects.find((one) => one.kind === kind)!
  const text = (object['data'] as JsonObject)[key] as string
  return kind === 'Secret' ? Buffer.from(text, 'base64').toString() : text
}

test('a password that a chart would keep by lookup is masked wherever it went, and checksums settle', async (t) => {
  const { yaml, siteValues, objects, raw } = await served(t, {
    'templates/secret.yaml': guarded,
    'templates/deployment.yaml': deployment,
  })
  t.is(
    yaml,
    `siteValues:
  auth-config-yaml-salt:
    password:
      alphabet: digits
      length: 12
    at:
      - secret: web-auth
        key: config.yaml
        after: "  salt: "
  auth-htpasswd:
    htpasswd:
      of: auth-password
      user: admin
    at:
      - secret: web-auth
        key: htpasswd
  auth-password:
    password:
      length: 20
    at:
      - secret: web-auth
        key: password
  web-rollme:
    password:
      length: 9
    at:
      - kind: Deployment.apps
        name: web
        pointer: /spec/template/metadata/annotations/rollme
`,
  )
  t.is(siteValues.length, 4)
  const [salt, line, hole, rollme] = siteValues.map(({ id }) => placeholderOf(id, 'value')) as [
    string,
    string,
    string,
    string,
  ]
  t.is(textOf(objects, 'Secret', 'password'), hole)
  t.is(textOf(objects, 'Secret', 'htpasswd'), line)
  t.is(textOf(objects, 'Secret', 'config.yaml'), `db:\n  user: web\n  password: ${hole}\n  salt: ${salt}\n`)
  t.deepEqual(JSON.parse(textOf(objects, 'Secret', 'login')), {
    auths: { r: { password: hole, auth: Buffer.from(`u:${hole}`).toString('base64') } },
  })
  const made = textOf(raw, 'Secret', 'htpasswd').slice('admin:'.length)
  t.true(compareSync(textOf(raw, 'Secret', 'password'), made))
  const annotations = /"annotations":(\{[^}]*\})/.exec(JSON.stringify(objects))?.[1] ?? ''
  const { 'checksum/secret': sum, short, ...others } = JSON.parse(annotations) as { [key: string]: string }
  t.regex(sum!, /^[0-9a-f]{64}$/)
  t.is(short, sum!.slice(0, 8))
  t.deepEqual(others, { rollme })
})

test('a certificate is one value in a Secret, a chain, two webhook configurations, a CRD, YAML and JSON', async (t) => {
  const { yaml, siteValues, objects, raw } = await served(t, { 'templates/tls.yaml': certificates })
  t.regex(yaml, /\n {2}# The chart says more, or less, .*\n {2}tls:\n/)
  t.deepEqual(
    siteValues.map(({ id, recipe }) => [id, recipe]),
    [
      [
        'web/tls-ca',
        {
          made: 'certificate',
          commonName: 'web-ca',
          authority: true,
          dnsNames: [],
          ipAddresses: [],
          days: 365,
          issuer: null,
        },
      ],
      [
        'web/tls',
        {
          made: 'certificate',
          commonName: 'web',
          authority: false,
          dnsNames: ['web.shop.svc', 'web'],
          ipAddresses: ['10.0.0.1'],
          days: 30,
          issuer: 'web/tls-ca',
        },
      ],
    ],
  )
  t.true(new X509Certificate(textOf(raw, 'Secret', 'ca.crt')).ca)
  const ca = placeholderOf('web/tls-ca', 'certificate')
  const certificate = placeholderOf('web/tls', 'certificate')
  t.is(textOf(objects, 'Secret', 'chain.pem'), `${certificate}\n${ca}\n`)
  t.is(textOf(objects, 'Secret', 'tls.key'), `${placeholderOf('web/tls', 'key')}\n`)
  t.is(textOf(objects, 'ConfigMap', 'web.yaml').trimEnd(), `tls:\n  ca: |\n    ${ca}`)
  t.is(textOf(objects, 'ConfigMap', 'web.json'), `{"ca":"${ca}\\n"}`)
  for (const object of objects.filter(({ kind }) => kind !== 'Secret'))
    t.deepEqual(placeholdersIn(object), new Set([ca]), object.kind)
})

test('an undeclared certificate is refused with the lines that declare it and its key', async (t) => {
  const [first, second] = await renderChart(t, { 'templates/tls.yaml': certificates }, [{}, {}])
  const problems = problemsOf(mask(web(), first!, second))
  t.deepEqual(
    problems.map(({ code }) => code),
    ['render/undeclared-random', 'render/undeclared-random'],
  )
  const [, own] = problems
  t.regex(own!.what, /key tls.crt of Secret web-tls \(web\/templates\/tls.yaml\) and key tls.key/)
  t.regex(
    own!.fix,
    /issuer: tls-ca\n {4}at:\n {6}- secret: web-tls\n {8}key: tls.crt\n.*\n {8}key: tls.key\n {8}part: key\n/,
  )
  t.notRegex(JSON.stringify(problems), /BEGIN|MII/)
})

const shows = (value: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { sum: {{ ${value} | quote }} }
`

const secretOf = (value: string): string => `
apiVersion: v1
kind: Secret
metadata: { name: web-auth }
stringData: { password: {{ ${value} | quote }} }
`

const given = siteValue('given', { made: 'supplied' })
const token = { given: { id: 'web/given', part: 'value' as const } }
const salts = ['', 'twin'].map((salt) => ({ given: placeholderOf('web/given', 'value', salt) }))

/** Two renders of a chart whose value `given` is a placeholder, which has the same salt again wherever it came out whole. */
const withToken = async (t: ExecutionContext, template: string) => {
  const [first, second] = await renderChart(t, { 'templates/a.yaml': template }, salts)
  const text = JSON.stringify(second).replaceAll(salts[1]!.given, salts[0]!.given)
  return mask(web([given], { tokens: token }), first!, JSON.parse(text) as typeof first)
}

test('a placeholder that comes out whole is no difference', async (t) => {
  t.true((await withToken(t, secretOf('.Values.given'))).ok)
})

const transformed: [claim: string, template: string, words: RegExp][] = [
  ['its checksum', '.Values.given | sha256sum', /the sha256 checksum of the site value web\/given/],
  [
    'its checksum cut short',
    '.Values.given | sha1sum | trunc 10',
    /the sha1 checksum of the site value web\/given/,
  ],
  ['it in capitals', '.Values.given | upper', /the upper case form of the site value web\/given/],
  ['a checksum over more', 'printf "%s!" .Values.given | sha256sum', /looks like a checksum/],
]
for (const [claim, template, words] of transformed)
  test(`a chart that makes ${claim} of a placeholder is refused by name`, async (t) => {
    const [problem, ...others] = problemsOf(await withToken(t, shows(template)))
    t.deepEqual(others, [])
    t.is(problem?.code, 'render/transformed-site-value')
    t.regex(problem?.what ?? '', words)
    t.regex(problem?.what ?? '', /\/data\/sum of ConfigMap web \(web\/templates\/a.yaml\)/)
  })

test('a chart that makes a checksum of a password that it makes up is refused, declared or not', async (t) => {
  const template = `{{ $p := randAlphaNum 16 }}${secretOf('$p')}---${shows('$p | sha256sum')}`
  const [first, second] = await renderChart(t, { 'templates/a.yaml': template }, [{}, {}])
  const declared = siteValue('password', password, inSecret('web-auth', 'password'))
  const sum = siteValue('sum', sealed('sum'), inObject('ConfigMap', 'web', '/data/sum'))
  const told = [[], [declared]].map((siteValues) => problemsOf(mask(web(siteValues), first!, second)))
  t.deepEqual(
    told.map((problems) => problems.map(({ code }) => code)),
    [['render/undeclared-random', 'render/transformed-site-value'], ['render/transformed-site-value']],
  )
  t.regex(told[0]![1]!.what, /the sha256 checksum of key password of Secret shop\/web-auth/)
  t.regex(told[1]![0]!.what, /the sha256 checksum of the site value web\/password/)
  t.true(mask(web([declared, sum]), first!, second).ok, 'sealed, it is served')
})
