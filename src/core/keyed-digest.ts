import { createHmac } from 'node:crypto'

const mark = 'k:'

/**
 * HMAC-SHA-256 of a text as `k:` and 22 characters (128 bits): tells two texts apart, and nothing of either to who has no key. A plain
 * digest of a short secret is as good as the secret.
 */
export const keyedDigest = (key: Uint8Array, text: string): string =>
  mark + createHmac('sha256', key).update(text).digest().subarray(0, 16).toString('base64url')

/** Whether a digest was made with a key. */
export const isKeyed = (digest: string): boolean => digest.startsWith(mark)
