import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Ed25519, or ECDSA on P-256 with SHA-256: what cosign and OpenSSL verify as well. */
export const isTakenKey = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ed25519' ||
  (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')

/** How node:crypto is told to hash: Ed25519 hashes by itself. */
export const hashFor = (key: KeyObject): 'sha256' | null =>
  key.asymmetricKeyType === 'ed25519' ? null : 'sha256'

/** Why a text is no key that can be trusted: each is another mistake, with another way out of it. */
export type KeyFault = 'private' | 'unreadable' | 'other-kind'

/** One public key and nothing else: node:crypto would pass over a second one, and take a certificate. */
const onePublicKey = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/

/** A public key from PEM (SPKI). A private key is refused, though node:crypto would take it. */
export const readPublicKey = (pem: string): KeyObject | KeyFault => {
  if (pem.includes('PRIVATE KEY')) return 'private'
  if (!onePublicKey.test(pem)) return 'unreadable'
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    return 'unreadable'
  }
  return isTakenKey(key) ? key : 'other-kind'
}

/** Whether `signature` (raw for Ed25519, DER for P-256) over `content` was made with the private half of `key`. */
export const isSignedBy = (key: KeyObject, content: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return verify(hashFor(key), content, key, signature)
  } catch {
    // OpenSSL throws at a signature that is no DER at all; it is as wrong as one that does not match.
    return false
  }
}
