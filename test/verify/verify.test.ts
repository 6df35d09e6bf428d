import test from 'ava'
import { Header } from 'tar/header'
import type { Members } from '../../src/core/bundle/members.ts'
import { printManifest } from '../../src/core/bundle/manifest.ts'
import { openBundle } from '../../src/core/bundle/read.ts'
import { signBundle } from '../../src/core/bundle/sign.ts'
import { printEnvelope } from '../../src/core/bundle/envelope.ts'
import { payloadType, preAuthEncoding } from '../../src/core/bundle/statement.ts'
import { gzipSync } from 'node:zlib'
import { packEntries } from '../../src/core/bundle/tar.ts'
import { gzip } from '../../src/core/bundle/gzip.ts'
import type { BundleManifest } from '../../src/core/bundle/format.ts'
import { packSignatures } from '../../src/core/bundle/signatures-part.ts'
import { packBundle, packContents } from '../../src/core/bundle/write.ts'
import { sha256 } from '../../src/core/digest.ts'
import { usualPolicy } from '../../src/core/policy.ts'
import type { Signer } from '../../src/core/effects/signer.ts'
import type { Trust } from '../../src/core/trust.ts'
import { verify } from '../../src/control-plane/verify/verify.ts'
import type { ToVerify } from '../../src/control-plane/verify/verify.ts'
import { bundle } from '../../src/staging/bundle/bundle.ts'
import type { ToBundle } from '../../src/staging/bundle/bundle.ts'
import { testKey, trusting } from '../core/bundle/trusted.ts'
import { sample } from '../staging/bundle/sample.ts'

const alice = testKey('alice')
const bob = testKey('bob', 'ec')
const mallory = testKey('mallory')
const now = Date.parse('2026-01-01T00:00:00Z')
const service = 'objects/web/main/shop/Service_web.yaml'

const bundled = async (signers: Signer[] = [alice], more: Partial<ToBundle> = {}): Promise<Uint8Array> => {
  const outcome = await bundle(sample(more), { signers })
  if (!outcome.ok) throw new Error(outcome.problems[0].what)
  return outcome.value.bytes
}

const membersOf = (bytes: Uint8Array): Members => {
  const opened = openBundle(bytes, 'b.tgz')
  if (!opened.ok) throw new Error(opened.problems[0].what)
  return new Map(opened.value.members)
}

const repacked = (members: Members): Uint8Array => packBundle(members, sample().epochSeconds).bytes

const input = (bytes: Uint8Array, more: Partial<ToVerify> = {}): ToVerify => ({
  bytes,
  name: 'b.tgz',
  trust: trusting([alice]),
  now,
  ...more,
})

const codesOf = (toVerify: ToVerify): string[] => {
  const outcome = verify(toVerify)
  return outcome.ok ? ['verified'] : outcome.problems.map(({ code }) => code)
}

/** A bundle whose bundle.json says something else, duly signed again: what only a signer can make. */
const signedAnew = async (
  change: (manifest: BundleManifest, members: Members) => unknown,
  print: (manifest: BundleManifest) => string = printManifest,
): Promise<Uint8Array> => {
  const members = membersOf(await bundled([]))
  const manifest = JSON.parse(
    Buffer.from(members.get('bundle.json') as Uint8Array).toString(),
  ) as BundleManifest
  change(manifest, members)
  const bytes = Buffer.from(print(manifest))
  members.set('bundle.json', bytes)
  const contents = sha256(packContents(members, sample().epochSeconds).bytes)
  members.set(...(await signBundle({ manifest: bytes, contents }, null, alice)))
  return repacked(members)
}

/** Lists the members anew, so that only the content itself can be wrong. */
const relist = (manifest: BundleManifest, members: Members): void => {
  manifest.members = [...members]
    .filter(([path]) => path !== 'bundle.json')
    .map(([path, content]) => ({ path, size: content.length, sha256: sha256(content) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

const putting =
  (path: string, text: string) =>
  (manifest: BundleManifest, members: Members): void => {
    members.set(path, Buffer.from(text))
    relist(manifest, members)
  }

test('a signed bundle is verified, and gives its objects, their texts and who signed', async (t) => {
  const outcome = verify(
    input(await bundled([alice, bob]), { trust: trusting([alice, bob], { threshold: 2 }) }),
  )
  if (!outcome.ok) return t.fail(outcome.problems[0].what)
  const { manifest, digest, signedBy, releases, texts } = outcome.value
  t.deepEqual(signedBy, ['alice', 'bob'])
  t.is(digest, sha256(printManifest(manifest)))
  t.deepEqual(
    releases.map(({ name }) => name),
    ['operator', 'web'],
  )
  t.deepEqual(
    releases[1]?.objects.map(({ phase, object }) => [phase, object.kind, object.metadata.name]),
    [
      ['hooks', 'Job', 'migrate'],
      ['main', 'Service', 'web'],
    ],
  )
  t.is(texts.get(service), sample().files.get('web/main/shop/Service_web.yaml'))
  t.is(texts.size, 3)
  t.deepEqual(outcome.warnings, [])
})

test('a bundle with any one bit flipped anywhere in the file is refused', async (t) => {
  const bytes = await bundled()
  const trust = trusting([alice])
  let flips = 0
  for (let at = 0; at < bytes.length; at += 1)
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Uint8Array.from(bytes)
      flipped[at]! ^= 1 << bit
      if (verify(input(flipped, { trust })).ok) t.fail(`bit ${bit} of byte ${at}`)
      flips += 1
    }
  t.is(flips, bytes.length * 8)
})

test('a bundle with any byte of its tar changed (every fifth is tried), and packed again as we pack, is refused', async (t) => {
  const members = membersOf(await bundled())
  const { tar } = packContents(members, sample().epochSeconds)
  const signatures = packSignatures(members, sample().epochSeconds).bytes
  const trust = trusting([alice])
  for (let at = 0; at < tar.length; at += 5) {
    const flipped = Buffer.from(tar)
    flipped[at]! ^= 1 << (at % 8)
    if (verify(input(Buffer.concat([gzip(flipped), signatures]), { trust })).ok)
      t.fail(`byte ${at} of the tar`)
  }
  t.pass()
})

test('a bundle cut anywhere is refused', async (t) => {
  const bytes = await bundled()
  for (let length = 0; length < bytes.length; length += 1)
    if (verify(input(bytes.subarray(0, length))).ok) t.fail(`${length} bytes`)
  t.pass()
})

const key = (more: Partial<Trust['keys'][number]>): Trust =>
  trusting([alice], { keys: [{ name: 'alice', key: alice.key, ...more }] })
const day = 86_400_000

const judged: [title: string, signers: Signer[], trust: Trust | undefined, codes: string[]][] = [
  ['a bundle without a signature', [], trusting([alice]), ['verify/unsigned']],
  ['a bundle where there is no trust file', [alice], undefined, ['verify/no-trust']],
  [
    'a bundle of a stranger',
    [mallory],
    trusting([alice]),
    ['verify/unknown-key', 'verify/too-few-signatures'],
  ],
  ['a good signature beside that of a stranger', [alice, mallory], trusting([alice]), ['verify/unknown-key']],
  [
    "a stranger's signature under a known name",
    [{ ...mallory, name: 'alice' }],
    trusting([alice]),
    ['verify/bad-signature', 'verify/too-few-signatures'],
  ],
  [
    'a known key under another name',
    [{ ...alice, name: 'alicia' }],
    trusting([alice]),
    ['verify/unknown-key', 'verify/too-few-signatures'],
  ],
  [
    'one signature where two are needed',
    [alice],
    trusting([alice, bob], { threshold: 2 }),
    ['verify/too-few-signatures'],
  ],
  ['two of three', [alice, bob], trusting([alice, bob, mallory], { threshold: 2 }), ['verified']],
  ['a revoked key', [alice], key({ revoked: 'stolen' }), ['verify/revoked-key', 'verify/too-few-signatures']],
  [
    'a revoked key beside a good one',
    [alice, bob],
    trusting([bob], {
      keys: [
        { name: 'alice', key: alice.key, revoked: 'stolen' },
        { name: 'bob', key: bob.key },
      ],
    }),
    ['verify/revoked-key'],
  ],
  ['an expired key', [alice], key({ notAfter: now }), ['verify/expired-key', 'verify/too-few-signatures']],
  ['a key in its last second', [alice], key({ notAfter: now + 1000 }), ['verified']],
  [
    'a key of tomorrow',
    [alice],
    key({ notBefore: now + day }),
    ['verify/key-not-yet-valid', 'verify/too-few-signatures'],
  ],
  ['a key of today', [alice], key({ notBefore: now }), ['verified']],
  [
    'a bundle for another cluster',
    [alice],
    trusting([alice], { cluster: 'other' }),
    ['verify/other-cluster'],
  ],
]
for (const [title, signers, trust, codes] of judged)
  test(`${title}: ${codes[0] === 'verified' ? 'is verified' : 'is refused'}`, async (t) => {
    t.deepEqual(codesOf(input(await bundled(signers), { trust })), codes)
  })

test('a revoked key is named with the reason, and the reader is told what to do', async (t) => {
  const outcome = verify(input(await bundled(), { trust: key({ revoked: 'laptop stolen' }) }))
  t.false(outcome.ok)
  if (outcome.ok) return
  t.like(outcome.problems[0], {
    what: 'It is signed by the key "alice", which is revoked: laptop stolen.',
    where: [{ in: 'bundle', bundle: 'b.tgz', member: 'signatures/alice.sigstore.json' }],
  })
})

const limited = { notAfter: '2026-01-01T00:00:00Z' }
test('a bundle is verified up to the second before notAfter, and refused from then on', async (t) => {
  const bytes = await bundled([alice], limited)
  t.deepEqual(codesOf(input(bytes, { now: now - 1 })), ['verified'])
  t.deepEqual(codesOf(input(bytes, { now })), ['verify/too-old'])
})

test('--insecure-skip-verify leaves out signatures, says so, and still looks at all else', async (t) => {
  const unsigned = await bundled([])
  const outcome = verify(input(unsigned, { trust: undefined, allowUnsigned: true }))
  t.true(outcome.ok)
  t.deepEqual(outcome.ok && [outcome.value.signedBy, outcome.warnings.map(({ code }) => code)], [
    [],
    ['verify/not-verified'],
  ])
  const members = membersOf(unsigned)
  members.set(service, Buffer.from('kind: Other\n'))
  t.deepEqual(codesOf(input(repacked(members), { allowUnsigned: true })), ['verify/wrong-size'])
  t.deepEqual(codesOf(input(unsigned.subarray(1), { allowUnsigned: true })), ['verify/not-a-bundle'])
})

const tampered: [title: string, change: (members: Members) => unknown, codes: string[]][] = [
  [
    'another member of the same size',
    (m) => m.set('diff.md', Buffer.from('# CHANGES\n')),
    ['verify/wrong-digest'],
  ],
  ['a longer member', (m) => m.set('diff.md', Buffer.from('# Changes and more\n')), ['verify/wrong-size']],
  [
    'a member that is not listed',
    (m) => m.set('objects/web/main/shop/Secret_x.yaml', Buffer.from('')),
    ['verify/unlisted-member'],
  ],
  ['a member that is missing', (m) => m.delete(service), ['verify/missing-member']],
  [
    'several of these, all told at once',
    (m) => [m.delete(service), m.set('x', Buffer.from('')), m.set('diff.md', Buffer.from(''))],
    ['verify/wrong-size', 'verify/missing-member', 'verify/unlisted-member'],
  ],
  [
    'another bundle.json',
    (m) => m.set('bundle.json', Buffer.from('{}')),
    ['verify/bad-signature', 'verify/too-few-signatures'],
  ],
  ['no bundle.json', (m) => m.delete('bundle.json'), ['verify/not-a-bundle']],
  [
    'a signature that is no JSON',
    (m) => m.set('signatures/alice.sigstore.json', Buffer.from('x')),
    ['verify/bad-signature', 'verify/too-few-signatures'],
  ],
  [
    'a signature with white space',
    (m) =>
      m.set(
        'signatures/alice.sigstore.json',
        Buffer.concat([m.get('signatures/alice.sigstore.json')!, Buffer.from('\n')]),
      ),
    ['verify/bad-signature', 'verify/too-few-signatures'],
  ],
  [
    'an empty file beside a good signature',
    (m) => m.set('signatures/bob.sigstore.json', Buffer.from('')),
    ['verify/bad-signature'],
  ],
  [
    'a copy of a good signature under another name',
    (m) => m.set('signatures/bob.sigstore.json', m.get('signatures/alice.sigstore.json')!),
    ['verify/bad-signature'],
  ],
  [
    'a stray file among the signatures',
    (m) => m.set('signatures/README', Buffer.from('')),
    ['verify/bad-signature'],
  ],
]
for (const [title, change, codes] of tampered)
  test(`a bundle with ${title} is refused`, async (t) => {
    const members = membersOf(await bundled())
    change(members)
    t.deepEqual(codesOf(input(repacked(members))), codes)
  })

const packedOtherwise: [title: string, pack: (members: Members, epochSeconds: number) => Uint8Array][] = [
  ['another compressor', (members, time) => gzipSync(packContents(members, time).tar).fill(255, 9, 10)],
  [
    'another order',
    (members, time) => {
      const paths = [...members.keys()].filter((path) => !path.startsWith('signatures/'))
      const entries = paths.map((path) => packEntries(new Map([[path, members.get(path)!]]), time))
      return gzip(Buffer.concat(entries.reverse()))
    },
  ],
  [
    'another owner',
    (members, time) => {
      const { tar } = packContents(members, time)
      const header = new Header(tar)
      header.uid = 1000
      header.encode(tar)
      return gzip(tar)
    },
  ],
]
for (const [title, pack] of packedOtherwise)
  test(`a bundle with all that was signed, packed by ${title}, is refused`, async (t) => {
    const members = membersOf(await bundled())
    const { epochSeconds } = sample()
    const bytes = Buffer.concat([pack(members, epochSeconds), packSignatures(members, epochSeconds).bytes])
    for (const [path, content] of membersOf(bytes)) t.deepEqual(members.get(path), content, path)
    t.deepEqual(codesOf(input(bytes)), ['verify/not-canonical'])
  })

test('a signature over another bundle of the same signer does not count', async (t) => {
  const members = membersOf(await bundled())
  const other = membersOf(await bundled([alice], { version: '2.0.0' }))
  members.set('signatures/alice.sigstore.json', other.get('signatures/alice.sigstore.json')!)
  t.deepEqual(codesOf(input(repacked(members))), ['verify/bad-signature', 'verify/too-few-signatures'])
})

/** The policy of the release web, of which a part is as given. */
const setPolicy = (manifest: BundleManifest, part: object): unknown =>
  Object.assign(manifest.releases[1]!, { policy: { ...usualPolicy, ...part } })
const readyRule = {
  kind: 'Widget.example.com',
  ready: [{ path: '/status/phase', equals: 'Running' }],
  failed: [{ condition: 'Ready', is: 'False', reason: 'Broken' }],
}

const service2 = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: other\n  namespace: shop\n'
const signedFaults: [
  title: string,
  change: (manifest: BundleManifest, members: Members) => unknown,
  codes: string[],
  print?: (manifest: BundleManifest) => string,
][] = [
  ['nothing changed', () => undefined, ['verified']],
  ['a format of the future', (m) => Object.assign(m, { format: 4 }), ['verify/unknown-format']],
  ['the format of an older scout', (m) => Object.assign(m, { format: 2 }), ['verify/unknown-format']],
  ['a format that is no number', (m) => Object.assign(m, { format: '3' }), ['verify/bad-manifest']],
  ['a policy', (m) => setPolicy(m, {}), ['verified']],
  [
    'a policy that lacks a part',
    (m) => Object.assign(m.releases[1]!, { policy: { ignore: [] } }),
    ['verify/bad-manifest', 'verify/bad-manifest', 'verify/bad-manifest'],
  ],
  ['a policy that is null', (m) => Object.assign(m.releases[1]!, { policy: null }), ['verify/bad-manifest']],
  ['a prune of no known time', (m) => setPolicy(m, { prune: 'now' }), ['verify/bad-manifest']],
  [
    'a claim that may be made anew',
    (m) => setPolicy(m, { recreate: ['PersistentVolumeClaim'] }),
    ['verify/bad-manifest'],
  ],
  ['all kinds that may be made anew', (m) => setPolicy(m, { recreate: ['*'] }), ['verify/bad-manifest']],
  [
    'a field to ignore that is no pointer',
    (m) => setPolicy(m, { ignore: [{ kind: 'Service', fields: ['spec.type'] }] }),
    ['verify/bad-manifest'],
  ],
  [
    'the name of objects to be ignored',
    (m) => setPolicy(m, { ignore: [{ kind: '*', fields: ['/metadata/*'] }] }),
    ['verify/bad-manifest'],
  ],
  [
    'a rule of readiness that asks nothing',
    (m) => setPolicy(m, { ready: [{ kind: 'Widget.example.com', ready: [], failed: [] }] }),
    ['verify/bad-manifest'],
  ],
  [
    'two rules of readiness for one kind',
    (m) => setPolicy(m, { ready: [readyRule, readyRule] }),
    ['verify/bad-manifest'],
  ],
  ['an unknown field', (m) => Object.assign(m, { extra: 1 }), ['verify/bad-manifest']],
  [
    'two faults of shape',
    (m) => Object.assign(m, { version: '/', sequence: -1 }),
    ['verify/bad-manifest', 'verify/bad-manifest'],
  ],
  ['a manifest in another form', () => undefined, ['verify/bad-manifest'], (m) => JSON.stringify(m)],
  ['a manifest that is no JSON', () => undefined, ['verify/bad-manifest'], () => '{'],
  ['a manifest that is a list', () => undefined, ['verify/bad-manifest'], () => '[]'],
  ['a manifest nested without end', () => undefined, ['verify/bad-manifest'], () => '['.repeat(1e6)],
  [
    'a field named __proto__',
    () => undefined,
    ['verify/bad-manifest'],
    (m) => printManifest(m).replace('{', '{"__proto__":{"x":1},'),
  ],
  ['a release that is in no wave', (m) => m.waves.pop(), ['verify/bad-manifest']],
  ['a wave with an unknown release', (m) => m.waves[0]?.push('ghost'), ['verify/bad-manifest']],
  ['waves against dependsOn', (m) => m.waves.reverse(), ['verify/bad-manifest']],
  ['a release twice', (m) => m.releases.push(m.releases[0]!), ['verify/bad-manifest', 'verify/bad-manifest']],
  [
    'another name than site and environment make',
    (m) => Object.assign(m, { name: 'other' }),
    ['verify/bad-manifest'],
  ],
  [
    'a day that no month has',
    (m) => Object.assign(m, { notAfter: '2027-02-30T00:00:00Z' }),
    ['verify/bad-manifest'],
  ],
  ['members out of order', (m) => m.members.reverse(), ['verify/bad-manifest']],
  [
    'an object in the place of another release',
    (m) => Object.assign(m.releases[0]!.objects[0]!, { member: service }),
    ['verify/bad-manifest', 'verify/bad-manifest', 'verify/bad-manifest'],
  ],
  [
    'an object that no release has',
    putting('objects/web/main/shop/Service_x.yaml', service2),
    ['verify/bad-manifest'],
  ],
  ['no report', (m, members) => [members.delete('diff.md'), relist(m, members)], ['verify/bad-manifest']],
  ['a member of another kind', putting('run.sh', ''), ['verify/bad-manifest']],
  ['another object than the index says', putting(service, service2), ['verify/other-object']],
  ['two objects in one member', putting(service, `${service2}---\n${service2}`), ['verify/bad-object']],
  ['an empty member', putting(service, ''), ['verify/bad-object']],
  ['a member that is no YAML', putting(service, 'a: [\n'), ['yaml/syntax']],
]
for (const [title, change, codes, print] of signedFaults)
  test(`a duly signed bundle with ${title} is ${codes[0] === 'verified' ? 'verified' : 'refused'}`, async (t) => {
    t.deepEqual(codesOf(input(await signedAnew(change, print))), codes)
  })

test('a good signature over something that is no statement at all is refused', async (t) => {
  const members = membersOf(await bundled())
  for (const text of ['hello', '{', '[]', '{"predicate":1}']) {
    const payload = Buffer.from(text)
    const signature = await alice.sign(preAuthEncoding(payloadType, payload))
    const envelope = printEnvelope({ keyName: 'alice', payload, signature })
    members.set('signatures/alice.sigstore.json', Buffer.from(envelope))
    t.deepEqual(
      codesOf(input(repacked(members))),
      ['verify/bad-signature', 'verify/too-few-signatures'],
      text,
    )
  }
})
