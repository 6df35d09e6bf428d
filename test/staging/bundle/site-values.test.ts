import test from 'ava'
import { openBundle } from '../../../src/core/bundle/read.ts'
import { printManifest, readManifest } from '../../../src/core/bundle/manifest.ts'
import type { BundleManifest } from '../../../src/core/bundle/format.ts'
import { pathOf } from '../../../src/core/layout.ts'
import { idOf } from '../../../src/core/object.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { ValidatedRelease } from '../../../src/core/records.ts'
import { placeholderOf } from '../../../src/core/site-values/placeholder.ts'
import { idOfSealed, keptSealed } from '../../../src/core/site-values/recipe.ts'
import type { Part, Place, Recipe, SiteValue } from '../../../src/core/site-values/recipe.ts'
import { bundle } from '../../../src/staging/bundle/bundle.ts'
import type { ToBundle } from '../../../src/staging/bundle/bundle.ts'
import { sample } from './sample.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** An object of the release web. */
const webObject = (kind: string, fields: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...fields,
  metadata: { name: 'site', namespace: 'shop', ...metadata },
})
const secret = (data: { [key: string]: string }): KubeObject => webObject('Secret', { data })

const secretId = { group: '', kind: 'Secret', namespace: 'shop', name: 'site' }
const at = (key: string, part: Part = 'value'): Place => ({
  object: secretId,
  field: { in: 'secret', key },
  part,
  after: '',
  before: '',
})
const password: Recipe = { made: 'password', length: 24, alphabet: 'letters-and-digits', base64: false }
const certificate = (issuer: string | null): Recipe => ({
  made: 'certificate',
  commonName: 'web',
  authority: issuer === null,
  dnsNames: [],
  ipAddresses: [],
  days: 365,
  issuer,
})
const value = (id: string, recipe: Recipe, places: Place[] = []): SiteValue => ({ id, recipe, places })
const read = value('secret:shop/db/password', {
  made: 'read',
  secret: 'db',
  namespace: 'shop',
  key: 'password',
})

/** The sample with these objects in the release web, and the site values of both releases. */
const withObjects = (objects: KubeObject[], web: SiteValue[], operator: SiteValue[] = []): ToBundle => {
  const input = sample()
  const files = new Map(input.files)
  const releases = input.set.releases.map((release): ValidatedRelease => {
    if (release.name !== 'web') return { ...release, siteValues: operator }
    const more = objects.map((object) => {
      const id = idOf(object)
      files.set(`web/${pathOf('main', id)}`, 'x')
      return { id, object, phase: 'main' as const, origin: { template: 'a.yaml', line: 1 } }
    })
    return { ...release, siteValues: web, objects: [...release.objects, ...more] }
  })
  return { ...input, files, set: { ...input.set, releases } }
}

const manifestOf = async (input: ToBundle): Promise<BundleManifest> => {
  const outcome = await bundle(input, { signers: [] })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ what }) => what).join('\n'))
  return outcome.value.manifest
}

const leaf = [
  value('web/leaf', certificate('operator/ca'), [at('tls.crt', 'certificate'), at('tls.key', 'key')]),
  value('web/hash', { made: 'htpasswd', user: 'admin', of: 'web/password' }, [at('users')]),
  value('web/password', password),
  value('web/unused', { made: 'supplied' }),
  read,
]
const root = [value('operator/ca', certificate(null)), read]
const whole = secret({
  'tls.crt': base64(placeholderOf('web/leaf', 'certificate')),
  'tls.key': base64(placeholderOf('web/leaf', 'key')),
  users: base64(`${placeholderOf('web/hash', 'value')}\n`),
})
const reader = webObject('ConfigMap', {
  data: { url: `db://user:${placeholderOf(read.id, 'value')}@db/` },
})

test('a bundle carries the site values that stand in its objects and what they are made of, sorted, each once', async (t) => {
  const { siteValues } = await manifestOf(withObjects([whole, reader], leaf, root))
  t.deepEqual(
    siteValues,
    ['operator/ca', 'secret:shop/db/password', 'web/hash', 'web/leaf', 'web/password'].map((id) =>
      [...leaf, ...root].find((one) => one.id === id),
    ) as SiteValue[],
  )
  t.deepEqual((await manifestOf(sample())).siteValues, [])
})

test('what two releases read from one Secret is one value with the places of both', async (t) => {
  const inConfigMap: Place = {
    ...at(''),
    object: { ...secretId, kind: 'ConfigMap' },
    field: { in: 'object', pointer: '/data/url' },
    after: 'user:',
    before: '@',
  }
  const inSecret = at('a')
  const objects = [reader, secret({ a: base64(placeholderOf(read.id, 'value')) })]
  const { siteValues } = await manifestOf(
    withObjects(objects, [{ ...read, places: [inSecret] }], [{ ...read, places: [inConfigMap] }]),
  )
  t.deepEqual(siteValues, [{ ...read, places: [inConfigMap, inSecret] }])
})

const sealedRecipe = { made: 'sealed', file: 'releases/web/secrets.yaml', pointer: '/a b/~1' } as const
const sealedValue = value(idOfSealed(sealedRecipe), sealedRecipe)
const holdsSealed = secret({ a: base64(placeholderOf(sealedValue.id, 'value')) })

test('a file that values are sealed in travels with the bundle, once, as it is', async (t) => {
  const unused = value(idOfSealed({ ...sealedRecipe, file: 'releases/web/other.yaml' }), {
    ...sealedRecipe,
    file: 'releases/web/other.yaml',
  })
  const input = withObjects([holdsSealed], [sealedValue, unused], [sealedValue])
  const content = Buffer.from('sops: x')
  const files = new Map([sealedRecipe.file, 'releases/web/other.yaml'].map((file) => [file, content]))
  const made = await bundle({ ...input, sealed: files }, { signers: [] })
  if (!made.ok) throw new Error(made.problems[0].what)
  t.deepEqual(made.value.manifest.siteValues, [sealedValue])
  const opened = openBundle(made.value.bytes, 'b.tgz')
  const members = opened.ok ? Array.from(opened.value.members) : []
  t.deepEqual(
    members.filter(([path]) => path.startsWith('sealed/')).map(([path, bytes]) => [path, String(bytes)]),
    [['sealed/releases/web/secrets.yaml', 'sops: x']],
  )
})

for (const [title, content, code] of [
  ['is not there', undefined, 'bundle/no-sealed-file'],
  ['is larger than anybody seals', Buffer.alloc(4 * 1024 * 1024 + 1), 'bundle/large-sealed-file'],
] as const)
  test(`a file that values are sealed in is refused where it ${title}`, async (t) => {
    const sealed = new Map(content ? [[sealedRecipe.file as string, content]] : [])
    const made = await bundle({ ...withObjects([holdsSealed], [sealedValue]), sealed }, { signers: [] })
    t.deepEqual(made.ok ? [] : made.problems.map((one) => one.code), [code])
  })

test('a place in an object that is in no namespace is told so, though nobody wrote it', async (t) => {
  const service = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.x' },
    spec: { caBundle: base64(placeholderOf('web/ca', 'certificate')) },
  }
  const object = { group: 'apiregistration.k8s.io', kind: 'APIService', namespace: '', name: 'v1.x' }
  const place: Place = {
    ...at('', 'certificate'),
    object,
    field: { in: 'object', pointer: '/spec/caBundle' },
  }
  const written = { ...place, object: { ...object, namespace: 'shop' } }
  const { siteValues } = await manifestOf(
    withObjects([service], [value('web/ca', certificate(null), [written])]),
  )
  t.deepEqual(siteValues, [value('web/ca', certificate(null), [place])])
})

const strange = placeholderOf('web/gone', 'value')
const held = value('web/password', password, [at('a')])
const refused: [title: string, input: ToBundle, code: string, pointer: string | undefined][] = [
  [
    'a placeholder of nothing, deep inside of base64',
    withObjects([secret({ a: base64(`x: ${base64(`y: ${strange}`)}`) })], []),
    'bundle/unknown-placeholder',
    '/data/a',
  ],
  [
    'a placeholder made with a salt',
    withObjects(
      [secret({ a: base64(placeholderOf('web/password', 'value', 'twin')) })],
      [value('web/password', password)],
    ),
    'bundle/unknown-placeholder',
    '/data/a',
  ],
  [
    'the placeholder of a part that the recipe does not make',
    withObjects(
      [secret({ a: base64(placeholderOf('web/password', 'key')) })],
      [value('web/password', password)],
    ),
    'bundle/unknown-placeholder',
    '/data/a',
  ],
  [
    'a place without its placeholder',
    withObjects([secret({ a: base64('hunter2') })], [held]),
    'bundle/unplaced-site-value',
    undefined,
  ],
  [
    'a place in an object that is not there',
    withObjects([], [held]),
    'bundle/unplaced-site-value',
    undefined,
  ],
  [
    'a placeholder as the name of a field',
    withObjects([webObject('ConfigMap', { data: { a: { [strange]: '1' } } })], []),
    'bundle/site-value-in-name',
    `/data/a/${strange}`,
  ],
  [
    'a placeholder in the name of an object',
    withObjects(
      [webObject('ConfigMap', {}, { name: placeholderOf('web/password', 'value') })],
      [value('web/password', password)],
    ),
    'bundle/site-value-in-name',
    '/metadata/name',
  ],
]
for (const [title, input, code, pointer] of refused)
  test(`${title} is refused, with the object`, async (t) => {
    const outcome = await bundle(input, { signers: [] })
    const problems = outcome.ok ? [] : outcome.problems
    t.deepEqual(
      problems.map((one) => one.code),
      [code as never],
    )
    t.like(problems[0]?.where[0], { in: 'object', release: 'web', ...(pointer && { pointer }) })
    t.false(JSON.stringify(problems).includes('hunter2'))
  })

type Change = (values: SiteValue[], manifest: BundleManifest) => unknown
const recipeOf = (values: SiteValue[], id: string): object =>
  values.find((one) => one.id === id)?.recipe ?? {}
const placesOf = (values: SiteValue[]): Place[] => values.find((one) => one.id === 'web/leaf')?.places ?? []

/** What only a signer can write, and a reader refuses all the same. */
const faults: [title: string, change: Change, what: RegExp][] = [
  ['values out of order', (all) => all.reverse(), /not sorted/],
  ['a value twice', (all) => all.unshift(all[0] as SiteValue), /not sorted, or one is there twice/],
  ['a value of no release', (all) => all.push(value('z/x', password)), /z\/x belongs to no release/],
  [
    'a value that is read from elsewhere than its id says',
    (all) => Object.assign(recipeOf(all, read.id), { key: 'other' }),
    /is read from secret:shop\/db\/other/,
  ],
  [
    'an issuer that is not there',
    (all) => all.shift(),
    /web\/leaf is made of operator\/ca, which is not in it/,
  ],
  [
    'an issuer that may not sign',
    (all) => Object.assign(recipeOf(all, 'operator/ca'), { authority: false }),
    /web\/leaf cannot be made of operator\/ca/,
  ],
  [
    'an htpasswd of a certificate',
    (all) => Object.assign(recipeOf(all, 'web/hash'), { of: 'web/leaf' }),
    /web\/hash cannot be made of web\/leaf/,
  ],
  [
    'an authority that signs itself by way of another',
    (all) => [
      Object.assign(recipeOf(all, 'operator/ca'), { issuer: 'web/leaf' }),
      Object.assign(recipeOf(all, 'web/leaf'), { authority: true }),
    ],
    /operator\/ca is made of itself/,
  ],
  [
    'a place in an object that is not there',
    (all) => Object.assign(placesOf(all)[0]!.object, { name: 'gone' }),
    /its place in Secret shop\/gone, which is not in it/,
  ],
  ['a part that is not made', (all) => Object.assign(placesOf(all)[0]!, { part: 'value' }), /no part value/],
  [
    'a sealed value without a place',
    (all) => all.push(value('web/sealed', keptSealed('web', 'production', 'sealed'))),
    /web\/sealed is sealed and has no place/,
  ],
  [
    'a sealed value without its file',
    (all) => all.push(value('web/sealed', keptSealed('web', 'production', 'sealed'), [at('users')])),
    /web\/sealed is sealed in sealed\/releases\/web\/sealed\.production\.yaml, which its members lack/,
  ],
  [
    'a sealed file of no value',
    (_, manifest) => manifest.members.push({ path: 'sealed/x', size: 1, sha256: `sha256:${'0'.repeat(64)}` }),
    /sealed\/x belongs to no site value/,
  ],
  [
    'a sealed file without end',
    (_, manifest) =>
      manifest.members.push({ path: 'sealed/x', size: 1e9, sha256: `sha256:${'0'.repeat(64)}` }),
    /sealed\/x has more than \d+ bytes/,
  ],
  [
    'a sealed value in another file than its id says',
    (all) => all.push(value('sops:a#/b', { made: 'sealed', file: 'a', pointer: '/c' })),
    /sops:a#\/b is sealed in sops:a#\/c/,
  ],
  [
    'no site values at all',
    (_, manifest) => delete (manifest as Partial<BundleManifest>).siteValues,
    /siteValues is missing/,
  ],
  [
    'an unknown recipe',
    (all) => Object.assign(all[0]!, { recipe: { made: 'guess' } }),
    /\/siteValues\/0\/recipe/,
  ],
  ['a recipe without a name', (all) => Object.assign(all[0]!, { recipe: {} }), /\/siteValues\/0\/recipe/],
  [
    'a recipe that is a text',
    (all) => Object.assign(all[0]!, { recipe: 'password' }),
    /\/siteValues\/0\/recipe/,
  ],
  [
    'a password without end',
    (all) => Object.assign(recipeOf(all, 'web/password'), { length: 1e9 }),
    /\/siteValues\/4\/recipe\/length/,
  ],
  [
    'a field that no recipe has',
    (all) => Object.assign(recipeOf(all, 'web/password'), { command: 'x' }),
    /\/siteValues\/4\/recipe\/command is no known field/,
  ],
  [
    'a key that leaves the Secret',
    (all) => Object.assign(placesOf(all)[0]!.field, { key: '../x' }),
    /\/siteValues\/3\/places\/0\/field\/key/,
  ],
  [
    'a pointer that is none',
    (all) => Object.assign(placesOf(all)[0]!, { field: { in: 'object', pointer: 'x' } }),
    /\/siteValues\/3\/places\/0\/field\/pointer/,
  ],
  ['an id that is none', (all) => Object.assign(all[0]!, { id: '__proto__' }), /\/siteValues\/0\/id/],
]
for (const [title, change, what] of faults)
  test(`a manifest with ${title} is refused`, async (t) => {
    const manifest = structuredClone(await manifestOf(withObjects([whole, reader], leaf, root)))
    change(manifest.siteValues, manifest)
    const outcome = readManifest(Buffer.from(printManifest(manifest)), 'b.tgz')
    t.regex(outcome.ok ? 'taken' : outcome.problems.map((one) => one.what).join('\n'), what)
  })

test('a manifest of the format before says who made it, and what to do', async (t) => {
  const older = { ...(await manifestOf(sample())), format: 1 as never }
  const outcome = readManifest(Buffer.from(printManifest(older)), 'b.tgz')
  t.like(outcome.ok ? {} : outcome.problems[0], {
    code: 'verify/unknown-format',
    why: 'It was made by an older scout.',
    fix: 'Bundle again, with the scout of the same release as this program.',
  })
})
