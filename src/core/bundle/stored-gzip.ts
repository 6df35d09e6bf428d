import { crc32 } from 'node:zlib'

/** What every gzip of ours begins with: no time, no name, and 255 for "unknown system" (RFC 1952, 2.3.1). */
export const gzipHeader = Buffer.from('1f8b08000000000000ff', 'hex')

/** A checksum and a length end a gzip (RFC 1952, 2.3.1). */
export const gzipTrailerSize = 8

/** As much as a stored block can hold (RFC 1951, 3.2.4). */
const mostInBlock = 0xffff

/** A gzip that does not compress: what is small and must be read by anybody's gunzip has one form only. */
export const storedGzip = (content: Uint8Array): Buffer => {
  const blocks: Uint8Array[] = []
  for (let at = 0; at === 0 || at < content.length; at += mostInBlock) {
    const part = content.subarray(at, at + mostInBlock)
    const head = Buffer.alloc(5)
    head.writeUInt8(at + mostInBlock < content.length ? 0 : 1, 0)
    head.writeUInt16LE(part.length, 1)
    head.writeUInt16LE(~part.length & 0xffff, 3)
    blocks.push(head, part)
  }
  const trailer = Buffer.alloc(gzipTrailerSize)
  trailer.writeUInt32LE(crc32(content), 0)
  trailer.writeUInt32LE(content.length, 4)
  return Buffer.concat([gzipHeader, ...blocks, trailer])
}
