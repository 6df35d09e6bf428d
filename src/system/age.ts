import { Decrypter, Encrypter, armor, identityToRecipient } from 'age-encryption'
import { readFile, stat } from 'node:fs/promises'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'

/** Private keys of age, which nothing but age is told, and their public halves. */
export interface Identities {
  publicKeys: string[]
  decrypt(file: Uint8Array): Promise<Uint8Array | Undecrypted>
}

/** Why a file of age was not decrypted. */
export type Undecrypted = 'not-age' | 'passphrase' | 'wrong-identity' | 'damaged'

const armorStart = '-----BEGIN AGE ENCRYPTED FILE-----'
const binaryStart = 'age-encryption.org/v1\n'

const refuse = (slug: string, file: string, what: string, fix: string, line?: number): Problem => {
  const where = { in: 'file', file, ...(line === undefined ? {} : { line }) } as const
  return problem({ code: `age/${slug}`, what, where: [where], fix })
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text

/** The bytes of a file of age, taken out of its armor; undefined where it is none. */
const dearmored = (file: Uint8Array): Uint8Array | undefined => {
  if (startsWith(file, binaryStart)) return file
  const text = Buffer.from(file).toString('latin1').trimStart()
  if (!text.startsWith(armorStart)) return undefined
  try {
    const bytes = armor.decode(text)
    return startsWith(bytes, binaryStart) ? bytes : undefined
  } catch {
    return undefined
  }
}

const decryptWith = async (identities: string[], file: Uint8Array): Promise<Uint8Array | Undecrypted> => {
  const bytes = dearmored(file)
  if (bytes === undefined) return startsWith(file, armorStart) ? 'damaged' : 'not-age'
  const header = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  if (header.startsWith(`${binaryStart}-> scrypt `)) return 'passphrase'
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  try {
    return await decrypter.decrypt(bytes)
  } catch (error) {
    return error instanceof Error && error.message.startsWith('no identity matched')
      ? 'wrong-identity'
      : 'damaged'
  }
}

/** What a line that is no identity is, as far as that can be told without showing it. */
const notIdentity = (line: string): [what: string, fix: string] => {
  if (line.startsWith('AGE-PLUGIN-'))
    return ['an identity of a plugin, which is not read here', 'Name a file with AGE-SECRET-KEY-1….']
  if (line.startsWith('age1'))
    return [
      'a public key, not an identity',
      'Name the file that age-keygen wrote, which holds AGE-SECRET-KEY-1….',
    ]
  if (line.startsWith('-----BEGIN') && line.includes('PRIVATE KEY'))
    return ['a private key of another kind (SSH?), not one of age', 'Make an identity with age-keygen.']
  return ['no identity of age', 'An identity is a line AGE-SECRET-KEY-1…, as age-keygen writes it.']
}

/**
 * The identities in a text: one a line, with empty lines and `#` comments between. Problems name the line, never what is in it:
 * `age/protected` (encrypted with a passphrase), `age/bad-identity`, `age/no-identity`.
 */
export const readIdentities = async (text: string, file: string): Promise<Outcome<Identities>> => {
  if (text.startsWith(binaryStart) || text.startsWith(armorStart))
    return bad([
      refuse(
        'protected',
        file,
        `The identity file ${file} is itself encrypted (with a passphrase?), and is not read so.`,
        'Decrypt it to a file that only you may read (age --decrypt), and name that one.',
      ),
    ])
  const identities: string[] = []
  const publicKeys: string[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const word = line.trim()
    if (word === '' || word.startsWith('#')) continue
    try {
      publicKeys.push(await identityToRecipient(word))
      identities.push(word)
    } catch {
      const [what, fix] = notIdentity(word)
      const place = `Line ${index + 1} of the identity file ${file}`
      return bad([refuse('bad-identity', file, `${place} is ${what}.`, fix, index + 1)])
    }
  }
  if (identities.length === 0)
    return bad([
      refuse(
        'no-identity',
        file,
        `The identity file ${file} holds no identity.`,
        'Make one with age-keygen.',
      ),
    ])
  return good({ publicKeys, decrypt: (sealed) => decryptWith(identities, sealed) })
}

/** Nobody's identities: they open nothing. */
export const noIdentities: Identities = { publicKeys: [], decrypt: (sealed) => decryptWith([], sealed) }

/** The identities of a file. Where others of this machine may read it there is a warning, as some CI systems know no better. */
export const loadIdentities = async (file: string): Promise<Outcome<Identities>> => {
  let text: string
  let mode: number
  try {
    text = await readFile(file, 'utf8')
    mode = (await stat(file)).mode
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const fix = 'Name a file that age-keygen wrote (SOPS_AGE_KEY_FILE).'
    return bad([refuse('no-identity-file', file, `The identity file ${file} cannot be read (${code}).`, fix)])
  }
  const read = await readIdentities(text, file)
  if (!read.ok || (mode & 0o077) === 0) return read
  const warning = refuse(
    'readable',
    file,
    `Others than you may read the identity file ${file}.`,
    `Run: chmod 600 ${file}`,
  )
  return good(read.value, [{ ...warning, severity: 'warning' }])
}

/** Recipients that nothing can be encrypted for. One that looks like a private key is not shown. */
export const badRecipients = (recipients: string[]): Problem[] =>
  recipients.flatMap((recipient, index) => {
    try {
      new Encrypter().addRecipient(recipient)
      return []
    } catch {
      const name = /secret|private/i.test(recipient) ? `number ${index + 1}` : JSON.stringify(recipient)
      return [
        problem({
          code: 'age/bad-recipient',
          what: `The recipient ${name} is no public key of age.`,
          fix: 'Give age1…, as age-keygen -y prints it.',
        }),
      ]
    }
  })

/** Encrypts for recipients that are known to be good, as armored text or binary. */
export const encryptFor = async (
  recipients: string[],
  bytes: Uint8Array,
  { armored }: { armored: boolean },
): Promise<Uint8Array> => {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const sealed = await encrypter.encrypt(bytes)
  return armored ? Buffer.from(armor.encode(sealed)) : sealed
}
