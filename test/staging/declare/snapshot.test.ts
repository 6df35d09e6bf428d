import test from 'ava'
import { printSnapshot } from '../../../src/core/snapshot.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { readSnapshot } from '../../../src/staging/declare/snapshot.ts'
import { readTarget } from '../../../src/staging/declare/target.ts'
import { openFiles } from '../../../src/system/files.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { goodSite, inSite, told } from './site.ts'
import type { Files } from './site.ts'
import { goodSnapshot } from './snapshots.ts'

const expected = {
  file: 'releases/staging.snapshot.json',
  environment: 'staging',
  cluster: 'sample-staging',
  kubernetes: '1.36',
}
const good = printSnapshot(goodSnapshot)
const read = (text: string | Uint8Array) =>
  readSnapshot(typeof text === 'string' ? new TextEncoder().encode(text) : text, expected)

test('a snapshot is read as it was written, and in other white space', (t) => {
  const { format: _, kubernetes, discovery, objects, ...rest } = goodSnapshot
  const value = { file: expected.file, ...rest, discovered: { kubernetes, ...discovery }, objects }
  t.deepEqual(read(good), { ok: true, warnings: [], value: value as never })
  t.deepEqual(read(JSON.stringify(JSON.parse(good), undefined, 4).replaceAll('\n', '\r\n')), read(good))
})

test('an integer that no double holds is read in full', (t) => {
  const outcome = read(good.replace('"integer"', '"integer","maximum":9223372036854775807'))
  t.true(outcome.ok && printSnapshotObjects(outcome.value.objects).includes('"maximum":9223372036854775807'))
})
const printSnapshotObjects = (objects: object[]): string =>
  printSnapshot({ ...goodSnapshot, objects: objects as typeof goodSnapshot.objects })

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', namespace: 'b' },
  data: { k: 'hunter2' },
}
const [first, second] = goodSnapshot.objects
const withPart = (part: object): string => JSON.stringify({ ...goodSnapshot, ...part })
const { discovery } = goodSnapshot

const refused: [what: string, content: string | Uint8Array, code: string, says: RegExp][] = [
  ['nothing', '', 'bad-snapshot', /no JSON/],
  ['a file that was cut off', good.slice(0, -300), 'bad-snapshot', /may have been cut off/],
  ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0x7d]), 'bad-snapshot', /no JSON/],
  ['YAML', 'format: 1\n', 'bad-snapshot', /no JSON/],
  ['an object of a cluster', JSON.stringify(first), 'bad-snapshot', /no snapshot of a cluster/],
  ['a list', '[]', 'bad-snapshot', /no snapshot of a cluster/],
  ['null', 'null', 'bad-snapshot', /no snapshot of a cluster/],
  ['a format of tomorrow', withPart({ format: 2, more: [] }), 'snapshot-format', /another format than 1/],
  ['a format in words', withPart({ format: '1' }), 'snapshot-format', /another format than 1/],
  [
    'a key that stands twice',
    good.replace('"cluster":', '"cluster": "x", "cluster":'),
    'bad-snapshot',
    /"cluster" stands twice/,
  ],
  ['an unknown field', withPart({ more: 1 }), 'bad-snapshot', /\/more is no known field/],
  ['a field that is missing', withPart({ clusterId: undefined }), 'bad-snapshot', /\/clusterId is missing/],
  [
    'a wrong type',
    withPart({ discovery: { ...discovery, groups: { a: 1 } } }),
    'bad-snapshot',
    /\/discovery\/groups must be array/,
  ],
  ['a version that is none', withPart({ kubernetes: '1.36' }), 'bad-snapshot', /\/kubernetes must match/],
  [
    'an object without a name',
    withPart({ objects: [{ ...first, metadata: {} }] }),
    'bad-snapshot',
    /metadata\/name is missing/,
  ],
  [
    'an object that is there twice',
    withPart({ objects: [second, second] }),
    'bad-snapshot',
    /Namespace shop is in it twice/,
  ],
  ['a Secret', withPart({ objects: [secret] }), 'snapshot-secret', /holds Secret b\/a/],
  [
    'another cluster',
    withPart({ cluster: 'sample-production' }),
    'snapshot-of-another-cluster',
    /of the cluster sample-production, and staging is sample-staging/,
  ],
  [
    'another Kubernetes',
    withPart({ kubernetes: 'v1.35.1' }),
    'snapshot-of-another-kubernetes',
    /v1\.35\.1, and the site is for 1\.36/,
  ],
  [
    'lists within lists, 100,000 deep',
    `{"format":1,"discovery":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'bad-snapshot',
    /nested too deep/,
  ],
  ['more than 64 MiB', new Uint8Array(64 * 1024 * 1024 + 1), 'too-large', /67108865 bytes/],
]
for (const [what, content, code, says] of refused)
  test(`${what} is refused by name`, (t) => {
    const outcome = read(content)
    if (outcome.ok) return t.fail('it was read')
    t.is(outcome.problems.length, 1, told(outcome.problems))
    const [{ code: found, what: said, where }] = outcome.problems
    t.is(found, `declare/${code}`)
    t.regex(said, says)
    t.like(where, [{ in: 'file', file: expected.file }])
    t.false(said.includes('hunter2'))
  })

test('another cluster with another Kubernetes and a Secret is told all at once', (t) => {
  const outcome = read(withPart({ cluster: 'x', kubernetes: 'v1.35.0', objects: [secret] }))
  t.is(!outcome.ok && outcome.problems.length, 3)
})

test('a file with a hundred thousand misfits gets a few lines', (t) => {
  const outcome = read(withPart({ objects: Array.from({ length: 100_000 }, () => 1) }))
  if (outcome.ok) return t.fail('it was read')
  t.is(outcome.problems.length, 21)
  t.regex(outcome.problems.at(-1)?.what ?? '', /99980 places more/)
})

const siteWith = (snapshot: string): Files => ({
  'releases/site.yaml': (goodSite['releases/site.yaml'] as string).replace(
    'cluster: sample-staging',
    `cluster: sample-staging, snapshot: ${snapshot}`,
  ),
  'releases/staging.snapshot.json': good,
})

test('the snapshot of an environment is the target that it is rendered for; others have a bare server', async (t) => {
  await inSite(siteWith('./staging.snapshot.json'), async (root) => {
    const files = openFiles(root)
    for (const [environment, kubernetes, kinds] of [
      ['staging', '1.36.3+k3s1', 5],
      ['production', '1.36', 68],
    ] as const) {
      const declared = await declare({ environment }, { files })
      if (!declared.ok) return t.fail(told(declared.problems))
      const target = await readTarget(declared.value, { files, loadTarget })
      if (!target.ok) return t.fail(told(target.problems))
      t.is(target.value.kubernetes, kubernetes)
      t.is(target.value.kinds.length, kinds)
    }
  })
})

const misnamed: [what: string, snapshot: string, problem: RegExp][] = [
  [
    'is not there',
    'stagin.snapshot.json',
    /missing-file releases\/site\.yaml:7:49 «stagin\.snapshot\.json».*there is no snapshot releases\/stagin\.snapshot\.json.*Did you mean `staging\.snapshot\.json`/s,
  ],
  ['is nowhere near', 'x.json', /missing-file.*scout-apply capabilities/s],
  ['is a folder', 'web', /releases\/web is a folder, not a snapshot/],
  ['leaves the site', '../../x.json', /leaves-site.*leaves releases\//s],
  ['is beside releases/', '../x.json', /leaves-site/],
  ['is an absolute path', '/etc/x.json', /leaves-site/],
  ['is no text', '[a]', /wrong-type.*environments\.staging\.snapshot/s],
  ['is empty', '""', /`environments\.staging\.snapshot` is empty/],
]
for (const [what, snapshot, says] of misnamed)
  test(`a snapshot that ${what} is told with line and column, whatever environment is rendered`, async (t) => {
    await inSite(siteWith(snapshot), async (root) => {
      const outcome = await declare({ environment: 'production' }, { files: openFiles(root) })
      if (outcome.ok) return t.fail('it was declared')
      t.is(outcome.problems.length, 1)
      t.regex(told(outcome.problems), says)
    })
  })
