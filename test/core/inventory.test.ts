import test from 'ava'
import { gzipSync } from 'node:zlib'
import { setIdOf } from '../../src/core/applyset.ts'
import { inventoryOf, journalOf, secretOf } from '../../src/core/inventory.ts'
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
const written = (content: Inventory): KubeObject => {
  const secret = secretOf(content, 'shop-prod', 'scout-apply/1.0.0', undefined)
  if (!secret.ok) throw new Error('refused')
  return secret.value
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

test('an inventory that one Secret cannot hold is refused before it is sent', (t) => {
  const many = Array.from({ length: 20_000 }, (_, at) => {
    const random = (salt: number): string => String(Math.imul(at + 1, salt) >>> 0).padStart(22, String(at))
    return entry(`n${at}`, {
      uid: random(2654435761) + random(40503),
      wanted: random(97),
      owned: random(2246822519),
    })
  })
  const secret = secretOf(inventory(...many), 'shop-prod', 'scout-apply/1.0.0', undefined)
  t.is(secret.ok ? 'written' : secret.problems[0].code, 'apply/inventory-too-large')
})

test('an inventory that will be too large once all UIDs are known is refused before anything is applied', (t) => {
  const blank = Array.from({ length: 12_000 }, (_, at) => entry(`n${at}`, { uid: '', wanted: '', owned: '' }))
  const secret = secretOf(inventory(...blank), 'shop-prod', 'scout-apply/1.0.0', undefined)
  t.is(secret.ok ? 'written' : secret.problems[0].code, 'apply/inventory-too-large')
})
