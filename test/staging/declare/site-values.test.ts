import test from 'ava'
import type { Release } from '../../../src/core/records.ts'
import type { Place, Recipe } from '../../../src/core/site-values/recipe.ts'
import { declared, goodSite, told } from './site.ts'
import type { Files } from './site.ts'

const web = 'releases/web/release.yaml'

const releaseOf = async (changes: Files, name = 'web', environment = 'staging'): Promise<Release> => {
  const outcome = await declared(changes, environment)
  const release = outcome.ok ? outcome.value.releases.find((one) => one.name === name) : undefined
  if (release === undefined) throw new Error(told(outcome.ok ? outcome.warnings : outcome.problems))
  return release
}

const webWith = (siteValues: string, more = ''): Files => ({
  [web]: `namespace: shop\nchart: { path: chart }\nsiteValues: { ${siteValues} }\n${more}`,
})

const sealing: Files = {
  'releases/site.yaml': `${String(goodSite['releases/site.yaml'])}sealing: { recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p] }\n`,
}

const at = 'at: [{ secret: web, key: a }]'
const certificate = {
  made: 'certificate' as const,
  dnsNames: [],
  ipAddresses: [],
  days: 3650,
}

/** What a person writes, and the recipe that it means. */
const recipes: [written: string, recipe: Recipe][] = [
  [
    `x: { password: {}, ${at} }`,
    { made: 'password', length: 24, alphabet: 'letters-and-digits', base64: false },
  ],
  [
    `x: { password: { length: 5, alphabet: hex, base64: true }, ${at} }`,
    { made: 'password', length: 5, alphabet: 'hex', base64: true },
  ],
  [`x: { key: {}, ${at} }`, { made: 'key', bits: 2048 }],
  [`x: { key: { bits: 4096 }, ${at} }`, { made: 'key', bits: 4096 }],
  [
    `x: { certificate: { commonName: web CA, authority: true }, ${at} }`,
    { ...certificate, commonName: 'web CA', authority: true, issuer: null },
  ],
  [
    `x: { certificate: { commonName: web, dnsNames: [a.b, "*.c"], ipAddresses: [10.0.0.1, "fd00::1"], days: 7, issuer: ca }, ${at} }, ca: { certificate: { commonName: ca, authority: true } }`,
    {
      made: 'certificate',
      commonName: 'web',
      authority: false,
      dnsNames: ['a.b', '*.c'],
      ipAddresses: ['10.0.0.1', 'fd00::1'],
      days: 7,
      issuer: 'web/ca',
    },
  ],
  [
    `x: { htpasswd: { of: word }, ${at} }, word: { password: {} }`,
    { made: 'htpasswd', user: null, of: 'web/word' },
  ],
  [
    `x: { htpasswd: { user: admin, of: web/word }, ${at} }, word: { secret: { name: db, key: k } }`,
    { made: 'htpasswd', user: 'admin', of: 'secret:shop/db/k' },
  ],
  [`x: { supplied: true, ${at} }`, { made: 'supplied' }],
  [
    `x: { sealed: true, ${at} }`,
    { made: 'sealed', file: 'releases/web/sealed.staging.yaml', pointer: '/values/x' },
  ],
]
for (const [written, recipe] of recipes)
  test(`a recipe is filled in with defaults: ${written.slice(0, 70)}`, async (t) => {
    const { siteValues } = await releaseOf({ ...webWith(written), ...sealing })
    t.deepEqual(siteValues.find(({ id }) => id === 'web/x')?.recipe, recipe)
  })

const secret = { group: '', kind: 'Secret', namespace: 'shop', name: 'web' }
const place: Place = {
  object: secret,
  field: { in: 'secret', key: 'a' },
  part: 'value',
  after: '',
  before: '',
}
const places: [written: string, places: Place[]][] = [
  ['password: {}, at: [{ secret: web, key: a }]', [place]],
  [
    'password: {}, at: [{ secret: web, key: a, namespace: other, after: "admin:", before: "\\n" }]',
    [{ ...place, object: { ...secret, namespace: 'other' }, after: 'admin:', before: '\n' }],
  ],
  ['key: {}, at: [{ secret: web, key: a }]', [{ ...place, part: 'key' }]],
  ['key: {}, at: [{ secret: web, key: a, part: public }]', [{ ...place, part: 'public' }]],
  ['certificate: { commonName: x }, at: [{ secret: web, key: a }]', [{ ...place, part: 'certificate' }]],
  [
    'password: {}, at: [{ kind: Deployment.apps, name: web, pointer: /spec/a~1b }]',
    [
      {
        ...place,
        object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
        field: { in: 'object', pointer: '/spec/a~1b' },
      },
    ],
  ],
  [
    'certificate: { commonName: x }, at: [{ kind: APIService.apiregistration.k8s.io, name: v1.x, namespace: "", pointer: /spec/caBundle }]',
    [
      {
        ...place,
        object: { group: 'apiregistration.k8s.io', kind: 'APIService', namespace: '', name: 'v1.x' },
        field: { in: 'object', pointer: '/spec/caBundle' },
        part: 'certificate',
      },
    ],
  ],
]
for (const [written, expected] of places)
  test(`a place is where the release lives unless it says so: ${written}`, async (t) => {
    const { siteValues } = await releaseOf(webWith(`x: { ${written} }`))
    t.deepEqual(siteValues, [{ id: 'web/x', recipe: siteValues[0]?.recipe as Recipe, places: expected }])
  })

test('tokens stand for values of this release and of others, from files, values and manifests', async (t) => {
  const changes: Files = {
    ...webWith(
      'ca: { certificate: { commonName: ca, authority: true } }, db: { secret: { name: db, key: k, namespace: data } }, constructor: { supplied: true }',
      'valuesFiles: [values.yaml]\nvalues: { a: ["$(site:ca.key)"], "$(site:constructor)": 1 }\n',
    ),
    'releases/web/values.yaml':
      'a: "$(site:ca) and $(site:web/ca)"\nb: $(site:database/password)\nc: |\n  # $(site:db)\n',
    'releases/database/release.yaml':
      'namespace: shop\nmanifests: [manifests]\nsiteValues: { password: { password: {} } }\n',
    'releases/database/manifests/deep/a.yaml': 'stringData: { a: $(site:password), b: $(site:web/db) }\n',
  }
  t.deepEqual((await releaseOf(changes)).tokens, {
    ca: { id: 'web/ca', part: 'certificate' },
    'web/ca': { id: 'web/ca', part: 'certificate' },
    'ca.key': { id: 'web/ca', part: 'key' },
    constructor: { id: 'web/constructor', part: 'value' },
    'database/password': { id: 'database/password', part: 'value' },
    db: { id: 'secret:data/db/k', part: 'value' },
  } as never)
  t.deepEqual((await releaseOf(changes, 'database')).tokens, {
    password: { id: 'database/password', part: 'value' },
    'web/db': { id: 'secret:data/db/k', part: 'value' },
  })
})

test("an environment's site values take the place of those of the same name, and its own layers alone are looked at", async (t) => {
  const changes: Files = {
    ...webWith(
      `a: { password: { length: 8 }, ${at} }, b: { supplied: true }`,
      `values: { x: $(site:b) }
environments:
  production:
    namespace: front
    siteValues: { a: { password: { length: 9 }, ${at} }, c: { supplied: true } }
    values: { x: $(site:c) }
`,
    ),
  }
  const staging = await releaseOf(changes)
  t.deepEqual(
    staging.siteValues.map(({ id, recipe, places }) => [id, recipe, places[0]?.object.namespace]),
    [
      ['web/a', { made: 'password', length: 8, alphabet: 'letters-and-digits', base64: false }, 'shop'],
      ['web/b', { made: 'supplied' }, undefined],
    ],
  )
  t.deepEqual(Object.keys(staging.tokens), ['b'])
  const production = await releaseOf(changes, 'web', 'production')
  t.deepEqual(
    production.siteValues.map(({ id, recipe, places }) => [id, recipe, places[0]?.object.namespace]),
    [
      ['web/a', { made: 'password', length: 9, alphabet: 'letters-and-digits', base64: false }, 'front'],
      ['web/b', { made: 'supplied' }, undefined],
      ['web/c', { made: 'supplied' }, undefined],
    ],
  )
  t.deepEqual(Object.keys(production.tokens), ['b', 'c'])
})

test('a Secret that people make is one value, whether it is supplied, read, or both', async (t) => {
  const { siteValues } = await releaseOf(
    webWith(`db: { secret: { name: db, key: a }, ${at} }`, 'supplied: [{ secret: db, keys: [a, b] }]\n'),
  )
  t.deepEqual(siteValues, [
    {
      id: 'secret:shop/db/a',
      recipe: { made: 'read', secret: 'db', namespace: 'shop', key: 'a' },
      places: [place],
    },
    {
      id: 'secret:shop/db/b',
      recipe: { made: 'read', secret: 'db', namespace: 'shop', key: 'b' },
      places: [],
    },
  ])
})

test('what one environment lacks is told of that environment alone', async (t) => {
  const changes: Files = {
    ...webWith(`a: { htpasswd: { of: database/x }, ${at} }`, 'values: { a: $(site:database/x) }\n'),
    'releases/database/release.yaml':
      'namespace: shop\nchart: { path: chart }\nenvironments: { staging: { siteValues: { x: { password: {} } } } }\n',
  }
  const staging = await declared(changes)
  t.deepEqual(staging.ok ? staging.warnings : staging.problems, [])
  const production = await declared(changes, 'production')
  t.deepEqual(production.ok ? [] : production.problems.map(({ code }) => code), [
    'declare/unknown-site-value',
    'declare/unknown-site-value',
  ])
})

test('what is broken elsewhere is not told again where it is named', async (t) => {
  for (const database of [
    'namespace: [\n',
    'namespace: shop\nchart: { path: chart }\nsiteValues: { x: { pasword: {} }, X: {} }\n',
    'namespace: shop\nchart: { path: chart }\nsiteValues: [x]\n',
  ]) {
    const outcome = await declared({
      'releases/database/release.yaml': database,
      ...webWith(`a: { htpasswd: { of: database/x }, ${at} }`, 'values: { a: $(site:database/x) }\n'),
    })
    const files = outcome.ok
      ? []
      : outcome.problems.map(({ where: [first] }) => first?.in === 'file' && first.file)
    t.deepEqual([...new Set(files)], ['releases/database/release.yaml'])
  }
})
