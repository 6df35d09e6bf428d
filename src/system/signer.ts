import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { hashFor, isTakenKey } from '../core/bundle/key.ts'
import { isKeyName } from '../core/bundle/members.ts'
import type { Signer } from '../core/effects/signer.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'

export type Algorithm = 'ed25519' | 'p256'

/** Gives the passphrase of a key file; undefined where nobody offers one. Never from argv: `ps` shows that to everybody. */
export type AskPassphrase = (keyFile: string) => Promise<string | undefined>

const refuse = (slug: string, what: string, fix: string, file: string): Problem =>
  problem({ code: `keys/${slug}`, what, where: [{ in: 'file', file }], fix })

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const writeNew = async (file: string, text: string, mode: number): Promise<Problem | undefined> => {
  try {
    const handle = await open(file, 'wx', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return undefined
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      return refuse(
        'exists',
        `${file} exists.`,
        'Choose another name: a key that is overwritten is lost.',
        file,
      )
    return {
      ...refuse(
        'not-written',
        `${file} cannot be written (${codeOf(error)}).`,
        'Choose another folder.',
        file,
      ),
      fault: 'world',
    }
  }
}

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

/** The name of a key is that of its file: `keys/alice.key` is `alice`'s. */
export const keyNameOf = (file: string): string => basename(file).replace(/\.(key|pem)$/, '')

/**
 * Makes a key pair: FILE (PKCS#8, mode 0600, encrypted where there is a passphrase) and FILE with `.pub` for `.key` (SPKI).
 * A file that exists is never overwritten. Gives the name and the public half, for trust files.
 */
export const generateKey = async (
  file: string,
  { algorithm = 'ed25519', passphrase }: { algorithm?: Algorithm; passphrase?: string } = {},
): Promise<Outcome<{ name: string; publicKey: string; publicFile: string }>> => {
  const name = keyNameOf(file)
  if (!file.endsWith('.key') || !isKeyName(name))
    return bad([
      refuse(
        'bad-name',
        `"${basename(file)}" is no name for a key.`,
        'Name it like release-1.key, in lower case.',
        file,
      ),
    ])
  const { privateKey, publicKey } =
    algorithm === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
  })
  const publicFile = file.replace(/\.key$/, '.pub')
  const failed = await writeNew(file, pem.toString(), 0o600)
  if (failed) return bad([failed])
  const failedToo = await writeNew(publicFile, spki(publicKey), 0o644)
  if (failedToo) {
    await rm(file)
    return bad([failedToo])
  }
  return good({ name, publicKey: spki(publicKey), publicFile })
}

const read = async (file: string): Promise<Outcome<string>> => {
  try {
    return good(await readFile(file, 'utf8'))
  } catch (error) {
    return bad([
      refuse(
        'no-key',
        `The key ${file} cannot be read (${codeOf(error)}).`,
        'Name a key that `scout keys` made.',
        file,
      ),
    ])
  }
}

const needsPassphrase = (pem: string): boolean =>
  pem.includes('ENCRYPTED PRIVATE KEY') || pem.includes('Proc-Type: 4,ENCRYPTED')

const parse = (pem: string, passphrase: string | undefined): KeyObject | undefined => {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    return undefined
  }
}

const decrypt = async (file: string, ask: AskPassphrase): Promise<Outcome<KeyObject>> => {
  const pem = await read(file)
  if (!pem.ok) return pem
  const encrypted = needsPassphrase(pem.value)
  const passphrase = encrypted ? await ask(file) : undefined
  if (encrypted && passphrase === undefined)
    return bad([
      refuse(
        'no-passphrase',
        `The key ${file} is encrypted, and there is no passphrase.`,
        'Give --passphrase-file FILE (its first line), set SCOUT_PASSPHRASE, or type it at the terminal.',
        file,
      ),
    ])
  const key = parse(pem.value, passphrase)
  if (key === undefined)
    return bad([
      encrypted
        ? refuse(
            'wrong-passphrase',
            `The passphrase does not open ${file}.`,
            'Give the one that the key was made with.',
            file,
          )
        : refuse(
            'bad-key',
            `${file} holds no private key.`,
            'Name a PEM file with a private key (PKCS#8).',
            file,
          ),
    ])
  if (!isTakenKey(key))
    return bad([
      refuse(
        'other-kind',
        `The key ${file} is neither Ed25519 nor ECDSA P-256.`,
        'Make one with `scout keys`.',
        file,
      ),
    ])
  return good(key)
}

/**
 * The key of a file, ready to sign. Where others of this machine may read an unencrypted key there is a warning, not a
 * refusal: some CI systems hand files out no other way.
 */
export const loadPrivateKey = async (file: string, ask: AskPassphrase): Promise<Outcome<Signer>> => {
  const key = await decrypt(file, ask)
  if (!key.ok) return key
  const name = keyNameOf(file)
  if (!isKeyName(name))
    return bad([
      refuse('bad-name', `"${name}" is no name for a key.`, 'Rename the file like release-1.key.', file),
    ])
  const { mode } = await stat(file)
  const warnings =
    (mode & 0o077) === 0
      ? []
      : [
          {
            ...refuse(
              'readable',
              `Others than you may read the key ${file}.`,
              `Run: chmod 600 ${file}`,
              file,
            ),
            severity: 'warning' as const,
          },
        ]
  return good(
    {
      name,
      publicKey: spki(createPublicKey(key.value)),
      sign: async (content) => sign(hashFor(key.value), content, key.value),
    },
    warnings,
  )
}

/** The public half (PEM, SPKI) of a private key's file, or of a public key's. */
export const publicKeyOf = async (file: string, ask: AskPassphrase): Promise<Outcome<string>> => {
  const pem = await read(file)
  if (!pem.ok) return pem
  if (!pem.value.includes('PRIVATE KEY')) {
    try {
      return good(spki(createPublicKey(pem.value)))
    } catch {
      return bad([refuse('bad-key', `${file} holds no key.`, 'Name a PEM file.', file)])
    }
  }
  const key = await decrypt(file, ask)
  return key.ok ? good(spki(createPublicKey(key.value))) : key
}
