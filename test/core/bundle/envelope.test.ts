import { createHash, verify } from 'node:crypto'
import test from 'ava'
import { printEnvelope, readEnvelope } from '../../../src/core/bundle/envelope.ts'
import { signBundle } from '../../../src/core/bundle/sign.ts'
import { preAuthEncoding } from '../../../src/core/bundle/statement.ts'
import { testKey } from './trusted.ts'

const envelope = { keyName: 'alice', payload: Buffer.from('payload'), signature: Buffer.from('signature') }

test('an envelope is read back as it was written', (t) => {
  t.deepEqual(readEnvelope(Buffer.from(printEnvelope(envelope))), envelope)
})

test('the pre-authentication encoding is the one of the DSSE specification', (t) => {
  // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, test vectors
  const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))
  t.is(Buffer.from(encoded).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world')
})

test('a signature is a sigstore bundle with one DSSE envelope, without keyid, over a statement about bundle.json and the packed contents', async (t) => {
  const alice = testKey('alice')
  const manifest = Buffer.from('{"format":1}\n')
  const [path, content] = await signBundle(
    { manifest, contents: `sha256:${'0'.repeat(64)}` },
    { buildDefinition: {} },
    alice,
  )
  t.is(path, 'signatures/alice.sigstore.json')
  const written = JSON.parse(Buffer.from(content).toString())
  t.deepEqual(Object.keys(written).sort(), ['dsseEnvelope', 'mediaType', 'verificationMaterial'])
  t.is(written.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json')
  t.deepEqual(written.verificationMaterial, { publicKey: { hint: 'alice' } })
  t.is(written.dsseEnvelope.signatures.length, 1)
  t.deepEqual(Object.keys(written.dsseEnvelope.signatures[0]), ['sig'])
  const payload = Buffer.from(written.dsseEnvelope.payload, 'base64')
  t.deepEqual(JSON.parse(payload.toString()), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: 'bundle.json', digest: { sha256: createHash('sha256').update(manifest).digest('hex') } },
      { name: 'contents', digest: { sha256: '0'.repeat(64) } },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { buildDefinition: {} },
  })
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `),
    payload,
  ])
  t.true(verify(null, signed, alice.publicKey, Buffer.from(written.dsseEnvelope.signatures[0].sig, 'base64')))
})

const text = printEnvelope(envelope)
const changed: [title: string, text: string][] = [
  ['an empty text', ''],
  ['white space', `${text}\n`],
  ['a byte order mark', `\uFEFF${text}`],
  ['another media type', text.replace('v0.3', 'v0.4')],
  ['a keyid', text.replace('{"sig"', '{"keyid":"","sig"')],
  ['a second signature', text.replace('}],', '},{"sig":"eA=="}],').replace('"}]}', '"},{"sig":"eA=="}]}')],
  ['no signature', text.replace(/"signatures":\[.*?\]/, '"signatures":[]')],
  ['an unknown field', text.replace('{"dsse', '{"a":1,"dsse')],
  ['a field twice', text.replace('"mediaType"', '"mediaType":"x","mediaType"')],
  ['base64 without padding', text.replace(/=+"/, '"')],
  ['base64 with other spare bits', text.replace('cGF5bG9hZA==', 'cGF5bG9hZB==')],
  ['a hint that is a list', text.replace('"alice"', '["alice"]')],
  ['a number', '7'],
  ['a nest without end', '['.repeat(100_000)],
]
for (const [title, altered] of changed)
  test(`an envelope with ${title} is no signature`, (t) => {
    t.not(altered, text)
    t.is(readEnvelope(Buffer.from(altered)), undefined)
  })
