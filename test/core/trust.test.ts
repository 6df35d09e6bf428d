import { readFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import test from 'ava'
import { readTrust } from '../../src/core/trust.ts'
import { testKey } from './bundle/trusted.ts'

const alice = testKey('alice')
const bob = testKey('bob', 'ec')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()
const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const pem = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
const key = (name: string, publicKey: string, more = ''): string =>
  `  - name: ${name}\n    publicKey: |\n${pem(publicKey)}\n${more}`
const file = (keys: string, threshold = '1'): string =>
  `cluster: sample-production\nthreshold: ${threshold}\nkeys:\n${keys}`

test('a trust file in YAML is read, with times and revocations', (t) => {
  const outcome = readTrust(
    Buffer.from(
      file(
        key(
          'alice',
          alice.publicKey,
          '    notBefore: 2026-01-01T00:00:00Z\n    notAfter: 2027-01-01T00:00:00Z\n',
        ) + key('bob', bob.publicKey, '    revoked: laptop stolen\n'),
      ),
    ),
    'trust.yaml',
  )
  if (!outcome.ok) return t.fail(outcome.problems[0].what)
  t.like(outcome.value, { file: 'trust.yaml', cluster: 'sample-production', threshold: 1 })
  t.deepEqual(
    outcome.value.keys.map(({ name, key: { asymmetricKeyType }, ...more }) => ({
      name,
      asymmetricKeyType,
      ...more,
    })),
    [
      {
        name: 'alice',
        asymmetricKeyType: 'ed25519',
        notBefore: Date.UTC(2026, 0),
        notAfter: Date.UTC(2027, 0),
      },
      { name: 'bob', asymmetricKeyType: 'ec', revoked: 'laptop stolen' },
    ],
  )
})

test('a trust file in JSON is read as well', (t) => {
  const text = JSON.stringify(
    { cluster: 'c', threshold: 1, keys: [{ name: 'alice', publicKey: alice.publicKey }] },
    null,
    '\t',
  )
  t.true(readTrust(Buffer.from(text), 'trust.json').ok)
})

/** Of an Ed25519 key: node:crypto would take it, and whatever it says of its validity would count for nothing. */
const certificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBNjCB6aADAgECAhRN42lB5zVU06a8bmbdDVw5mjeHwDAFBgMrZXAwEDEOMAwG',
  'A1UEAwwFYWxpY2UwIBcNMjYxMTIxMDczMDEyWhgPMjEyNjEwMjgwNzMwMTJaMBAx',
  'DjAMBgNVBAMMBWFsaWNlMCowBQYDK2VwAyEA+QmO1nlnPxq+1s4gHRoKyRmpM6w2',
  '3bZ6xGcdBpeflZWjUzBRMB0GA1UdDgQWBBQJKR1TDqqJAv3jABDZ7EaYegQ7jTAf',
  'BgNVHSMEGDAWgBQJKR1TDqqJAv3jABDZ7EaYegQ7jTAPBgNVHRMBAf8EBTADAQH/',
  'MAUGAytlcANBAClgMLXEPzCvjeviMxvDyc7deaKQ/OI+XtdN1jrDLU0UoS8SkWmU',
  'IQtwgDyFheZA7jb5iWJNvyXizT5T/QsXtQk=',
  '-----END CERTIFICATE-----',
].join('\n')

/** The same P-256 key with its point compressed (SEC 1, 2.3.3): other bytes, and OpenSSL keeps them. */
const compressed = (publicKey: KeyObject): string => {
  const whole = publicKey.export({ type: 'spki', format: 'der' })
  const x = whole.subarray(27, 59)
  const start = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex')
  const sign = Buffer.from([(whole[whole.length - 1] as number) % 2 === 0 ? 2 : 3])
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([start, sign, x]).toString('base64')}\n-----END PUBLIC KEY-----\n`
}

const refused: [title: string, text: string, expected: [code: string, line?: number][]][] = [
  ['an empty file', '', [['declare/empty-file']]],
  ['a file that is no YAML', 'cluster: [\n', [['declare/yaml-syntax', 2]]],
  [
    'a field that nobody knows',
    `${file(key('alice', alice.publicKey))}thresold: 2\n`,
    [['trust/wrong-shape', 9]],
  ],
  [
    'a file without a threshold',
    `cluster: c\nkeys:\n${key('alice', alice.publicKey)}`,
    [['trust/wrong-shape']],
  ],
  ['a threshold of 0', file(key('alice', alice.publicKey), '0'), [['trust/wrong-shape', 2]]],
  ['a threshold that is a text', file(key('alice', alice.publicKey), '"1"'), [['trust/wrong-shape', 2]]],
  ['a threshold beyond the keys', file(key('alice', alice.publicKey), '2'), [['trust/threshold', 2]]],
  [
    'a threshold that only a revoked key could meet',
    file(key('alice', alice.publicKey, '    revoked: lost\n')),
    [['trust/threshold', 2]],
  ],
  ['no keys', 'cluster: c\nthreshold: 1\nkeys: []\n', [['trust/wrong-shape', 3]]],
  [
    'a name twice',
    file(key('alice', alice.publicKey) + key('alice', bob.publicKey)),
    [['trust/duplicate-key', 9]],
  ],
  [
    'one key under two names',
    file(key('alice', alice.publicKey) + key('bob', alice.publicKey)),
    [['trust/duplicate-key', 9]],
  ],
  [
    'one P-256 key under two names, once with its point compressed',
    file(key('alice', bob.publicKey) + key('bob', compressed(bob.key)), '2'),
    [['trust/duplicate-key', 10]],
  ],
  ['two keys in one field', file(key('alice', alice.publicKey + bob.publicKey)), [['trust/bad-key', 5]]],
  ['a certificate', file(key('alice', certificate)), [['trust/bad-key', 5]]],
  ['a name in capitals', file(key('Alice', alice.publicKey)), [['trust/wrong-shape', 4]]],
  ['a private key', file(key('alice', secret)), [['trust/bad-key', 5]]],
  ['an RSA key', file(key('alice', rsa)), [['trust/bad-key', 5]]],
  ['a key that is no PEM', file(key('alice', 'hello')), [['trust/bad-key', 5]]],
  [
    'a day that no month has',
    file(key('alice', alice.publicKey, '    notAfter: 2026-02-30T00:00:00Z\n')),
    [['trust/no-time', 9]],
  ],
  [
    'a time without a zone',
    file(key('alice', alice.publicKey, '    notAfter: 2026-02-01T00:00:00\n')),
    [['trust/wrong-shape', 9]],
  ],
  [
    'a key named __proto__',
    `${file(key('alice', alice.publicKey))}__proto__: {}\n`,
    [['trust/wrong-shape', 9]],
  ],
  [
    'two faults, both told',
    file(key('alice', rsa) + key('bob', secret)),
    [
      ['trust/bad-key', 5],
      ['trust/bad-key', 16],
    ],
  ],
]
for (const [title, text, expected] of refused)
  test(`${title} is refused, at its line`, (t) => {
    const outcome = readTrust(Buffer.from(text), 'trust.yaml')
    const found = outcome.ok
      ? []
      : outcome.problems.map(({ code, where: [where] }) => [
          code,
          where?.in === 'file' ? where.line : undefined,
        ])
    t.deepEqual(
      found,
      expected.map(([code, line], index) => [code, line ?? found[index]?.[1]]),
    )
  })

test('no message repeats a private key', (t) => {
  const outcome = readTrust(Buffer.from(file(key('alice', secret))), 'trust.yaml')
  t.false(outcome.ok)
  t.false(JSON.stringify(outcome).includes(secret.split('\n')[1] as string))
})

test('the schema of the trust file is one that editors take', (t) => {
  const schema = JSON.parse(readFileSync(new URL('../../schemas/trust.schema.json', import.meta.url), 'utf8'))
  t.true(new Ajv2020({ strict: true }).validateSchema(schema))
})
