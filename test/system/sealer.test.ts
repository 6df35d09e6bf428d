import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Sealer } from '../../src/core/effects/sealer.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Outcome } from '../../src/core/problem.ts'
import { openSealer } from '../../src/system/sealer.ts'

let time = Date.parse('2030-01-01T00:00:00.900Z')
const clock = { now: () => time, sleep: async () => {} }

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ code, what }) => `${code}: ${what}`).join('\n'))
}
const codesOf = (outcome: Outcome<unknown>): string[] =>
  (outcome.ok ? outcome.warnings : outcome.problems).map(({ code }) => code)

const sealerFor = async (identity: string): Promise<Sealer> =>
  valueOf(await openSealer({ environment: { SOPS_AGE_KEY: identity }, clock }))
const someone = async (): Promise<Sealer> => sealerFor(await generateX25519Identity())

const identityFile = async (t: ExecutionContext, text: string, mode = 0o600): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sealer-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'identity.txt')
  await writeFile(file, text, { mode })
  return file
}

const values: JsonObject = { a: 'Hidden-1', b: 2, list: ['x', { y: true }], n: null, e: '' }

test('what is sealed is opened to the same, and tells what was encrypted and for whom', async (t) => {
  const sealer = await someone()
  const text = valueOf(await sealer.seal(values, { recipients: sealer.publicKeys }))
  t.notRegex(text, /Hidden-1/)
  const opened = valueOf(await sealer.openSealed(text, 'x'))
  t.deepEqual(opened, { values, sealed: ['/a', '/b', '/list/0', '/list/1/y'], recipients: sealer.publicKeys })
  t.regex(text, /lastmodified: "2030-01-01T00:00:00Z"/)
})

test('a sealed text is like no other one, but stays the same as long as its values do', async (t) => {
  const sealer = await someone()
  const seal = async (next: JsonObject, previous?: string): Promise<string> => {
    const recipients = sealer.publicKeys
    const options = previous === undefined ? { recipients } : { previous: { text: previous, file: 'x' } }
    return valueOf(await sealer.seal(next, options))
  }
  const first = await seal(values)
  t.not(first, await seal(values))
  time += 60_000
  t.is(await seal({ ...values }, first), first)
  t.is(await seal(values, `\uFEFF# mine\r\n${first}`), `\uFEFF# mine\r\n${first}`)
  const second = await seal({ ...values, b: 3 }, `# mine\n${first}`)
  const lines = (text: string): string[] => text.split('\n')
  const different = lines(second).filter((line) => !lines(first).includes(line))
  t.deepEqual(
    different.map((line) => line.trim().split(/[ :]/)[0]),
    ['#', 'b', 'lastmodified', 'mac'],
  )
  t.regex(second, /lastmodified: "2030-01-01T00:01:00Z"/)
})

test('fields of a sops to come are kept where values change', async (t) => {
  const sealer = await someone()
  const text = valueOf(await sealer.seal({ a: 1 }, { recipients: sealer.publicKeys }))
  const newer = text.replace('    version: ', '    x_new:\n      - 1 # why\n    version: 99.')
  for (const next of [{ a: 2 }, { b: 1 }]) {
    const changed = valueOf(await sealer.seal(next, { previous: { text: newer, file: 'x' } }))
    t.true(changed.includes('    x_new:\n      - 1 # why\n    version: 99.3.13.3\n'))
    t.deepEqual(valueOf(await sealer.openSealed(changed, 'x')).values, next)
  }
})

test('only the wanted keys are sealed where an expression says which', async (t) => {
  const sealer = await someone()
  const secret: JsonObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
    data: { p: 'Hidden-1' },
  }
  const options = { recipients: sealer.publicKeys, encryptedRegex: '^(data|stringData)$' }
  const text = valueOf(await sealer.seal(secret, options))
  t.regex(text, /^kind: Secret$/m)
  t.deepEqual(valueOf(await sealer.openSealed(text, 'x')).sealed, ['/data/p'])
  const more = { ...secret, stringData: { q: 'Hidden-2' }, type: 'Opaque' }
  const changed = valueOf(await sealer.seal(more, { previous: { text, file: 'x' } }))
  t.regex(changed, /^type: Opaque$/m)
  t.notRegex(changed, /Hidden/)
})

test('who cannot open a document is told for whom it is sealed, and with what it was tried', async (t) => {
  const [alice, bob] = [await someone(), await someone()]
  const text = valueOf(await alice.seal(values, { recipients: alice.publicKeys }))
  const refused = await bob.openSealed(text, 'site.yaml')
  t.deepEqual(codesOf(refused), ['sops/wrong-identity'])
  const what = refused.ok ? '' : refused.problems[0].what
  for (const part of ['site.yaml', ...alice.publicKeys, ...bob.publicKeys]) t.true(what.includes(part), part)
  t.deepEqual(codesOf(await bob.seal(values, { previous: { text, file: 'x' } })), ['sops/wrong-identity'])

  const nobody = valueOf(await openSealer({ environment: {}, clock }))
  t.deepEqual(nobody.publicKeys, [])
  t.deepEqual(codesOf(await nobody.openSealed(text, 'x')), ['sops/no-identity'])
  const sealed = valueOf(await nobody.seal(values, { recipients: bob.publicKeys }))
  t.deepEqual(valueOf(await bob.openSealed(sealed, 'x')).values, values, 'sealing needs no identity')
})

test('a recipient can be added and not be taken away, for it knows the key', async (t) => {
  const [alice, bob] = [await someone(), await someone()]
  const text = valueOf(await alice.seal(values, { recipients: alice.publicKeys }))
  const recipients = [...alice.publicKeys, ...bob.publicKeys]
  const both = valueOf(await alice.seal({ ...values, b: 5 }, { previous: { text, file: 'x' }, recipients }))
  for (const one of [alice, bob]) t.is(valueOf(await one.openSealed(both, 'x')).values['b'], 5)
  const fewer = await bob.seal(values, { previous: { text: both, file: 'x' }, recipients: bob.publicKeys })
  t.deepEqual(codesOf(fewer), ['sops/removed-recipient'])
})

const unsealable: [title: string, values: JsonObject, codes: string[]][] = [
  ['the key that sops keeps for itself', { sops: 'Hidden-1' }, ['sops/reserved-key']],
  ['a key that sops leaves in clear', { a: { pin_unencrypted: 'Hidden-1' } }, ['sops/left-in-clear']],
  ['a merge key', { '<<': 'Hidden-1' }, ['sops/bad-key']],
  ['a key without end', { ['k'.repeat(2000)]: 'Hidden-1' }, ['sops/bad-key']],
  ['half a character', { a: 'Hidden-1\uD800', '\uDC00': 1 }, ['sops/not-a-value', 'sops/bad-key']],
  ['more than 64 bits', { a: [2n ** 63n] }, ['sops/not-a-value']],
  [
    'levels without end',
    Array.from({ length: 300 }).reduce<JsonObject>((inner) => ({ a: inner }), {}),
    ['sops/too-deep'],
  ],
]
for (const [title, given, codes] of unsealable)
  test(`what sops could not hold is refused, and not shown: ${title}`, async (t) => {
    const sealer = await someone()
    const refused = await sealer.seal(given, { recipients: sealer.publicKeys })
    t.deepEqual(codesOf(refused), codes)
    t.notRegex(JSON.stringify(refused), /Hidden/)
  })

test('nothing is sealed for nobody, or for what is no recipient; a private key among them is not shown', async (t) => {
  const sealer = await someone()
  const identity = await generateX25519Identity()
  for (const [recipients, codes] of [
    [[], ['age/no-recipient']],
    [
      ['age1nobody', ...sealer.publicKeys, identity],
      ['age/bad-recipient', 'age/bad-recipient'],
    ],
  ] as [string[], string[]][]) {
    const refusals = [
      await sealer.seal(values, { recipients }),
      await sealer.sealBytes(Buffer.from('x'), recipients),
    ]
    for (const refused of refusals) {
      t.deepEqual(codesOf(refused), codes)
      t.false(JSON.stringify(refused).includes(identity))
    }
  }
  const rule = await sealer.seal(values, { recipients: sealer.publicKeys, encryptedRegex: '(?=x)' })
  t.deepEqual(codesOf(rule), ['sops/bad-rule'])
  const endless = { recipients: sealer.publicKeys, encryptedRegex: '(a+)+$' }
  t.deepEqual(codesOf(await sealer.seal({ [`${'a'.repeat(60)}!`]: 1 }, endless)), ['sops/bad-rule'])
})

const secretLine = 'AGE-SECRET-KEY-1HIDDEN'
const badFiles: [title: string, text: string, code: string][] = [
  ['an identity with a slip in it', `# mine\n${secretLine}\n`, 'age/bad-identity'],
  ['an identity of a plugin', 'AGE-PLUGIN-HIDDEN-1', 'age/bad-identity'],
  ['a public key', 'age1hidden', 'age/bad-identity'],
  ['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nHIDDEN\n', 'age/bad-identity'],
  ['some text', 'HIDDEN', 'age/bad-identity'],
  ['comments alone', '# HIDDEN\n\n', 'age/no-identity'],
  ['nothing', '', 'age/no-identity'],
  ['a file that a passphrase protects', 'age-encryption.org/v1\n-> scrypt HIDDEN 18\n', 'age/protected'],
  ['one that is armored', '-----BEGIN AGE ENCRYPTED FILE-----\nHIDDEN\n', 'age/protected'],
]
for (const [title, text, code] of badFiles)
  test(`an identity file is refused by its name, and nothing of it is shown: ${title}`, async (t) => {
    const file = await identityFile(t, text)
    const opened = await openSealer({ identityFile: file, environment: {}, clock })
    t.deepEqual(codesOf(opened), [code])
    t.true(!opened.ok && opened.problems[0].what.includes(file))
    t.notRegex(JSON.stringify(opened), /hidden/i)
  })

test('an identity file is found by its name before the environment, with a warning where others may read it', async (t) => {
  const [one, other] = [await generateX25519Identity(), await generateX25519Identity()]
  const file = await identityFile(t, `# created\r\n\r\n${one}\r\n`)
  const open = await identityFile(t, other, 0o644)
  const named = await openSealer({ identityFile: file, environment: { SOPS_AGE_KEY_FILE: open }, clock })
  t.deepEqual(valueOf(named).publicKeys, [await identityToRecipient(one)])
  t.deepEqual(codesOf(named), [])
  const set = await openSealer({ environment: { SOPS_AGE_KEY_FILE: open, SOPS_AGE_KEY: one }, clock })
  t.deepEqual(valueOf(set).publicKeys, [await identityToRecipient(other)])
  t.deepEqual(codesOf(set), ['age/readable'])
  const missing = await openSealer({ identityFile: `${file}.absent`, environment: {}, clock })
  t.deepEqual(codesOf(missing), ['age/no-identity-file'])
})

test('a file of age that cannot be opened is refused, each with its reason', async (t) => {
  const [alice, bob] = [await someone(), await someone()]
  const content = Buffer.from('Hidden-1'.repeat(100))
  const armored = Buffer.from(valueOf(await alice.sealBytes(content, alice.publicKeys)))
  const binary = Buffer.from(valueOf(await alice.sealBytes(content, alice.publicKeys, { armor: false })))
  const altered = Buffer.from(binary)
  altered[altered.length - 5]! ^= 1
  const header = Buffer.from(binary)
  header[60]! ^= 1
  const encrypter = new Encrypter()
  encrypter.setPassphrase('Hidden-1')
  encrypter.setScryptWorkFactor(2)
  const files: [file: Uint8Array, sealer: Sealer, code: string][] = [
    [armored, bob, 'age/wrong-identity'],
    [binary, valueOf(await openSealer({ environment: {}, clock })), 'age/wrong-identity'],
    [altered, alice, 'age/damaged'],
    [binary.subarray(0, -20), alice, 'age/damaged'],
    [binary.subarray(0, 100), alice, 'age/damaged'],
    [armored.subarray(0, -40), alice, 'age/damaged'],
    [await encrypter.encrypt('x'), alice, 'age/passphrase'],
    [content, alice, 'age/not-age'],
    [Buffer.of(), alice, 'age/not-age'],
  ]
  for (const [file, sealer, code] of files) {
    const opened = await sealer.openBytes(file, 'backup.age')
    t.deepEqual(codesOf(opened), [code])
    t.true(!opened.ok && opened.problems[0].what.startsWith('backup.age '))
    t.notRegex(JSON.stringify(opened), /Hidden/)
  }
  t.deepEqual(Buffer.from(valueOf(await alice.openBytes(armored, 'x'))), content)
  t.not(codesOf(await alice.openBytes(header, 'x'))[0], undefined)
})
