import test from 'ava'
import { hashSync } from 'bcryptjs'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Problem } from '../../../../src/core/problem.ts'
import { placeholderOf } from '../../../../src/core/site-values/placeholder.ts'
import type { SiteValue } from '../../../../src/core/site-values/recipe.ts'
import { mask } from '../../../../src/staging/render/mask/mask.ts'
import { problemsOf, valueOf } from '../../resolve/small-site.ts'
import {
  base64,
  config,
  found,
  inObject,
  inSecret,
  password,
  sealed,
  secret,
  siteValue,
  web,
} from './renders.ts'

const hole = placeholderOf('web/password', 'value')
const declared = siteValue('password', password, inSecret('auth', 'password'))

type Made = (value: string) => JsonObject[]

/** The masked objects of two renders that drew these values; both ways round they have to be the same. */
const masked = (
  made: Made,
  siteValues: SiteValue[],
  drawn = ['Zq81LmX0Tt4e', 'p0Wm55NbQaaz'],
): JsonObject[] => {
  const [first, second] = drawn.map((value) => found(...made(value)))
  const one = valueOf(mask(web(siteValues), first!, second))
  valueOf(mask(web(siteValues), second!, first))
  return one.map(({ object }) => object)
}

const auth = (value: string): JsonObject => secret('auth', { password: value })

const carried: [claim: string, made: (value: string) => string][] = [
  ['whole', (value) => value],
  ['inside a text', (value) => `redis://:${value}@redis:6379/0`],
  ['twice in a text', (value) => `${value} ${value}`],
  ['in base64', (value) => base64(`admin:${value}`)],
  ['in base64 in base64', (value) => base64(base64(`a: ${value}\n`))],
  ['in base64 inside a text, beside itself', (value) => `{"p":"${value}","auth":"${base64(`u:${value}`)}"}`],
]
for (const [claim, made] of carried)
  test(`a value is masked at its place, and ${claim} wherever else it stands`, (t) => {
    const objects = masked((value) => [auth(value), config('other', { a: made(value) })], [declared])
    t.deepEqual(objects, [auth(hole), config('other', { a: made(hole) })])
  })

const pem = (letters: string): string =>
  `-----BEGIN CERTIFICATE-----\n${letters.repeat(4)}\n${letters}==\n-----END CERTIFICATE-----`
const indent = (text: string, margin: string): string => text.replaceAll('\n', `\n${margin}`)

const forms: [claim: string, made: (pem: string) => string][] = [
  ['with its last line end', (value) => `${value}\n`],
  ['without its last line end', (value) => value],
  ['indented in a text', (value) => `ca: |\n    ${indent(value, '    ')}\nnext: x\n`],
  ['indented, its last line end too', (value) => `ca: |\n  ${indent(`${value}\n`, '  ')}`],
  ['as JSON', (value) => JSON.stringify({ ca: `${value}\n`, n: 1 })],
]
for (const [claim, made] of forms)
  test(`a certificate is found ${claim}`, (t) => {
    const ca: SiteValue = {
      id: 'web/ca',
      recipe: {
        made: 'certificate',
        commonName: 'x',
        authority: true,
        dnsNames: [],
        ipAddresses: [],
        days: 1,
        issuer: null,
      },
      places: [inSecret('tls', 'ca.crt', { part: 'certificate' })],
    }
    const certificate = placeholderOf('web/ca', 'certificate')
    const objects = masked(
      (value) => [secret('tls', { 'ca.crt': `${pem(value)}\n` }), config('c', { a: made(pem(value)) })],
      [ca],
    )
    t.deepEqual(objects, [
      secret('tls', { 'ca.crt': `${certificate}\n` }),
      config('c', { a: made(certificate) }),
    ])
  })

test('of values that contain each other, the longer one is masked where it stands', (t) => {
  const chain = siteValue('chain', sealed('chain'), inSecret('tls', 'chain'))
  const one = siteValue('one', sealed('one'), inSecret('tls', 'one'))
  const objects = masked(
    (value) => [
      secret('tls', {
        one: pem(value),
        chain: `${pem(value)}\n${pem('QUJD')}`,
        both: `${pem('QUJD')}\n${pem(value)}\n`,
      }),
    ],
    [one, chain],
  )
  const [whole, part] = [placeholderOf('web/chain', 'value'), placeholderOf('web/one', 'value')]
  t.deepEqual(objects, [secret('tls', { one: part, chain: whole, both: `${pem('QUJD')}\n${part}\n` })])
})

test('a part of a text is masked between what stands around it', (t) => {
  const values = [
    siteValue('password', password, inSecret('auth', 'users', { after: 'admin:', before: '\n' })),
    siteValue('other', password, inSecret('auth', 'users', { after: 'guest:' })),
  ]
  const objects = masked(
    (value) => [secret('auth', { users: `# users\nadmin:${value}\nguest:g${value}g\n` })],
    values,
  )
  const other = placeholderOf('web/other', 'value')
  t.deepEqual(objects, [secret('auth', { users: `# users\nadmin:${hole}\nguest:${other}\n` })])
})

test('a short value is masked at its places alone', (t) => {
  const pin = siteValue(
    'password',
    password,
    inSecret('auth', 'password'),
    inObject('ConfigMap', 'c', '/data/pin'),
  )
  const objects = masked(
    (value) => [auth(value), config('c', { pin: value, text: 'port 4711 of 1234' })],
    [pin],
    ['4711', '1234'],
  )
  t.deepEqual(objects, [auth(hole), config('c', { pin: hole, text: 'port 4711 of 1234' })])
})

test('a password that is the same at each render is masked as a word, and one that could be a name in Secrets alone', (t) => {
  const name = siteValue('name', password, inSecret('auth', 'name'))
  const fixed = (strong: string, weak: string): JsonObject[] => [
    secret('auth', { password: strong, name: weak, url: `pg://${weak}:${strong}@db` }),
    config('c', { a: `x:${strong}`, b: 's3cret-word2-file', c: 'postgres' }),
  ]
  const weak = placeholderOf('web/name', 'value')
  const given = found(...fixed('s3cret-word2', 'postgres'))
  const expected = fixed(hole, weak)
  expected[1] = config('c', { a: `x:${hole}`, b: 's3cret-word2-file', c: 'postgres' })
  for (const second of [given, undefined])
    t.deepEqual(
      valueOf(mask(web([declared, name]), given, second)).map(({ object }) => object),
      expected,
    )
})

const hex = (value: string, length: number): string =>
  Buffer.from(value.repeat(4)).toString('hex').slice(0, length)

const workload = (kind: string, annotations: JsonObject, spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: { template: { metadata: { annotations }, spec: { containers: [], ...spec } } },
})
const checksumIn = (object: JsonObject | undefined): string =>
  /"checksum[^"]*":"([^"]*)"/.exec(JSON.stringify(object))?.[1] ?? ''

const reads = { volumes: [{ name: 'a', secret: { secretName: 'auth' } }] }

test('a checksum over random content becomes a digest of what the pods refer to, of the same length', (t) => {
  for (const length of [4, 32, 64]) {
    const made =
      (spec: JsonObject, other: string): Made =>
      (value) => [
        auth(value),
        config('c', { a: other }),
        workload('Deployment', { 'checksum/config': hex(value, length), plain: 'abcd' }, spec),
      ]
    const digest = (spec: JsonObject, other: string): string =>
      checksumIn(masked(made(spec, other), [declared])[2])
    const one = digest(reads, 'one')
    t.regex(one, new RegExp(`^[0-9a-f]{${length}}$`))
    t.is(digest(reads, 'two'), one, 'it does not depend on what the pods do not see')
    t.not(digest({}, 'one'), digest({}, 'two'), 'without references it is of everything')
    t.not(digest({ envFrom: [] }, 'one'), one)
  }
})

test('checksums are found on objects, in CronJobs and in pod templates of custom resources', (t) => {
  const bearers: ((sum: string) => JsonObject)[] = [
    (sum) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', annotations: { checksum: sum } },
      spec: reads,
    }),
    (sum) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'p' },
      spec: {
        jobTemplate: { spec: { template: { metadata: { annotations: { checksum: sum } }, spec: reads } } },
      },
    }),
    (sum) => ({
      apiVersion: 'x.example/v1',
      kind: 'Thing',
      metadata: { name: 'p' },
      spec: { nodes: [{ template: { metadata: { annotations: { checksum: sum } } } }] },
    }),
  ]
  for (const bearer of bearers) {
    const objects = masked((value) => [auth(value), bearer(hex(value, 40))], [declared])
    t.regex(checksumIn(objects[1]), /^[0-9a-f]{40}$/)
  }
})

test('test hooks are left out, also where their names are random', (t) => {
  const made: Made = (value) => [
    auth(value),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `test-${value.toLowerCase()}`, annotations: { 'helm.sh/hook': 'test' } },
    },
  ]
  t.deepEqual(masked(made, [declared]), [auth(hole)])
})

test('an object keeps its name where a value stands in it, and is refused', (t) => {
  const renders = ['zq81lmx0tt4e', 'p0wm55nbqaaz'].map((value) =>
    found(auth(value), config(`c-${value}`, {})),
  )
  const [problem] = problemsOf(mask(web([declared]), renders[0]!, renders[1]))
  t.is(problem?.code, 'render/undeclared-random')
  t.regex(problem?.what ?? '', /is not in every render/)
})

const misplaced: [claim: string, value: SiteValue, what: RegExp, fix: RegExp][] = [
  [
    'object',
    siteValue('x', password, inSecret('aut', 'password')),
    /renders no Secret shop\/aut\b/,
    /`auth`/,
  ],
  ['key', siteValue('x', password, inSecret('auth', 'pasword')), /no text at key pasword/, /`password`/],
  [
    'text after',
    siteValue('x', password, inSecret('auth', 'password', { after: 'u:' })),
    /after "u:"/,
    /`after`/,
  ],
  [
    'text before',
    siteValue('x', password, inSecret('auth', 'password', { before: '@' })),
    /before "@"/,
    /`before`/,
  ],
  [
    'field',
    siteValue('x', password, inObject('ConfigMap', 'c', '/data/nun')),
    /no text at \/data\/nun/,
    /`nuun`/,
  ],
  [
    'text in a number',
    siteValue('x', password, inObject('ConfigMap', 'c', '/n')),
    /no text at \/n/,
    /Correct the place, which leaves the value on the clusters as it is/,
  ],
]
for (const [claim, value, what, fix] of misplaced)
  test(`a place whose ${claim} is gone is named, with what may be meant, and without a value`, (t) => {
    const objects = found(auth('Zq81LmX0Tt4e'), { ...config('c', { nuun: 'x' }), n: 4711 })
    const problems = problemsOf(mask(web([value]), objects, undefined))
    t.is(problems.length, 1)
    t.is(problems[0]?.code, 'render/missing-place')
    t.regex(problems[0]?.what ?? '', what)
    t.regex(problems[0]?.fix ?? '', fix)
    t.notRegex(JSON.stringify(problems), /Zq81LmX0Tt4e/)
  })

test('one value at two places that hold different things is refused', (t) => {
  const value = siteValue('x', password, inSecret('auth', 'a'), inSecret('auth', 'b'))
  const problems = problemsOf(
    mask(web([value]), found(secret('auth', { a: 'one-value', b: 'two-value' })), undefined),
  )
  t.deepEqual(
    problems.map(({ code }) => code),
    ['render/unequal-places'],
  )
  t.notRegex(JSON.stringify(problems), /(one|two)-value/)
})

test('two values of one text keep their places, and where it stands elsewhere, it is refused until that place is declared', (t) => {
  const [a, b] = ['a', 'b'].map((name) => siteValue(name, password, inSecret('auth', name)))
  const pair = { a: 'changeme123', b: 'changeme123' }
  const masks = (values: SiteValue[], ...others: JsonObject[]) =>
    mask(web(values), found(secret('auth', pair), ...others), undefined)
  const [forA, forB] = [placeholderOf('web/a', 'value'), placeholderOf('web/b', 'value')]
  t.deepEqual(
    valueOf(masks([a!, b!])).map(({ object }) => object),
    [secret('auth', { a: forA, b: forB })],
  )
  const url = (value: string): JsonObject => secret('url', { url: `pg://x:${value}@db` })
  const problems = problemsOf(masks([a!, b!], url('changeme123')))
  t.deepEqual(
    problems.map(({ code }) => code),
    ['render/ambiguous-site-values'],
  )
  t.regex(problems[0]!.what, /web\/a and web\/b: .* key url of Secret url/)
  t.notRegex(JSON.stringify(problems), /changeme123/)
  const meant = inSecret('url', 'url', { after: 'pg://x:', before: '@' })
  const settled = [a!, { ...b!, places: [...b!.places, meant] }]
  t.deepEqual(
    valueOf(masks(settled, url('changeme123'))).map(({ object }) => object),
    [secret('auth', { a: forA, b: forB }), url(forB)],
  )
})

test('hex in an annotation of another object is a checksum only where its key says so', (t) => {
  const annotated = (key: string) => (value: string) => [
    auth(value),
    {
      ...config('c', {}),
      metadata: { name: 'c', annotations: { [key]: hex(value, 40) } },
    },
  ]
  for (const key of ['checksum/config', 'x.example/configHash', 'sha256'])
    t.regex(JSON.stringify(masked(annotated(key), [declared])[1]), /"[0-9a-f]{40}"/)
  for (const key of ['sum', 'serial']) {
    const [first, second] = ['Zq81LmX0Tt4e', 'p0Wm55NbQaaz'].map((value) => found(...annotated(key)(value)))
    const problems = problemsOf(mask(web([declared]), first!, second))
    t.is(problems.length, 1)
    t.regex(problems[0]!.code, /^render\/(undeclared-random|transformed-site-value)$/)
    t.regex(problems[0]!.what, new RegExp(`/metadata/annotations/${key} of ConfigMap c`))
  }
})

test('several lines in the middle of one are no place for a value', (t) => {
  const value = siteValue('x', password, inSecret('auth', 'a', { after: 'ca=' }))
  const problems = problemsOf(
    mask(web([value]), found(secret('auth', { a: `ca=${pem('QUJD')}` })), undefined),
  )
  t.regex(problems[0]?.what ?? '', /several lines/)
})

const undeclared: [claim: string, code: Problem['code'], made: Made, what: RegExp, fix: RegExp][] = [
  [
    'is not declared',
    'render/undeclared-random',
    (value) => [auth(value)],
    /key password of Secret auth \(web\/templates\/secret.yaml\) is different at each render/,
    /`scout render --propose web`[^]*siteValues:\n {2}auth-password:\n {4}password:\n {6}length: 12\n {4}at:\n {6}- secret: auth\n {8}key: password/,
  ],
  [
    'stands in an annotation, and is no hex',
    'render/undeclared-random',
    (value) => [workload('Deployment', { rollme: value.slice(0, 5) }, {})],
    /\/spec\/template\/metadata\/annotations\/rollme of Deployment web/,
    /kind: Deployment.apps\n +name: web\n +pointer: \/spec\/template\/metadata\/annotations\/rollme/,
  ],
  [
    'is in another order',
    'render/undeclared-random',
    (value) => [{ ...config('c', {}), args: value.startsWith('Z') ? ['a', 'b', 'c'] : ['c', 'a', 'b'] }],
    /holds the same at each render, in another order/,
    /sort/,
  ],
  [
    'is a number',
    'render/undeclared-random',
    (value) => [{ ...config('c', {}), replicas: value.length + value.charCodeAt(0) }],
    /no site value can stand there/,
    /value of the chart/,
  ],
  [
    'is in one render alone',
    'render/undeclared-random',
    (value) => [auth('same'), ...(value.startsWith('Z') ? [config('c', {})] : [])],
    /ConfigMap c \(web\/templates\/configmap.yaml\) is not in every render/,
    /value of the chart/,
  ],
  [
    'is only a field in one render',
    'render/undeclared-random',
    (value) => [config('c', value.startsWith('Z') ? { a: '1' } : {})],
    /no site value can stand there/,
    /value of the chart/,
  ],
]
for (const [claim, code, made, what, fix] of undeclared)
  test(`what ${claim} is refused with its place and what to do, and without its value`, (t) => {
    const drawn = ['Zq81LmX0Tt4e', 'p0Wm55NbQaaz']
    const [first, second] = drawn.map((value) => found(...made(value)))
    const problems = problemsOf(mask(web(), first!, second))
    t.is(problems.length, 1)
    t.is(problems[0]?.code, code)
    t.regex(problems[0]?.what ?? '', what)
    t.regex(problems[0]?.fix ?? '', fix)
    t.notRegex(JSON.stringify(problems), /Zq81L|p0Wm5/)
  })

test('a password that is always the same is said to be that of a hash, and each key that is meant is pointed to', (t) => {
  const renders = ['Zq81LmX0Tt4e', 'p0Wm55NbQaaz'].map((value) =>
    found(
      secret('auth', {
        password: 'hunter-two',
        htpasswd: `u:${hashSync('hunter-two', 4)}`,
        a: value.slice(0, 5),
        b: value.slice(0, 5),
      }),
    ),
  )
  const problems = problemsOf(mask(web(), renders[0]!, renders[1]))
  t.deepEqual(
    problems.map(({ what, where }) => [
      what.replace(/^.*?: /, '').replaceAll(/ \([^)]*\)/g, ''),
      where.flatMap((one) => (one.in === 'object' ? [one.pointer] : [])),
    ]),
    [
      ['key a of Secret auth and key b of Secret auth are different at each render.', ['/data/a', '/data/b']],
      ['key htpasswd of Secret auth is different at each render.', ['/data/htpasswd']],
      [
        'key password of Secret auth holds the password of a hash that is different at each render.',
        ['/data/password'],
      ],
    ],
  )
  t.notRegex(JSON.stringify(problems), /hunter-two/)
})
