import test from 'ava'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { setIdOf } from '../../src/core/applyset.ts'
import { inventoryOf, journalOf, shardsNamedBy } from '../../src/core/inventory-journal.ts'
import { largestJournal, layoutOf, secretsOf } from '../../src/core/inventory-secrets.ts'
import type { Inventory, InventoryEntry } from '../../src/core/inventory.ts'
import { keyOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'

const entry = (name: string, rest: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: { group: 'apps', kind: 'Deployment', namespace: 'shop', name },
  version: 'v1',
  uid: 'u-1',
  wanted: 'w',
  owned: 'o',
  release: 'web',
  phase: 'main',
  keep: false,
  shared: false,
  ...rest,
})
const inventory = (...entries: InventoryEntry[]): Inventory => ({
  bundle: 'sha256:1',
  version: '1.2.3',
  sequence: 7,
  generation: 3,
  state: 'applied',
  releases: { web: 'd' },
  hooks: ['pre-install x'],
  siteValues: ['web/admin'],
  filling: 'k:1',
  entries: new Map(entries.map((one) => [keyOf(one.id), one])),
})
const set = 'shop-prod'
const secretsFor = (content: Inventory, largest = largestJournal) =>
  secretsOf(content, layoutOf(content, largest), set, 'scout-apply/1.0.0', undefined)
const written = (content: Inventory): KubeObject => {
  const { parent, shards } = secretsFor(content)
  if (shards.length > 0) throw new Error('it is in parts')
  return parent
}
const holding = (journal: string): KubeObject => ({ ...written(inventory()), data: { journal } })

test('what is written is what is read', (t) => {
  const content = inventory(entry('b', { keep: true }), entry('a', { shared: true, uid: '' }))
  const read = inventoryOf(written(content), 'shop-prod')
  t.true(read.ok && journalOf(read.value) === journalOf(content))
  t.deepEqual(read.ok && read.value.entries.get('apps/Deployment/shop/b')?.keep, true)
})

test('the Secret is the parent of an ApplySet as kubectl knows them', (t) => {
  const { metadata } = written(inventory(entry('a')))
  t.is(metadata.labels?.['applyset.kubernetes.io/id'], setIdOf('shop-prod'))
  t.like(metadata.annotations, {
    'applyset.kubernetes.io/tooling': 'scout-apply/1.0.0',
    'applyset.kubernetes.io/contains-group-kinds': 'Deployment.apps',
    'applyset.kubernetes.io/additional-namespaces': 'shop',
  })
  t.regex(setIdOf('shop-prod'), /^applyset-[\w-]{43}-v1$/)
})

const bent: [claim: string, secret: KubeObject, code: string][] = [
  [
    'a Secret of kubectl',
    {
      ...written(inventory()),
      metadata: {
        ...written(inventory()).metadata,
        annotations: { 'applyset.kubernetes.io/tooling': 'kubectl/v1.36' },
      },
    },
    'apply/foreign-inventory',
  ],
  [
    'a Secret that no tool signs for',
    { ...written(inventory()), metadata: { name: 'scout-shop-prod' } },
    'apply/foreign-inventory',
  ],
  ['a Secret without a journal', { ...written(inventory()), data: {} }, 'apply/broken-inventory'],
  ['a journal that is not gzip', holding('AAAA'), 'apply/broken-inventory'],
  ['a journal that is not JSON', holding(gzipSync('{').toString('base64')), 'apply/broken-inventory'],
  [
    'a journal of a later format',
    holding(gzipSync('{"format":2}').toString('base64')),
    'apply/broken-inventory',
  ],
  [
    'a journal with an entry of the wrong shape',
    holding(
      gzipSync(
        '{"format":1,"bundle":"","version":"","sequence":1,"generation":1,"state":"applied","hooks":[],"entries":[{"kind":1}]}',
      ).toString('base64'),
    ),
    'apply/broken-inventory',
  ],
]
for (const [claim, secret, code] of bent)
  test(`${claim} is refused, and not taken for an empty inventory`, (t) => {
    const read = inventoryOf(secret, 'shop-prod')
    t.is(read.ok ? 'read' : read.problems[0].code, code)
  })

test('the inventory of another set is refused', (t) => {
  const read = inventoryOf(written(inventory()), 'shop-staging')
  t.is(read.ok ? 'read' : read.problems[0].code, 'apply/foreign-inventory')
})

/** As incompressible as real ones: digests, and UIDs of which only what they consist of is regular. */
const many = (count: number, rest: (at: number) => Partial<InventoryEntry> = () => ({})): InventoryEntry[] =>
  Array.from({ length: count }, (_, at) => {
    const digest = createHash('sha256').update(String(at)).digest()
    return entry(`n${at}`, {
      release: `r${at % 20}`,
      uid: `${digest.toString('hex', 0, 4)}-${digest.toString('hex', 4, 6)}-${digest.toString('hex', 6, 16)}`,
      wanted: digest.toString('base64url', 0, 16),
      owned: digest.toString('base64url', 16, 32),
      ...rest(at),
    })
  })
const byName = (secrets: KubeObject[]): Map<string, KubeObject> =>
  new Map(secrets.map((one) => [one.metadata.name, one]))
const sizeOf = (secret: KubeObject): number => JSON.stringify(secret['data']).length

for (const [count, least] of [
  [10_000, 2],
  [30_000, 4],
] as const)
  test(`an inventory of ${count} objects is kept in several Secrets, each small enough, and read back whole`, (t) => {
    const content = inventory(...many(count))
    const { parent, shards } = secretsFor(content)
    t.true(shards.length >= least && shards.length <= 2 * least, `${shards.length} parts`)
    t.true([parent, ...shards].every((one) => sizeOf(one) < largestJournal + 100))
    const names = shardsNamedBy(parent, set)
    t.deepEqual(names.ok && names.value, Array.from(byName(shards).keys()))
    const read = inventoryOf(parent, set, byName(shards))
    t.true(read.ok && journalOf(read.value) === journalOf(content))
  })

test('the parts stay small enough when all is known that was not known at first', (t) => {
  const blank = inventory(...many(12_000, () => ({ uid: '', wanted: '', owned: '' })))
  const layout = layoutOf(blank, largestJournal)
  t.true(layout.length >= 2)
  const { shards } = secretsOf(inventory(...many(12_000)), layout, set, 'scout-apply/1.0.0', undefined)
  t.deepEqual(
    shards.map(sizeOf).filter((size) => size > largestJournal * 1.05),
    [],
  )
})

test('a release that comes up changes the parts that it is in, and no other', (t) => {
  const before = inventory(...many(10_000))
  const layout = layoutOf(before, largestJournal / 8)
  const after = inventory(...many(10_000, (at) => (at % 20 === 7 ? { owned: 'other' } : {})))
  const namesOf = (content: Inventory) =>
    new Set(byName(secretsOf(content, layout, set, 'scout-apply/1.0.0', undefined).shards).keys())
  const [old, anew] = [namesOf(before), namesOf(after)]
  t.true(old.size >= 10)
  const changed = anew.difference(old).size
  t.true(changed >= 1 && changed <= 2, `${changed} of ${anew.size} parts`)
})

const inParts = secretsFor(inventory(...many(200)), 4000)
const [lost, ...rest] = inParts.shards as [KubeObject, ...KubeObject[]]
const other = secretsFor(inventory(...many(200, () => ({ uid: 'x' }))), 4000).shards[0] as KubeObject
const faulty: [claim: string, shards: KubeObject[], says: RegExp][] = [
  ['is missing', rest, /its part scout-shop-prod\.[0-9a-f]{16} is missing/],
  ['holds something else', [{ ...lost, data: other['data'] as never }, ...rest], /is not what it was/],
  ['cannot be unpacked', [{ ...lost, data: { entries: 'AAAA' } }, ...rest], /header/],
  ['has nothing in it', [{ ...lost, data: {} }, ...rest], /has no entries/],
]
for (const [claim, shards, says] of faulty)
  test(`an inventory of which a part ${claim} is broken, and not taken for a smaller one`, (t) => {
    t.true(inParts.shards.length > 2)
    const read = inventoryOf(inParts.parent, set, byName(shards))
    t.is(read.ok ? 'read' : read.problems[0].code, 'apply/broken-inventory')
    t.regex(read.ok ? '' : read.problems[0].what, says)
  })
