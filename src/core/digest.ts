import { hash } from 'node:crypto'

/** `sha256:` and 64 hex digits, over bytes or over text as UTF-8. */
export const sha256 = (content: Uint8Array | string): string => `sha256:${hash('sha256', content)}`
