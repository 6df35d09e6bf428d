import { hash } from 'node:crypto'

/** Half of a SHA-256 as 22 characters: journals hold two of these for each object, and 128 bits tell objects apart. */
export const shortDigest = (text: string): string =>
  hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url')
