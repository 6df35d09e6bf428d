import test from 'ava'
import { readDocument } from '../../../src/core/sops/document.ts'
import { readMetadata } from '../../../src/core/sops/metadata.ts'

const sops = 'sops: { age: [{ recipient: age1x, enc: x }], lastmodified: "2030-01-01T00:00:00Z", mac: m }'
const bodies: [title: string, text: string, codes: string[]][] = [
  ['a plain file', 'password: Hidden-1', ['sops/not-sealed']],
  ['a list', '- password: Hidden-1', ['sops/not-sealed']],
  ['nothing', '', ['sops/not-sealed']],
  ['metadata that is no map', 'sops: Hidden-1', ['sops/not-sealed']],
  ['broken YAML', `a: "Hidden-1\n${sops}`, ['sops/syntax']],
  ['broken YAML with a word of it in the reason', `a: b: Hidden-1\n${sops}`, ['sops/syntax']],
  ['a control character', `a: Hidden-1\u0001\n${sops}`, ['sops/syntax']],
  ['nesting without end', `a: ${'['.repeat(5000)}`, ['sops/syntax']],
  ['several documents', `a: Hidden-1\n${sops}\n---\nb: 1\n`, ['sops/several-documents']],
  ['aliases', `a: &x Hidden-1\nb: *x\n${sops}`, ['sops/alias']],
  ['merge keys', `a: { <<: { b: Hidden-1 } }\n${sops}`, ['sops/bad-key']],
  [
    'keys that are no text',
    `1: Hidden-1\ntrue: x\n? [a]\n: b\n${sops}`,
    ['sops/bad-key', 'sops/bad-key', 'sops/bad-key'],
  ],
  [
    'a key twice',
    `a: Hidden-1\nl: [{ b: 1, "b": 2 }]\na: 2\n${sops}`,
    ['sops/duplicate-key', 'sops/duplicate-key'],
  ],
  ['metadata twice', `a: Hidden-1\n${sops}\n${sops}`, ['sops/duplicate-key']],
  ['a key twice in JSON', `{"a": "Hidden-1", "a": 1, "sops": {}}`, ['sops/duplicate-key']],
]
for (const [title, text, codes] of bodies)
  test(`a document is refused, with no word of it: ${title}`, (t) => {
    const read = readDocument(text, 'site.yaml')
    t.false(read.ok)
    if (read.ok) return
    t.deepEqual(
      read.problems.map(({ code }) => code),
      codes as (typeof read.problems)[0]['code'][],
    )
    t.notRegex(JSON.stringify(read.problems), /Hidden-1/)
  })

const age = 'age: [{ recipient: age1x, enc: x }]'
const time = 'lastmodified: "2030-01-01T00:00:00Z"'
const fields: [title: string, fields: string, codes: string[], words?: RegExp][] = [
  ['PGP alone', `pgp: [{ fp: x }], kms: [], ${time}, mac: m`, ['sops/other-keys'], /pgp alone/],
  [
    'two other kinds',
    `pgp: [{ fp: x }], kms: [{ arn: x }], ${time}, mac: m`,
    ['sops/other-keys'],
    /pgp, kms alone/,
  ],
  ['key groups', `key_groups: [{ ${age} }], ${time}, mac: m`, ['sops/key-groups']],
  ['nobody', `age: [], ${time}, mac: m`, ['sops/no-keys']],
  ['no MAC', `${age}, ${time}`, ['sops/no-mac']],
  ['an empty MAC', `${age}, ${time}, mac: ""`, ['sops/no-mac']],
  ['no time', `${age}, mac: m`, ['sops/bad-metadata']],
  ['a time that is none', `${age}, lastmodified: today, mac: m`, ['sops/bad-metadata']],
  ['a rule by comments', `${age}, ${time}, mac: m, encrypted_comment_regex: x`, ['sops/comment-rule']],
  ['two rules', `${age}, ${time}, mac: m, encrypted_regex: x, encrypted_suffix: y`, ['sops/bad-rule']],
  ['a rule that Go reads otherwise', `${age}, ${time}, mac: m, encrypted_regex: "a(?=b)"`, ['sops/bad-rule']],
  [
    'all at once',
    'age: 1, encrypted_comment_regex: x',
    ['sops/no-keys', 'sops/bad-metadata', 'sops/no-mac', 'sops/comment-rule'],
  ],
]
for (const [title, text, codes, words] of fields)
  test(`metadata is refused: ${title}`, (t) => {
    const read = readDocument(`a: x\nsops: { ${text} }\n`, 'site.yaml')
    if (!read.ok) return t.fail(read.problems[0].what)
    const metadata = readMetadata(read.value)
    t.deepEqual(metadata.ok ? [] : metadata.problems.map(({ code }) => code as string), codes)
    if (words && !metadata.ok) t.regex(metadata.problems[0].what, words)
  })

test('fields of a sops to come say nothing', (t) => {
  const read = readDocument(
    `a: x\nsops: { ${age}, ${time}, mac: m, pgp: [{ fp: y }], new: { x: 1 }, version: 9.0.0 }\n`,
    'f',
  )
  const metadata = read.ok ? readMetadata(read.value) : read
  t.deepEqual(metadata.ok && metadata.value, {
    age: [{ recipient: 'age1x', enc: 'x' }],
    otherKeys: ['pgp'],
    rule: { by: 'unencrypted_suffix', suffix: '_unencrypted' },
    macOnlyEncrypted: false,
    mac: 'm',
    lastModified: '2030-01-01T00:00:00Z',
  })
})
