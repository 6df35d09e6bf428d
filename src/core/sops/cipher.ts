import { createCipheriv, createDecipheriv } from 'node:crypto'
import { decryptedLeaf, isLeafType } from './leaf.ts'
import type { Leaf, LeafType } from './leaf.ts'

/** Bytes of the initialization vector that sops draws for each value. */
export const ivLength = 32
const tagLength = 16

/** Why a text was not decrypted. None of the words holds any of it. */
export type Undecrypted =
  | 'is not in the form of sops (ENC[AES256_GCM,…]), or cut off'
  | 'is of a type that sops does not know'
  | 'was altered, or encrypted with another key or for another place'
  | 'is not of the type that it claims to be'

const form = /^ENC\[AES256_GCM,data:([^,]+),iv:([^,]+),tag:([^,]+),type:([^,\]]+)\]$/

/** Bytes of strict base64: one text for one content, or an altered text could mean the same. */
const bytesOf = (base64: string): Buffer | undefined => {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.toString('base64') === base64 ? bytes : undefined
}

/** What sops binds a value to: the keys on the way to it. An index of a list is not on it. */
export const placeOf = (keys: readonly string[]): string => `${keys.join(':')}:`

interface Encrypted {
  type: Exclude<LeafType, 'null'>
  dataBytes: Buffer
  ivBytes: Buffer
  tagBytes: Buffer
}

/** What can be told of an encrypted text without the key: its type, if it is whole. */
export const readEncrypted = (text: string): Encrypted | Undecrypted => {
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(text) ?? []
  const [dataBytes, ivBytes, tagBytes] = [bytesOf(data), bytesOf(iv), bytesOf(tag)]
  if (!dataBytes?.length || !ivBytes?.length || tagBytes?.length !== tagLength)
    return 'is not in the form of sops (ENC[AES256_GCM,…]), or cut off'
  if (!isLeafType(type)) return 'is of a type that sops does not know'
  return { type, dataBytes, ivBytes, tagBytes }
}

/**
 * Decrypts a text of sops that was encrypted for this place (`additional`); the empty text stands for itself.
 * Source: getsops/sops `aes/cipher.go`; this is stricter in what it takes, never in what sops writes.
 */
export const decryptLeaf = (text: string, key: Uint8Array, additional: string): Leaf | Undecrypted => {
  if (text === '') return { type: 'str', bytes: new Uint8Array() }
  const encrypted = readEncrypted(text)
  if (typeof encrypted === 'string') return encrypted
  const { type, dataBytes, ivBytes, tagBytes } = encrypted
  const decipher = createDecipheriv('aes-256-gcm', key, ivBytes, { authTagLength: tagLength })
  decipher.setAAD(Buffer.from(additional))
  decipher.setAuthTag(tagBytes)
  let bytes: Uint8Array
  try {
    bytes = Buffer.concat([decipher.update(dataBytes), decipher.final()])
  } catch {
    return 'was altered, or encrypted with another key or for another place'
  }
  return decryptedLeaf(type, bytes) ?? 'is not of the type that it claims to be'
}

/** Encrypts a leaf for a place; `iv` must be drawn anew for each. An empty one stays the empty text, as in sops. */
export const encryptLeaf = (
  { type, bytes }: Leaf,
  key: Uint8Array,
  additional: string,
  iv: Uint8Array,
): string => {
  if (bytes.length === 0) return ''
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
  cipher.setAAD(Buffer.from(additional))
  const data = Buffer.concat([cipher.update(bytes), cipher.final()])
  const parts = [`data:${data.toString('base64')}`, `iv:${Buffer.from(iv).toString('base64')}`]
  return `ENC[AES256_GCM,${parts.join(',')},tag:${cipher.getAuthTag().toString('base64')},type:${type}]`
}
