import test from 'ava'
import { openBundle } from '../../../src/core/bundle/read.ts'
import { sha256 } from '../../../src/core/digest.ts'
import type { Policy } from '../../../src/core/policy.ts'
import { bundle } from '../../../src/staging/bundle/bundle.ts'
import type { Bundle, ToBundle } from '../../../src/staging/bundle/bundle.ts'
import type { Signer } from '../../../src/core/effects/signer.ts'
import { testKey } from '../../core/bundle/trusted.ts'
import { sample } from './sample.ts'

const made = async (more: Partial<ToBundle> = {}, signers: Signer[] = []): Promise<Bundle> => {
  const outcome = await bundle(sample(more), { signers })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ what }) => what).join('\n'))
  return outcome.value
}

const textsOf = (bytes: Uint8Array): Map<string, string> => {
  const opened = openBundle(bytes, 'b.tgz')
  if (!opened.ok) throw new Error(opened.problems[0].what)
  return new Map([...opened.value.members].map(([path, content]) => [path, Buffer.from(content).toString()]))
}

const refusals = async (more: Partial<ToBundle>): Promise<string[]> => {
  const outcome = await bundle(sample(more), { signers: [] })
  return outcome.ok ? ['made'] : outcome.problems.map(({ code }) => code)
}

test('a bundle holds the rendered texts, the report, the provenance and one signature a key', async (t) => {
  const { bytes, fileName, digest, fileDigest } = await made({}, [testKey('alice'), testKey('bob', 'ec')])
  const texts = textsOf(bytes)
  t.deepEqual(
    [...texts.keys()],
    [
      'bundle.json',
      'diff.md',
      'objects/operator/main/operator/ConfigMap_system%3Asettings.yaml',
      'objects/web/hooks/shop/Job.batch_migrate.yaml',
      'objects/web/main/shop/Service_web.yaml',
      'provenance.json',
      'signatures/alice.sigstore.json',
      'signatures/bob.sigstore.json',
    ],
  )
  t.is(
    texts.get('objects/web/main/shop/Service_web.yaml'),
    sample().files.get('web/main/shop/Service_web.yaml'),
  )
  t.is(texts.get('diff.md'), '# Changes\n')
  t.is(fileName, 'sample-production-1.0.0.tgz')
  t.is(digest, sha256(texts.get('bundle.json') as string))
  t.is(fileDigest, sha256(bytes))
})

test('equal input makes equal bytes, whatever the order of the files', async (t) => {
  const alice = testKey('alice')
  const one = await made({}, [alice])
  const other = await made({ files: new Map([...sample().files].reverse()) }, [alice])
  t.deepEqual(one.bytes, other.bytes)
})

test('the folder that a bundle is built in leaves no trace in it', async (t) => {
  const alice = testKey('alice')
  const { set } = sample()
  for (const { resolved } of set.releases)
    if (resolved.kind === 'chart') resolved.directory = '/somewhere/else'
  t.deepEqual((await made({ set }, [alice])).bytes, (await made({}, [alice])).bytes)
})

test('two ECDSA builds share everything but the signature', async (t) => {
  const bob = testKey('bob', 'ec')
  const [one, other] = [await made({}, [bob]), await made({}, [bob])]
  t.is(one.digest, other.digest)
  t.notDeepEqual(one.bytes, other.bytes)
})

test('bundle.json says for whom it is, in which order to apply it, and what each member is', async (t) => {
  const { manifest } = await made({ notAfter: '2027-01-31T00:00:00Z', previous: `sha256:${'b'.repeat(64)}` })
  t.like(manifest, {
    format: 3,
    name: 'sample-production',
    cluster: 'sample-production',
    sequence: 1_760_000_000,
    notAfter: '2027-01-31T00:00:00Z',
    waves: [['operator'], ['web']],
    images: [{ original: 'nginx:1', rewritten: 'harbor.example/library/nginx:1' }],
    git: { commit: 'c'.repeat(40), clean: true },
  })
  t.deepEqual(
    manifest.releases.map(({ name, helm }) => [name, helm]),
    [
      ['operator', '3.19.0'],
      ['web', '3.19.0'],
    ],
  )
  t.deepEqual(
    manifest.releases[1]?.objects.map(({ phase, hook }) => [phase, hook?.events]),
    [
      ['hooks', ['pre-upgrade']],
      ['main', undefined],
    ],
  )
})

test('namespaces are those of releases, with the labels of the site, and no others', async (t) => {
  const { manifest } = await made()
  t.deepEqual(manifest.namespaces, {
    operator: { labels: {}, annotations: {} },
    shop: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' }, annotations: {} },
  })
})

test('the provenance speaks of every object, and names charts, images and the commit', async (t) => {
  const statement = JSON.parse(textsOf((await made()).bytes).get('provenance.json') as string)
  t.is(statement._type, 'https://in-toto.io/Statement/v1')
  t.is(statement.predicateType, 'https://slsa.dev/provenance/v1')
  t.is(statement.subject.length, 4)
  t.deepEqual(
    statement.predicate.buildDefinition.resolvedDependencies.map(({ uri }: { uri: string }) => uri),
    [
      'git',
      'oci://harbor.example/library/nginx:1',
      'pkg:github/helm/helm@v3.19.0',
      'pkg:helm/operator@1.2.3',
      'pkg:helm/web@1.2.3',
    ],
  )
})

test('a tree with uncommitted changes is bundled with a warning', async (t) => {
  const outcome = await bundle(sample({ git: { commit: 'c'.repeat(40), clean: false } }), { signers: [] })
  t.true(outcome.ok)
  t.deepEqual(outcome.ok && outcome.warnings.map(({ code, severity }) => [code, severity]), [
    ['bundle/uncommitted', 'warning'],
  ])
})

const elsewhere = sample().set
elsewhere.environment = 'toString'
const badlyOrdered = sample().set
badlyOrdered.waves.reverse()
const missing = new Map([...sample().files].slice(1))
const stale = new Map([...sample().files, ['web/main/shop/Service_old.yaml', 'x']])

const refused: [title: string, input: Partial<ToBundle>, codes: string[]][] = [
  ['an object without a rendered text', { files: missing }, ['bundle/not-rendered']],
  ['a rendered text without an object', { files: stale }, ['bundle/stale-file']],
  ['an environment that names no cluster', { set: elsewhere }, ['bundle/no-cluster']],
  [
    'a set whose waves go against dependsOn, which no reader would take',
    { set: badlyOrdered },
    ['verify/bad-manifest'],
  ],
  ['a version with a slash', { version: 'a/b' }, ['bundle/bad-version']],
  ['a version that looks like an option', { version: '-rf' }, ['bundle/bad-version']],
  ['a time that is none', { sequence: 1, epochSeconds: NaN }, ['bundle/bad-epoch']],
  ['a negative sequence', { sequence: -1 }, ['bundle/bad-sequence']],
  ['a previous that is no digest', { previous: 'sha256:x' }, ['bundle/bad-previous']],
  ['a day that no month has', { notAfter: '2027-02-30T00:00:00Z' }, ['bundle/bad-time']],
  [
    'several faults, all told at once',
    { version: '', sequence: 1.5, files: missing },
    ['bundle/bad-version', 'bundle/bad-sequence', 'bundle/not-rendered'],
  ],
]

for (const [title, input, codes] of refused)
  test(`${title} is refused`, async (t) => t.deepEqual(await refusals(input), codes))

test('two signers of one name are refused: one signature would take the place of the other', async (t) => {
  const outcome = await bundle(sample(), { signers: [testKey('alice'), testKey('alice')] })
  t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code, what }) => [code, what.includes('"alice"')]), [
    ['bundle/duplicate-signer', true],
  ])
})

test('how a release is applied is in the bundle where it is not the usual way, and only there', async (t) => {
  const { set } = sample()
  const policy: Policy = {
    ignore: [{ kind: 'Service', fields: ['/spec/ports/*/nodePort'] }],
    recreate: ['StatefulSet.apps'],
    prune: 'early',
    ready: [
      {
        kind: 'Widget.example.com',
        name: 'web',
        ready: [
          { condition: 'Ready', is: 'True', reason: 'Done' },
          { path: '/status/at', exists: true },
        ],
        failed: [{ path: '/status/phase', equals: 'Failed' }],
      },
    ],
  }
  const releases = set.releases.map((one) => (one.name === 'web' ? { ...one, policy } : one))
  const { manifest } = await made({ set: { ...set, releases } })
  t.deepEqual(
    manifest.releases.map((one) => one.policy),
    [undefined, policy],
  )
})
