import test from 'ava'
import type { JsonObject } from '../../../../src/core/json.ts'
import { placeholderOf, placeholdersIn } from '../../../../src/core/site-values/placeholder.ts'
import type { Part, Recipe, SiteValue } from '../../../../src/core/site-values/recipe.ts'
import { partsOf } from '../../../../src/core/site-values/recipe.ts'
import { substitute } from '../../../../src/core/site-values/substitute.ts'
import type { Filling } from '../../../../src/core/site-values/written.ts'
import { mask } from '../../../../src/staging/render/mask/mask.ts'
import { valueOf } from '../../resolve/small-site.ts'
import { base64, config, found, inSecret, sealed, secret, siteValue, web } from './renders.ts'

/** Pseudo-random whole numbers below a limit, the same for the same seed (mulberry32). */
const diceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
type Dice = ReturnType<typeof diceOf>

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const text = (dice: Dice, length: number, of = letters): string =>
  Array.from({ length }, () => of[dice(of.length)]).join('')

const pem = (dice: Dice, label: string): string => {
  const lines = Array.from({ length: 1 + dice(4) }, () => text(dice, 64, `${letters}+/`))
  return [`-----BEGIN ${label}-----`, ...lines, `${text(dice, 30)}==`, `-----END ${label}-----`].join('\n')
}

const certificate = {
  made: 'certificate',
  commonName: 'x',
  dnsNames: [] as string[],
  ipAddresses: [] as string[],
  days: 1,
} as const

/** Of each recipe a value, or its parts, as charts make them. */
const recipes: { recipe: Recipe; draw(dice: Dice, part: Part): string }[] = [
  {
    recipe: { made: 'password', length: 16, alphabet: 'letters-and-digits', base64: false },
    draw: (dice) => text(dice, 8 + dice(56)),
  },
  {
    recipe: { made: 'password', length: 4, alphabet: 'digits', base64: false },
    draw: (dice) => text(dice, 1 + dice(6), '0123456789'),
  },
  {
    recipe: { made: 'password', length: 32, alphabet: 'letters-and-digits', base64: true },
    draw: (dice) => base64(text(dice, 12 + dice(30), 'äöü€+/"\'\\ $&')),
  },
  {
    recipe: { made: 'key', bits: 2048 },
    draw: (dice, part) => pem(dice, part === 'key' ? 'RSA PRIVATE KEY' : 'PUBLIC KEY'),
  },
  {
    recipe: { ...certificate, authority: true, issuer: null },
    draw: (dice, part) => pem(dice, part === 'key' ? 'RSA PRIVATE KEY' : 'CERTIFICATE'),
  },
  {
    recipe: { made: 'htpasswd', user: 'admin', of: 'web/0' },
    draw: (dice) => `admin:$2a$10$${text(dice, 53, `${letters}./`)}`,
  },
  { recipe: sealed('x'), draw: (dice) => `${text(dice, 20)} ${text(dice, 9, '{}":,[]#')}` },
]

const indented = (value: string, margin: string): string =>
  value
    .split('\n')
    .map((line) => margin + line)
    .join('\n')

/** The ways in which charts write a value, but those that only fit one line for others. */
const ways: ((value: string, dice: Dice) => string)[] = [
  (value) => value,
  (value) => `${value}\n`,
  (value, dice) => `a: |\n${indented(value, ' '.repeat(dice(9)))}\nb: c\n`,
  (value) => `a: |\n${indented(`${value}\n`, '    ')}`,
  (value) => (value.includes('\n') ? `{"a":${JSON.stringify(`${value}\n`)}}` : `postgres://u:${value}@db/x`),
  (value) => (value.includes('\n') ? JSON.stringify([value]) : `${value}${value} ${value}`),
  (value) => base64(base64(`${value}\n`)),
  (value) => `x: {"auth": "${base64(value)}"}`,
]

/** A release with some site values, and the objects of a render of it: what it is made of comes of one seed, its values of another. */
const rendered = (structure: number, values: number) => {
  const [dice, drawing] = [diceOf(structure), diceOf(values)]
  const siteValues: SiteValue[] = []
  const fillings = new Map<string, Filling>()
  const objects: JsonObject[] = []
  for (let nth = 0; nth < 1 + dice(5); nth += 1) {
    const { recipe, draw } = recipes[dice(recipes.length)]!
    const parts = partsOf(recipe)
    const drawn = parts.map((part) => draw(drawing, part))
    siteValues.push(
      siteValue(String(nth), recipe, ...parts.map((part) => inSecret(`s${nth}`, part, { part }))),
    )
    for (const [index, part] of parts.entries())
      fillings.set(placeholderOf(`web/${nth}`, part), {
        id: `web/${nth}`,
        text: `${drawn[index]}\n`,
        made: true,
      })
    const written = parts.map((part, index) => [part, ways[dice(2)]!(drawn[index]!, dice)])
    objects.push(secret(`s${nth}`, Object.fromEntries(written)))
    // A short value is masked at its places alone, and its first and second draw differ elsewhere.
    if (drawn[0]!.length >= 8)
      objects.push(config(`c${nth}`, { a: ways[dice(ways.length)]!(drawn[dice(drawn.length)]!, dice) }))
  }
  return { release: web(siteValues), given: found(...objects), fillings }
}

test('substituting the values gives back, byte for byte, what was masked', (t) => {
  let placed = 0
  for (let seed = 0; seed < 150; seed += 1) {
    const { release, given, fillings } = rendered(seed, 2 * seed + 1)
    const second = rendered(seed, 2 * seed + 2).given
    const masked = valueOf(mask(release, given, second)).map(({ object }) => object)
    t.deepEqual(
      valueOf(mask(release, second, given)).map(({ object }) => object),
      masked,
      `seed ${seed}`,
    )
    const back = masked.map((object) => valueOf(substitute(object, fillings)))
    t.deepEqual(
      back,
      given.map(({ object }) => object),
      `seed ${seed}`,
    )
    placed += masked.reduce((sum, object) => sum + placeholdersIn(object).size, 0)
  }
  t.true(placed > 700, `${placed} placeholders`)
})
