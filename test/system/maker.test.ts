import test from 'ava'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { compare } from 'bcryptjs'
import { execa } from 'execa'
import type { Parts } from '../../src/core/effects/maker.ts'
import type { Alphabet, Recipe } from '../../src/core/site-values/recipe.ts'
import { maker } from '../../src/system/maker.ts'

const now = Date.now()
type Certificate = Extract<Recipe, { made: 'certificate' }>
const certificate = (rest: Partial<Certificate>): Certificate => ({
  made: 'certificate',
  commonName: 'harbor.example',
  authority: false,
  dnsNames: ['harbor.example', '*.harbor.example'],
  ipAddresses: ['10.1.2.3', 'fd00::1'],
  days: 365,
  issuer: null,
  ...rest,
})
const authority = certificate({ commonName: 'harbor-ca', authority: true, dnsNames: [], ipAddresses: [] })

const passwords: [Alphabet, RegExp][] = [
  ['letters-and-digits', /^[A-Za-z0-9]{40}$/],
  ['lower-and-digits', /^[a-z0-9]{40}$/],
  ['letters', /^[A-Za-z]{40}$/],
  ['digits', /^[0-9]{40}$/],
  ['hex', /^[0-9a-f]{40}$/],
]
for (const [alphabet, form] of passwords)
  test(`a password of ${alphabet} has its length, its letters, and is another one each time`, async (t) => {
    const make = async (base64: boolean) =>
      (await maker.make({ made: 'password', length: 40, alphabet, base64 }, undefined, now)).value ?? ''
    const [first, second, encoded] = [await make(false), await make(false), await make(true)]
    t.regex(first, form)
    t.not(first, second)
    t.regex(Buffer.from(encoded, 'base64').toString(), form)
    t.is(encoded.length, 56)
  })

test('a key comes with its public half, and a half that is another one’s is no pair', async (t) => {
  const recipe = { made: 'key', bits: 2048 } as const
  const [one, two] = [
    await maker.make(recipe, undefined, now),
    await maker.make(recipe, undefined, now),
  ] as const
  t.regex(one.key ?? '', /^-----BEGIN RSA PRIVATE KEY-----\n/)
  t.regex(one.public ?? '', /^-----BEGIN PUBLIC KEY-----\n/)
  t.deepEqual(await maker.completed(recipe, one, undefined), one)
  t.deepEqual(await maker.completed(recipe, { key: one.key ?? '' }, undefined), one)
  t.is(await maker.completed(recipe, { ...one, public: two.public ?? '' }, undefined), undefined)
  t.is(await maker.completed(recipe, { key: 'no key' }, undefined), undefined)
})

test('a certificate has what sprig gives it, its key fits, and openssl verifies the chain', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-maker-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const ca = await maker.make(authority, undefined, now)
  const middle = await maker.make({ ...authority, commonName: 'middle' }, ca, now)
  const leaf = await maker.make(certificate({}), middle, now)
  const [root, between, end] = [ca, middle, leaf].map(
    (one: Parts) => new X509Certificate(one.certificate ?? ''),
  ) as [X509Certificate, X509Certificate, X509Certificate]
  t.true(root.ca && between.ca && !end.ca)
  t.true(between.checkIssued(root) && between.verify(root.publicKey))
  t.true(end.checkIssued(between) && end.verify(between.publicKey))
  t.true(end.checkPrivateKey(createPrivateKey(leaf.key ?? '')))
  t.regex(leaf.key ?? '', /^-----BEGIN RSA PRIVATE KEY-----\n/)
  t.is(
    end.subjectAltName,
    'DNS:harbor.example, DNS:*.harbor.example, IP Address:10.1.2.3, IP Address:FD00:0:0:0:0:0:0:1',
  )
  t.deepEqual(end.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  t.true(Date.parse(end.validFrom) < now)
  t.true(Math.abs((maker.endOf(leaf.certificate ?? '') ?? 0) - (now + 365 * 86_400_000)) < 2000)
  t.regex(end.serialNumber, /^[4-7][0-9A-F]{31}$/)

  for (const [name, one] of Object.entries({ ca, middle, leaf }))
    await writeFile(path.join(folder, `${name}.pem`), one.certificate ?? '')
  const flags = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'www.harbor.example']
  const verified = await execa(
    'openssl',
    ['verify', ...flags, '-CAfile', 'ca.pem', '-untrusted', 'middle.pem', 'leaf.pem'],
    { cwd: folder },
  )
  t.is(verified.stdout, 'leaf.pem: OK')
  const { stdout } = await execa('openssl', ['x509', '-in', 'leaf.pem', '-noout', '-text'], { cwd: folder })
  t.regex(stdout, /Key Usage: critical\s+Digital Signature, Key Encipherment\n/)
  t.regex(stdout, /Basic Constraints: critical\s+CA:FALSE/)
  t.regex(stdout, /Authority Key Identifier/)
})

test('a certificate is whole only with its own key and under its own issuer', async (t) => {
  const [ca, other] = [
    await maker.make(authority, undefined, now),
    await maker.make(authority, undefined, now),
  ]
  const leaf = await maker.make(certificate({}), ca, now)
  t.deepEqual(await maker.completed(certificate({}), leaf, ca), leaf)
  t.is(await maker.completed(certificate({}), leaf, other), undefined)
  t.is(await maker.completed(certificate({}), { ...leaf, key: ca.key ?? '' }, ca), undefined)
  t.is(await maker.completed(certificate({}), { certificate: leaf.certificate ?? '' }, ca), undefined)
  t.is(await maker.completed(certificate({}), { certificate: 'no', key: 'no' }, ca), undefined)
})

test('an htpasswd is a bcrypt line that Go’s readers know, and fits its own text alone', async (t) => {
  const recipe = { made: 'htpasswd', user: 'admin', of: 'harbor/password' } as const
  const made = await maker.make(recipe, { value: 'Harbor12345' }, now)
  t.regex(made.value ?? '', /^admin:\$2a\$10\$[./A-Za-z0-9]{53}$/)
  t.true(await compare('Harbor12345', (made.value ?? '').slice('admin:'.length)))
  t.deepEqual(await maker.completed(recipe, made, { value: 'Harbor12345' }), made)
  t.is(await maker.completed(recipe, made, { value: 'another' }), undefined)
  const bare = await maker.make({ ...recipe, user: null }, { value: 'x' }, now)
  t.regex(bare.value ?? '', /^\$2a\$10\$/)
})
