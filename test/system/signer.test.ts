import { execFileSync, spawn } from 'node:child_process'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { isSignedBy } from '../../src/core/bundle/key.ts'
import { passphraseFrom } from '../../src/system/passphrase.ts'
import { generateKey, loadPrivateKey, publicKeyOf } from '../../src/system/signer.ts'
import type { Algorithm } from '../../src/system/signer.ts'

const folder = async (t: ExecutionContext): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'signer-'))
  t.teardown(() => rm(path, { recursive: true }))
  return path
}
const nobody = async (): Promise<undefined> => undefined
const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8)

for (const algorithm of ['ed25519', 'p256'] as Algorithm[])
  for (const passphrase of [undefined, 'correct horse'])
    test(`an ${algorithm} key${passphrase ? ' with a passphrase' : ''} signs what its public half verifies`, async (t) => {
      const file = join(await folder(t), 'alice.key')
      const made = await generateKey(file, { algorithm, ...(passphrase === undefined ? {} : { passphrase }) })
      t.true(made.ok)
      t.is(await modeOf(file), '600')
      t.is(await modeOf(file.replace('.key', '.pub')), '644')
      t.is((await readFile(file, 'utf8')).includes('ENCRYPTED'), passphrase !== undefined)
      const signer = await loadPrivateKey(file, async () => passphrase)
      if (!signer.ok) return t.fail(signer.problems[0].what)
      t.is(signer.value.name, 'alice')
      t.deepEqual(signer.warnings, [])
      const content = Buffer.from('content')
      const signature = await signer.value.sign(content)
      const key = createPublicKey(await readFile(file.replace('.key', '.pub'), 'utf8'))
      t.true(isSignedBy(key, content, signature))
      t.false(isSignedBy(key, Buffer.from('other'), signature))
      t.false(isSignedBy(key, content, Buffer.from('no signature')))
      t.deepEqual(
        await publicKeyOf(file, async () => passphrase),
        await publicKeyOf(file.replace('.key', '.pub'), nobody),
      )
    })

test('a key that exists is never overwritten', async (t) => {
  const file = join(await folder(t), 'alice.key')
  await generateKey(file)
  const before = await readFile(file, 'utf8')
  const again = await generateKey(file)
  t.is(again.ok ? '' : again.problems[0].code, 'keys/exists')
  t.is(await readFile(file, 'utf8'), before)
})

test('where the public half cannot be written, no private one is left', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'alice.pub'), '')
  const made = await generateKey(join(path, 'alice.key'))
  t.is(made.ok ? '' : made.problems[0].code, 'keys/exists')
  await t.throwsAsync(stat(join(path, 'alice.key')), { code: 'ENOENT' })
})

test('what is no usable key is refused, each with its reason', async (t) => {
  const path = await folder(t)
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(path, name), text, { mode: 0o600 })
    return join(path, name)
  }
  await generateKey(join(path, 'locked.key'), { passphrase: 'right' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  const codes: { [file: string]: string } = {
    [await write('text.key', 'hello')]: 'keys/bad-key',
    [await write('rsa.key', rsa.toString())]: 'keys/other-kind',
    [await write('p384.key', p384.toString())]: 'keys/other-kind',
    [join(path, 'absent.key')]: 'keys/no-key',
    [join(path, 'locked.key')]: 'keys/wrong-passphrase',
  }
  for (const [file, code] of Object.entries(codes)) {
    const loaded = await loadPrivateKey(file, async () => 'wrong')
    t.is(loaded.ok ? '' : loaded.problems[0].code, code, file)
  }
  const silent = await loadPrivateKey(join(path, 'locked.key'), nobody)
  t.is(silent.ok ? '' : silent.problems[0].code, 'keys/no-passphrase')
  const named = await generateKey(join(path, 'Alice B.key'))
  t.is(named.ok ? '' : named.problems[0].code, 'keys/bad-name')
})

test('a key that others may read is used with a warning', async (t) => {
  const file = join(await folder(t), 'alice.key')
  await generateKey(file)
  execFileSync('chmod', ['644', file])
  const loaded = await loadPrivateKey(file, nobody)
  t.deepEqual(loaded.ok && loaded.warnings.map(({ code }) => code), ['keys/readable'])
})

test('a passphrase comes from the first line of a file, or from a variable', async (t) => {
  const file = join(await folder(t), 'passphrase')
  await writeFile(file, 'from the file\nnot this\n')
  t.is(await passphraseFrom({ file })('alice.key'), 'from the file')
  t.is(await passphraseFrom({ variable: 'PASS' }, { PASS: 'from outside' })('alice.key'), 'from outside')
  t.is(await passphraseFrom({ file: `${file}.absent` })('alice.key'), undefined)
  t.is(await passphraseFrom({ variable: 'PASS' }, {})('alice.key'), undefined)
})

const typed: [title: string, options: string, answers: string[], told: RegExp][] = [
  ['is not shown', '{}', ['hunter2\r'], /typed 7 letters/],
  [
    'is asked for again where a new one is typed in two ways',
    '{ twice: true }',
    ['hunter2\r', 'hunter3\r', 'hunter\r', 'hunter\r'],
    /not the same.*typed 6 letters/s,
  ],
  ['is none where the answer is Ctrl-D', '{}', ['\u0004'], /typed undefined letters/],
  ['is none where the answer is Ctrl-C', '{}', ['\u0003'], /typed undefined letters/],
]
for (const [title, options, answers, told] of typed)
  test(`a passphrase that is typed at a terminal ${title}`, async (t) => {
    const asking = join(await folder(t), 'asking.ts')
    await writeFile(
      asking,
      `import { passphraseFrom } from ${JSON.stringify(join(import.meta.dirname, '../../src/system/passphrase.ts'))}
    const typed = await passphraseFrom(${options})('alice.key')
    console.log(\`typed \${typed?.length} letters\`)`,
    )
    const terminal = spawn('script', ['-qec', `${process.execPath} ${asking}`, '/dev/null'])
    let shown = ''
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      if (chunk.toString().endsWith(': ')) terminal.stdin.write(answers.shift() ?? '')
    })
    await once(terminal, 'close')
    t.regex(shown, /Passphrase of alice\.key: /)
    t.regex(shown, told)
    t.notRegex(shown, /hunter/)
  })
