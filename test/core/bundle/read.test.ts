import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { Header } from 'tar/header'
import type { HeaderData } from 'tar/header'
import { gzip } from '../../../src/core/bundle/gzip.ts'
import type { Members } from '../../../src/core/bundle/members.ts'
import { openBundle, usualLimits } from '../../../src/core/bundle/read.ts'
import { storedGzip } from '../../../src/core/bundle/stored-gzip.ts'
import { endOfTar, packEntries } from '../../../src/core/bundle/tar.ts'
import type { Limits } from '../../../src/core/bundle/untar.ts'
import { packBundle, packContents } from '../../../src/core/bundle/write.ts'
import { sha256 } from '../../../src/core/digest.ts'

const time = 1_760_000_000
const longPath = `objects/web/crds/_cluster/CustomResourceDefinition.apiextensions.k8s.io_${'a'.repeat(150)}~${'0'.repeat(16)}.yaml`

const members = (...more: [string, string][]): Members =>
  new Map(
    [['bundle.json', '{}'] as const, ['diff.md', '# none\n'] as const, ...more].map(([path, text]) => [
      path,
      Buffer.from(text),
    ]),
  )

const codesOf = (bytes: Uint8Array, limits?: Limits): string[] => {
  const opened = openBundle(bytes, 'b.tgz', limits)
  return opened.ok ? ['opened'] : opened.problems.map(({ code }) => code)
}

/** A file of these two parts, packed as we pack. */
const file = (contents: Uint8Array, signatures: Uint8Array = endOfTar): Uint8Array =>
  Buffer.concat([gzip(contents), storedGzip(signatures)])

/** An entry as another program could write it. */
const entry = (path: string, data: HeaderData = {}, content = ''): Buffer => {
  const block = Buffer.alloc(512)
  new Header({
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    mtime: new Date(time * 1000),
    type: 'File',
    linkpath: '',
    uname: '',
    gname: '',
    ...data,
  }).encode(block)
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512)
  body.write(content)
  return Buffer.concat([block, body])
}

const tarWith = (...entries: Buffer[]): Uint8Array =>
  file(Buffer.concat([packEntries(members(), time), ...entries]))

/** With these where the signatures lie. */
const signaturesWith = (...entries: Buffer[]): Uint8Array =>
  file(packEntries(members(), time), Buffer.concat([...entries, endOfTar]))

test('what was packed is what is opened, long paths included', (t) => {
  const packed = packBundle(members([longPath, 'kind: X\n']), time)
  const opened = openBundle(packed.bytes, 'b.tgz')
  t.true(opened.ok)
  if (!opened.ok) return
  t.deepEqual([...opened.value.members.keys()], ['bundle.json', 'diff.md', longPath])
  t.is(Buffer.from(opened.value.members.get(longPath) as Uint8Array).toString(), 'kind: X\n')
  const contents = packContents(members([longPath, 'kind: X\n']), time).bytes
  t.is(opened.value.contents, sha256(contents))
  t.true(Buffer.from(contents).equals(packed.bytes.subarray(0, contents.length)))
})

test('the bytes depend neither on the order of members nor on the machine', (t) => {
  const one = packBundle(members(['objects/a', '1'], [longPath, '2']), time)
  const other = packBundle(new Map([...members([longPath, '2'], ['objects/a', '1'])].reverse()), time)
  t.deepEqual(one.bytes, other.bytes)
  // Pinned: a version of the encoder, or a machine, that packs otherwise could not read the bundles of others.
  t.is(one.fileDigest, 'sha256:b837d8743854cca204431b2d0aeec81494385f202c2b20f2d29b01665449311a')
  t.is(one.tarDigest, 'sha256:86adf6f1bbd8833d60888c69aae339fe326cbebf9a409033ff78a216d9bd8f51')
})

test('the header of the gzip file bears no time, name or system', (t) => {
  t.is(Buffer.from(packBundle(members(), time).bytes.subarray(0, 10)).toString('hex'), '1f8b08000000000000ff')
})

test('a gzip of stored blocks is what any gunzip reads, whatever its length', (t) => {
  for (const length of [0, 1, 65_535, 65_536, 200_000]) {
    const content = Buffer.alloc(length, 'signatures')
    t.true(gunzipSync(storedGzip(content)).equals(content), String(length))
  }
})

test('GNU tar reads it without a word, and finds plain files of nobody with the time of the commit', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-read-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'b.tgz'), packBundle(members([longPath, 'kind: X\n']), time).bytes)
  const listing = execFileSync('tar', ['--utc', '--full-time', '-tvzf', join(folder, 'b.tgz')], {
    encoding: 'utf8',
  })
  t.deepEqual(
    listing
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
    [
      `-rw-r--r-- 0/0 2 2025-10-09 08:53:20 bundle.json`,
      `-rw-r--r-- 0/0 7 2025-10-09 08:53:20 diff.md`,
      `-rw-r--r-- 0/0 8 2025-10-09 08:53:20 ${longPath}`,
    ],
  )
})

test('a container with any one bit changed is refused, or its contents have another digest', (t) => {
  const { bytes } = packBundle(
    members([longPath, 'kind: X\n'.repeat(20)], ['signatures/a.sigstore.json', '{}']),
    time,
  )
  const before = openBundle(bytes, 'b.tgz')
  for (let at = 0; at < bytes.length; at += 1)
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = Uint8Array.from(bytes)
      changed[at]! ^= 1 << bit
      const after = openBundle(changed, 'b.tgz')
      if (after.ok && before.ok && after.value.contents === before.value.contents)
        t.fail(`bit ${bit} of byte ${at}`)
    }
  t.true(before.ok)
})

/** Packed by zlib, behind the header that a bundle has. */
const byZlib = (content: Uint8Array): Uint8Array => gzipSync(content).fill(255, 9, 10)

const small: Limits = { members: 3, memberBytes: 100, totalBytes: 4096 }
const packed = packBundle(members(), time).bytes
const contents = packContents(members(), time).bytes

const refused: [title: string, bytes: Uint8Array, codes: string[], limits?: Limits][] = [
  ['an empty file', Buffer.alloc(0), ['verify/truncated']],
  ['a file of another kind', Buffer.from('hello, world'), ['verify/not-a-bundle']],
  ['a file cut in its compressed data', packed.subarray(0, packed.length - 20), ['verify/truncated']],
  ['a file cut in its last byte', packed.subarray(0, packed.length - 1), ['verify/truncated']],
  ['a file with one byte after its end', Buffer.concat([packed, Buffer.from('x')]), ['verify/trailing-data']],
  [
    'a second gzip file after the first',
    Buffer.concat([packed, gzip(Buffer.alloc(512))]),
    ['verify/trailing-data'],
  ],
  ['a file without its second part', contents, ['verify/truncated']],
  [
    'something else for a second part',
    Buffer.concat([contents, Buffer.from('hello')]),
    ['verify/trailing-data'],
  ],
  [
    'a file of one part, as formats 1 and 2 are',
    gzip(Buffer.concat([packEntries(members(), time), endOfTar])),
    ['verify/unknown-format'],
  ],
  [
    'signatures from another compressor',
    Buffer.concat([contents, byZlib(endOfTar)]),
    ['verify/not-canonical'],
  ],
  ['a gzip header with a time', Buffer.from(packed).fill(1, 4, 5), ['verify/not-canonical']],
  [
    'content that its checksum does not match',
    Buffer.from(packed).fill(0, packed.length - 8, packed.length - 4),
    ['verify/damaged'],
  ],
  ['a tar without an end', file(packEntries(members(), time), Buffer.alloc(0)), ['verify/truncated']],
  ['a tar with half an end', file(packEntries(members(), time), Buffer.alloc(512)), ['verify/truncated']],
  [
    'a tar cut in a member',
    file(packEntries(members(['x', 'y'.repeat(600)]), time).subarray(0, -1024), Buffer.alloc(0)),
    ['verify/truncated'],
  ],
  ['data after the end of the tar', signaturesWith(endOfTar, entry('x')), ['verify/trailing-data']],
  ['empty blocks after the end of the tar', signaturesWith(endOfTar), ['verify/trailing-data']],
  [
    'a header with a wrong checksum',
    tarWith(Buffer.from(entry('x')).fill('9', 120, 121)),
    ['verify/damaged'],
  ],
  [
    'a symbolic link',
    tarWith(entry('x', { type: 'SymbolicLink', linkpath: '/etc/passwd' })),
    ['verify/not-a-file'],
  ],
  ['a hard link', tarWith(entry('x', { type: 'Link', linkpath: 'diff.md' })), ['verify/not-a-file']],
  ['a device', tarWith(entry('x', { type: 'CharacterDevice' })), ['verify/not-a-file']],
  ['a pipe', tarWith(entry('x', { type: 'FIFO' })), ['verify/not-a-file']],
  ['a folder', tarWith(entry('x/', { type: 'Directory' })), ['verify/not-a-file']],
  [
    "GNU's long names",
    tarWith(entry('././@LongLink', { type: 'NextFileHasLongPath' }, 'x'), entry('x')),
    ['verify/not-a-file'],
  ],
  [
    'a global header',
    tarWith(entry('x', { type: 'GlobalExtendedHeader' }, '11 path=abc\n')),
    ['verify/not-a-file'],
  ],
  [
    'an extended header with more than a path',
    tarWith(entry('x', { type: 'ExtendedHeader' }, '9 uid=0\n12 path=abc\n'), entry('abc')),
    ['verify/damaged'],
  ],
  [
    'an extended header for a path that needs none',
    signaturesWith(
      entry('PaxHeader', { type: 'ExtendedHeader' }, '16 path=signatures/a\n'),
      entry('signatures/a'),
    ),
    ['verify/damaged'],
  ],
  [
    'an extended header with nothing after it',
    tarWith(entry('PaxHeader', { type: 'ExtendedHeader' }, '12 path=abc\n')),
    ['verify/truncated'],
  ],
  ['an absolute path', tarWith(entry('/etc/cron.d/x')), ['verify/unsafe-path']],
  ['a path that climbs', tarWith(entry('objects/../../x')), ['verify/unsafe-path']],
  ['a path with a backslash', tarWith(entry('objects\\x')), ['verify/unsafe-path']],
  ['a path with a line break', tarWith(entry('objects/a\nb')), ['verify/unsafe-path']],
  ['a path with an empty part', tarWith(entry('objects//x')), ['verify/unsafe-path']],
  ['the same path twice', tarWith(entry('diff.md', {}, 'other')), ['verify/duplicate-member']],
  ['paths that differ in case', tarWith(entry('DIFF.md')), ['verify/case-clash']],
  ['a member among the signatures', signaturesWith(entry('x')), ['verify/not-canonical']],
  ['a signature among the members', tarWith(entry('signatures/a')), ['verify/not-canonical']],
  [
    'signatures out of order',
    signaturesWith(entry('signatures/b'), entry('signatures/a')),
    ['verify/not-canonical'],
  ],
  ...(
    [
      ['owner', { uid: 1000 }],
      ['mode', { mode: 0o600 }],
      ['time', { mtime: new Date(0) }],
      ["owner's name", { uname: 'root' }],
    ] as const
  ).map(([what, data]): [string, Uint8Array, string[]] => [
    `a signature with another ${what}`,
    signaturesWith(entry('signatures/a', data)),
    ['verify/not-canonical'],
  ]),
  [
    'three bad entries, all named',
    tarWith(entry('/x'), entry('y', { type: 'FIFO' }), entry('diff.md')),
    ['verify/unsafe-path', 'verify/not-a-file', 'verify/duplicate-member'],
  ],
  ['more members than the limit', tarWith(entry('x'), entry('y')), ['verify/too-many-members'], small],
  ['a member over the limit', tarWith(entry('x', {}, 'y'.repeat(101))), ['verify/too-large'], small],
  ['a member that claims more than there is', tarWith(entry('x', { size: 5000 })), ['verify/truncated']],
  ['a member that claims 8 GiB and more', tarWith(entry('x', { size: 9e9 })), ['verify/too-large']],
  ['a bomb', gzip(Buffer.alloc(5000)), ['verify/too-large'], small],
  [
    'a bomb for a second part',
    Buffer.concat([contents, gzip(Buffer.alloc(5000))]),
    ['verify/too-large'],
    small,
  ],
  ['a bomb beyond the usual limit', byZlib(Buffer.alloc(usualLimits.totalBytes + 1)), ['verify/too-large']],
]

for (const [title, bytes, codes, limits] of refused)
  test(`${title} is refused`, (t) => t.deepEqual(codesOf(bytes, limits), codes))

test('a refusal names the member, and shows no control characters of its path', (t) => {
  const opened = openBundle(tarWith(entry('a\u001b[31mb')), 'b.tgz')
  t.false(opened.ok)
  if (opened.ok) return
  t.deepEqual(opened.problems[0].where, [{ in: 'bundle', bundle: 'b.tgz', member: 'a?[31mb' }])
})
