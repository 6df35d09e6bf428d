import test from 'ava'
import { hashSync } from 'bcryptjs'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { placeholderOf } from '../../../../src/core/site-values/placeholder.ts'
import type { Recipe } from '../../../../src/core/site-values/recipe.ts'
import { propose, withProposal } from '../../../../src/staging/render/mask/propose.ts'
import { mask } from '../../../../src/staging/render/mask/mask.ts'
import { declared } from '../../declare/site.ts'
import { valueOf } from '../../resolve/small-site.ts'
import { base64, config, found, inSecret, password, sealed, secret, siteValue, web } from './renders.ts'

/** What is proposed for a Secret `web-auth` whose key `password` held these texts in the renders. */
const recipeFor = (...texts: string[]): Recipe | undefined => {
  const renders = texts.map((text) => found(secret('web-auth', { password: text })))
  const { proposed, left } = propose(web(), renders[0]!, renders[1]!, renders[2])
  if (left.length > 0 || proposed.length > 1) throw new Error('not one value')
  return proposed[0]?.siteValue.recipe
}

const made = (
  length: number,
  alphabet: Extract<Recipe, { made: 'password' }>['alphabet'],
  encoded = false,
): Recipe => ({
  made: 'password',
  length,
  alphabet,
  base64: encoded,
})

const passwords: [claim: string, texts: string[], recipe: Recipe][] = [
  ['letters and digits', ['aB3dE5gH1j', 'Zz9Yy8Xx7W'], made(10, 'letters-and-digits')],
  ['lower case and digits', ['ab3de5gh1j', 'zz9yy8xx7w'], made(10, 'lower-and-digits')],
  ['hex', ['ab3de5fa1c', '0099ffeedd'], made(10, 'hex')],
  ['digits', ['0123456789', '9876543210'], made(10, 'digits')],
  ['letters, where that is no chance', ['abCDeFghIjKlMnOpQrSt', 'ZyXwVuTsRqPoNmLkJiHg'], made(20, 'letters')],
  ['letters, which may be chance', ['abCDe', 'ZyXwV'], made(5, 'letters-and-digits')],
  ['what a third render shows', ['1234567890', '9876543210', '98765x3210'], made(10, 'lower-and-digits')],
  ['base64 of letters', ['aB3dE5gH1jKl', 'Zz9Yy8Xx7WvV'].map(base64), made(12, 'letters-and-digits', true)],
  ['base64 that is padded', ['aB3dE5gH1j', 'Zz9Yy8Xx7W'].map(base64), made(10, 'letters-and-digits', true)],
  [
    'base64 of bytes',
    [Buffer.from('fffe8001c0a1b2d3e4f5ffff', 'hex'), Buffer.from('80fe8001c0a1b2d3e4f5fffe', 'hex')].map(
      (one) => one.toString('base64'),
    ),
    made(12, 'letters-and-digits', true),
  ],
  ['a length that changes', ['aB3dE5gH1j', 'Zz9Yy8Xx7W1'], sealed('auth-password')],
  ['other signs', ['aB3d E5gH!', 'Zz9Y y8Xx?'], sealed('auth-password')],
]
for (const [claim, texts, recipe] of passwords)
  test(`for ${claim} a recipe is proposed that makes its like`, (t) => {
    t.deepEqual(recipeFor(...texts), recipe)
  })

const rsa = (): { key: string; pkcs8: string; public: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    key: String(privateKey.export({ type: 'pkcs1', format: 'pem' })),
    pkcs8: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    public: String(publicKey.export({ type: 'spki', format: 'pem' })),
  }
}
const pairs = [rsa(), rsa()]

test('a key and its public half are one value, in either form', (t) => {
  for (const form of ['key', 'pkcs8'] as const) {
    const renders = pairs.map((pair) =>
      found(secret('jwt', { 'private.pem': pair[form], 'public.pem': pair.public })),
    )
    const { proposed, yaml } = propose(web(), renders[0]!, renders[1]!)
    t.is(proposed.length, 1)
    t.deepEqual(proposed[0]?.siteValue.recipe, { made: 'key', bits: 2048 })
    t.is(proposed[0]?.comment !== undefined, form === 'pkcs8')
    t.true(
      yaml.endsWith(
        [
          '  jwt-private:',
          '    key: {}',
          '    at:',
          '      - secret: jwt',
          '        key: private.pem',
          '      - secret: jwt',
          '        key: public.pem',
          '        part: public',
          '',
        ].join('\n'),
      ),
      yaml,
    )
  }
})

test('the other half of a key that is declared already comes to it', (t) => {
  const half = siteValue(
    'signing',
    { made: 'key', bits: 2048 },
    inSecret('jwt', 'private.pem', { part: 'key' }),
  )
  const renders = pairs.map((pair) =>
    found(secret('jwt', { 'private.pem': pair.key, 'public.pem': pair.public })),
  )
  const proposal = propose(web([half]), renders[0]!, renders[1]!)
  const siteValues = withProposal([half], proposal)
  t.deepEqual(siteValues, [
    { ...half, places: [...half.places, inSecret('jwt', 'public.pem', { part: 'public' })] },
  ])
  t.true(mask(web(siteValues), renders[0]!, renders[1]!).ok)
})

test('a bcrypt hash is of the password that it fits: random, of the chart, or declared', (t) => {
  const line = (text: string): string => `admin:${hashSync(text, 4)}`
  const other = (text: string): string => secretless(hashSync(text, 4))
  const secretless = (hash: string): string => `# users\nguest:${hash}\n`
  const renders = ['aB3dE5gH1jKl', 'Zz9Yy8Xx7WvV'].map((drawn) =>
    found(
      secret('web-auth', {
        password: drawn,
        fixed_password: 'hunter-two',
        known: 'declared-one1',
        user: 'admin',
      }),
      secret('web-htpasswd', {
        a: line(drawn),
        b: other('hunter-two'),
        c: line('declared-one1'),
        d: line('nobody'),
      }),
    ),
  )
  const known = siteValue('known', password, inSecret('web-auth', 'known'))
  const { proposed } = propose(web([known]), renders[0]!, renders[1]!)
  const byName = Object.fromEntries(proposed.map(({ siteValue }) => [siteValue.id, siteValue.recipe]))
  t.deepEqual(byName, {
    'web/auth-password': made(12, 'letters-and-digits'),
    'web/auth-fixed-password': made(24, 'letters-and-digits'),
    'web/htpasswd-a': { made: 'htpasswd', user: 'admin', of: 'web/auth-password' },
    'web/htpasswd-b-guest': { made: 'htpasswd', user: null, of: 'web/auth-fixed-password' },
    'web/htpasswd-c': { made: 'htpasswd', user: 'admin', of: 'web/known' },
    'web/htpasswd-d': sealed('htpasswd-d'),
  })
  const next = web(withProposal([known], { proposed, yaml: '', left: [], lone: [] }))
  const [one, two] = renders.map((render, index) => valueOf(mask(next, render, renders[1 - index])))
  t.deepEqual(one, two)
})

test('equal values are one, and a short one is named at each of its places', (t) => {
  const renders = [
    ['aB3dE5gH1jKl', 'x1Y'],
    ['Zz9Yy8Xx7WvV', 'q7Z'],
  ].map(([long, short]) =>
    found(
      secret('web-a', { password: long!, pin: short! }),
      secret('web-b', { password: long!, url: `x://u:${long}@h`, pin: short! }),
    ),
  )
  const { proposed, yaml } = propose(web(), renders[0]!, renders[1]!)
  t.is(
    yaml,
    [
      'siteValues:',
      '  a-password:',
      '    password:',
      '      length: 12',
      '    at:',
      '      - secret: web-a',
      '        key: password',
      '  a-pin:',
      '    password:',
      '      length: 3',
      '    at:',
      '      - secret: web-a',
      '        key: pin',
      '      - secret: web-b',
      '        key: pin',
      '',
    ].join('\n'),
  )
  const siteValues = withProposal([], { proposed, yaml, left: [], lone: [] })
  t.deepEqual(
    valueOf(mask(web(siteValues), renders[0]!, renders[1])),
    valueOf(mask(web(siteValues), renders[1]!, renders[0])),
  )
})

test('of raw bytes in a Secret the base64 is the value', (t) => {
  // Their last three bytes have signs: without any the base64 itself is like a password of 16 letters and digits.
  const renders = ['+A/b', '/c+D'].map((end, at) =>
    found({
      ...secret('web-raw', {}),
      data: {
        raw: Buffer.concat([
          Buffer.from([0x80 + at, 0xff, 0]),
          randomBytes(6),
          Buffer.from(end, 'base64'),
        ]).toString('base64'),
      },
    }),
  )
  const proposal = propose(web(), renders[0]!, renders[1]!)
  const [one] = proposal.proposed
  t.deepEqual(one?.siteValue.recipe, made(12, 'letters-and-digits', true))
  t.deepEqual(one?.siteValue.places, [inSecret('web-raw', 'raw')])
  const next = web(withProposal([], proposal))
  const masked = valueOf(mask(next, renders[0]!, renders[1]))
  t.deepEqual(masked, valueOf(mask(next, renders[1]!, renders[0])))
  t.deepEqual(masked[0]?.object['data'], { raw: placeholderOf('web/raw', 'value') })
})

test('names are unique, of 52 signs at most, and none of those that are declared', (t) => {
  const long = 'a-very-long-name-of-a-secret-that-goes-on-and-on-for-sixty-signs'
  const renders = ['aB3dE5gH1jKl', 'Zz9Yy8Xx7WvV'].map((drawn) =>
    found(
      secret(`web-${long}`, { key: `${drawn}1`, Key: `${drawn}2`, 'k/ey': `${drawn}3` }),
      secret('web-auth', { password: drawn }),
      secret('web-fixed', { password: 'declared-one1' }),
    ),
  )
  const taken = siteValue('auth-password', password, inSecret('web-fixed', 'password'))
  const { proposed } = propose(web([taken]), renders[0]!, renders[1]!)
  const names = proposed.map(({ siteValue }) => siteValue.id.slice('web/'.length))
  t.is(new Set(names).size, 4)
  for (const name of names) t.regex(name, /^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/)
  t.true(names.includes('auth-password-2'))
})

test('where nothing differs, nothing is proposed', (t) => {
  const one = found(secret('web-auth', { password: 'same' }), config('c', { a: 'b' }))
  const two = structuredClone(one)
  t.deepEqual(propose(web(), one, two), { proposed: [], yaml: '', left: [], lone: [] })
})

test('what is proposed says to declare just what it means', async (t) => {
  const renders = pairs.map((pair, index) =>
    found(
      secret('web-keys', { 'jwt.pem': pair.key, 'jwt.pub': pair.public }),
      secret('web-auth', {
        users: `# all: "users"\nadmin: ${['aB3dE5gH1jKl', 'Zz9Yy8Xx7WvV'][index]} # yes\n`,
        pin: `${4711 + index}`,
      }),
      {
        ...secret('else', { 'a.b_C': `${index}${'y1'.repeat(9)}` }),
        metadata: { name: 'else', namespace: 'other' },
      },
      { ...config('c', {}), spec: { 'a/b~c': [`v${index}${'x'.repeat(20)}`] } },
    ),
  )
  const { proposed, yaml } = propose(web(), renders[0]!, renders[1]!)
  t.is(proposed.length, 5)
  const outcome = await declared({
    'releases/web/release.yaml': `namespace: shop\nchart: { path: chart }\n${yaml}`,
  })
  t.deepEqual(
    valueOf(outcome)
      .releases.find(({ name }) => name === 'web')
      ?.siteValues.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    proposed.map(({ siteValue }) => siteValue).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  )
})
