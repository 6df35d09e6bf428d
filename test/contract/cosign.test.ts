import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import { bundle } from '../../src/staging/bundle/bundle.ts'
import { testKey } from '../core/bundle/trusted.ts'
import type { TestKey } from '../core/bundle/trusted.ts'
import { findPrograms } from '../control-plane/build.ts'
import { sample } from '../staging/bundle/sample.ts'

const alice = testKey('alice')
const bob = testKey('bob', 'ec')
const mallory = testKey('mallory')

let cosign = ''
let folder = ''
test.before('cosign is there, and a bundle is unpacked', async (t) => {
  t.timeout(10 * 60_000)
  cosign = (await findPrograms(['cosign'])).cosign
  folder = await mkdtemp(join(tmpdir(), 'scout-cosign-'))
  const made = await bundle(sample(), { signers: [alice, bob] })
  if (!made.ok) throw new Error(made.problems[0].what)
  await writeFile(join(folder, 'b.tgz'), made.value.bytes)
  execFileSync('tar', ['-xzf', 'b.tgz'], { cwd: folder })
  for (const { name, publicKey } of [alice, bob, mallory])
    await writeFile(join(folder, `${name}.pub`), publicKey)
})
test.after.always(() => rm(folder, { recursive: true, force: true }))

/** What docs/bundle-format.md tells a stranger to run. */
const verified = async (signer: string, key: TestKey, file = 'bundle.json'): Promise<string> => {
  const command = `verify-blob-attestation --key ${key.name}.pub --bundle signatures/${signer}.sigstore.json --type slsaprovenance1 --insecure-ignore-tlog --offline ${file}`
  const { exitCode, stderr } = await execa(cosign, command.split(' '), {
    cwd: folder,
    reject: false,
    env: { HOME: folder },
  })
  return exitCode === 0 && stderr.includes('Verified OK') ? 'verified' : stderr
}

for (const key of [alice, bob])
  test(`cosign verifies the signature of a ${key.key.asymmetricKeyType} key in a bundle`, async (t) => {
    t.is(await verified(key.name, key), 'verified')
  })

test('cosign refuses the signature for another bundle.json, and under another key', async (t) => {
  const manifest = await readFile(join(folder, 'bundle.json'), 'utf8')
  await writeFile(join(folder, 'other.json'), manifest.replace('web', 'wab'))
  t.regex(await verified('alice', alice, 'other.json'), /digests do not match/)
  t.regex(await verified('alice', mallory), /invalid signature|could not verify|failed to verify/i)
})
