import { gzipSync } from 'fflate'
import { gzipHeader } from './stored-gzip.ts'

/**
 * Gzip with the same bytes on every machine: one pure encoder of a pinned version, all its parameters fixed, and a header
 * without time, name and system. Why it is not zlib: docs/adr/0001-deterministic-gzip.md.
 */
export const gzip = (content: Uint8Array): Uint8Array => {
  const packed = gzipSync(content, { level: 6, mem: 4, mtime: 0 })
  packed.set(gzipHeader)
  return packed
}
