import { createHash } from 'node:crypto'

/** Half of a SHA-256 as 22 characters: journals hold two of these for each object, and 128 bits tell objects apart. */
export const shortDigest = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
