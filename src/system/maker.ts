import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  randomInt,
  X509Certificate,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Maker, MadeRecipe, Parts } from '../core/effects/maker.ts'
import type { Alphabet, Recipe } from '../core/site-values/recipe.ts'
import type { CertificateKeys } from './certificate.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const alphabets: Record<Alphabet, string> = {
  'letters-and-digits': lower + lower.toUpperCase() + digits,
  'lower-and-digits': lower + digits,
  letters: lower + lower.toUpperCase(),
  digits,
  hex: '0123456789abcdef',
}

type Of<M extends Recipe['made']> = Extract<MadeRecipe, { made: M }>

const password = ({ length, alphabet, base64 }: Of<'password'>): Parts => {
  const letters = alphabets[alphabet]
  const text = Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
  return { value: base64 ? Buffer.from(text).toString('base64') : text }
}

/** As Go and sprig write RSA keys: PKCS #1. */
const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs1', format: 'pem' }).toString()
const publicPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

const rsa = promisify(generateKeyPair)
const newKey = async (modulusLength: number): Promise<CertificateKeys> => await rsa('rsa', { modulusLength })

/** bcrypt at sprig's cost. Go writes `$2a$`, and some readers know nothing else; for text up to 72 bytes it is the same as `$2b$`. */
const htpasswd = async ({ user }: Of<'htpasswd'>, { value = '' }: Parts): Promise<Parts> => {
  const { genSalt, hash } = await import('bcryptjs')
  const salt = (await genSalt(10)).replace('$2b$', '$2a$')
  const hashed = await hash(value, salt)
  return { value: user === null ? hashed : `${user}:${hashed}` }
}

const certificate = async (recipe: Of<'certificate'>, of: Parts | undefined, now: number): Promise<Parts> => {
  const { issueCertificate } = await import('./certificate.ts')
  const keys = await newKey(2048)
  const issuer = of && { certificate: of.certificate ?? '', key: createPrivateKey(of.key ?? '') }
  return {
    certificate: await issueCertificate(recipe, keys, issuer, now),
    key: privatePem(keys.privateKey),
  }
}

/** What `read` gives, or undefined where the text is no key or certificate at all. */
const parsed = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const privateKeyOf = (pem = ''): KeyObject | undefined => parsed(() => createPrivateKey(pem))

const completedKey = ({ key, public: half }: Parts): Parts | undefined => {
  const found = privateKeyOf(key)
  if (key === undefined || found === undefined) return undefined
  const own = createPublicKey(found)
  if (half === undefined) return { key, public: publicPem(own) }
  const given = parsed(() => createPublicKey(half))
  return given?.equals(own) ? { key, public: half } : undefined
}

const completedCertificate = (
  { authority }: Of<'certificate'>,
  parts: Parts,
  of: Parts | undefined,
): Parts | undefined => {
  const found = parsed(() => new X509Certificate(parts.certificate ?? ''))
  const key = privateKeyOf(parts.key)
  if (found === undefined || key === undefined || !found.checkPrivateKey(key)) return undefined
  // What is to sign others here signs with RSA.
  if (authority && (key.asymmetricKeyType !== 'rsa' || !found.ca)) return undefined
  if (of === undefined) return parts
  const issuer = parsed(() => new X509Certificate(of.certificate ?? ''))
  return issuer && found.checkIssued(issuer) && found.verify(issuer.publicKey) ? parts : undefined
}

const completedHtpasswd = async (
  { user }: Of<'htpasswd'>,
  parts: Parts,
  of: Parts | undefined,
): Promise<Parts | undefined> => {
  const start = user === null ? '' : `${user}:`
  const line = parts.value?.trimEnd() ?? ''
  if (!line.startsWith(start)) return undefined
  const { compare } = await import('bcryptjs')
  return (await compare(of?.value ?? '', line.slice(start.length))) ? parts : undefined
}

/** Chance from the operating system, keys from OpenSSL. What only some recipes need is loaded with the first of them. */
export const maker: Maker = {
  make: async (recipe, of, now) => {
    switch (recipe.made) {
      case 'password':
        return password(recipe)
      case 'key': {
        const { privateKey, publicKey } = await newKey(recipe.bits)
        return { key: privatePem(privateKey), public: publicPem(publicKey) }
      }
      case 'certificate':
        return await certificate(recipe, of, now)
      case 'htpasswd':
        return await htpasswd(recipe, of ?? {})
    }
  },
  completed: async (recipe, parts, of) => {
    switch (recipe.made) {
      case 'password':
        return parts.value === undefined || parts.value === '' ? undefined : parts
      case 'key':
        return completedKey(parts)
      case 'certificate':
        return completedCertificate(recipe, parts, of)
      case 'htpasswd':
        return await completedHtpasswd(recipe, parts, of)
    }
  },
  endOf: (pem) => {
    const end = parsed(() => Date.parse(new X509Certificate(pem).validTo))
    return end === undefined || Number.isNaN(end) ? undefined : end
  },
  bytes: (count) => randomBytes(count),
}
