import { canonicalJson, isObject, jsonOf } from '../json.ts'
import type { Json } from '../json.ts'
import { payloadType } from './statement.ts'

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

export interface Envelope {
  /** The name of the key, as the signer calls it. It says where to look, and is no reason to believe anything. */
  keyName: string
  payload: Uint8Array
  signature: Uint8Array
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * A sigstore bundle v0.3 with one DSSE envelope and one signature, as `cosign verify-blob-attestation` takes it. It bears no
 * `keyid`: cosign refuses one that is the digest of the key.
 */
export const printEnvelope = ({ keyName, payload, signature }: Envelope): string =>
  canonicalJson({
    mediaType,
    verificationMaterial: { publicKey: { hint: keyName } },
    dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
  })

const at = (value: Json | undefined, key: string | number): Json | undefined => {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined
  return isObject(value) && typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined
}

const bytesAt = (value: Json | undefined, key: string): Uint8Array | undefined => {
  const text = at(value, key)
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined
}

/**
 * Reads what `printEnvelope` writes, and nothing else: a text that is not byte for byte what it would write again (another
 * field, a second signature, white space, another base64) is undefined. So nothing in it can be altered unnoticed.
 */
export const readEnvelope = (bytes: Uint8Array): Envelope | undefined => {
  const whole = jsonOf(bytes)
  const dsse = at(whole, 'dsseEnvelope')
  const keyName = at(at(at(whole, 'verificationMaterial'), 'publicKey'), 'hint')
  const payload = bytesAt(dsse, 'payload')
  const signature = bytesAt(at(at(dsse, 'signatures'), 0), 'sig')
  if (typeof keyName !== 'string' || payload === undefined || signature === undefined) return undefined
  const envelope = { keyName, payload, signature }
  return Buffer.from(printEnvelope(envelope)).equals(bytes) ? envelope : undefined
}
