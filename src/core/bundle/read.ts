import { crc32, inflateRawSync } from 'node:zlib'
import { sha256 } from '../digest.ts'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { gzip } from './gzip.ts'
import type { Members } from './members.ts'
import { refusalOf } from './refusal.ts'
import type { Refuse } from './refusal.ts'
import { packTar } from './tar.ts'
import { untar } from './untar.ts'
import type { Limits } from './untar.ts'

const MiB = 1024 * 1024

/** An API server takes 3 MiB an object, and the largest platform seen renders to 7 MiB in all. */
export const usualLimits: Limits = { members: 100_000, memberBytes: 64 * MiB, totalBytes: 256 * MiB }

export interface OpenedBundle {
  members: Members
  /** Of the file, `sha256:…`. */
  fileDigest: string
  tarDigest: string
}

/** The ten bytes that `gzip` begins every file with. */
const header = gzip(new Uint8Array()).subarray(0, 10)
/** A checksum and a length end the file (RFC 1952, 2.3.1). */
const trailerSize = 8

const inflateFault = (error: unknown, limits: Limits, refuse: Refuse): Problem => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return refuse('too-large', `It unpacks to more than ${limits.totalBytes} bytes.`, {
      why: 'A small file that grows without end would fill the memory of this machine.',
    })
  if (code === 'Z_BUF_ERROR')
    return refuse('truncated', 'It ends in the middle: its compressed data is incomplete.')
  return refuse('damaged', 'Its compressed data is damaged.')
}

const tarMadeElsewhere =
  'Something that no content depends on was changed (order, owner, times or padding): it is not the file that was built.'
const gzipMadeElsewhere =
  'Something that no content depends on was changed (the gzip header or how it is packed): it is not the file that was built.'

/** The tar inside; nothing is unpacked beyond the limit. Gives the refusal where it is no gzip file of ours. */
const unpack = (bytes: Uint8Array, limits: Limits, refuse: Refuse): Buffer | Problem => {
  if (bytes.length === 0) return refuse('truncated', 'It is empty.')
  if (Buffer.compare(bytes.subarray(0, 2), header.subarray(0, 2)) !== 0)
    return refuse('not-a-bundle', 'It is not a gzip file.', {
      fix: 'Name the .tgz file that `scout bundle` wrote.',
    })
  if (bytes.length < header.length) return refuse('truncated', 'It ends in the middle of its header.')
  if (Buffer.compare(bytes.subarray(0, header.length), header) !== 0)
    return refuse('not-canonical', 'Its gzip header is not the one of a bundle.', { why: gzipMadeElsewhere })
  try {
    const { buffer, engine } = inflateRawSync(bytes.subarray(header.length), {
      maxOutputLength: limits.totalBytes,
      chunkSize: 64 * 1024,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    const rest = bytes.length - header.length - engine.bytesWritten
    if (rest < trailerSize) return refuse('truncated', 'It ends in the middle of its checksum.')
    const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - rest, true)
    if (crc32(buffer) !== checksum) return refuse('damaged', 'Its content does not match its checksum.')
    if (rest > trailerSize)
      return refuse('trailing-data', `It goes on for ${rest - trailerSize} bytes after its end.`)
    return buffer
  } catch (error) {
    return inflateFault(error, limits, refuse)
  }
}

/**
 * Opens a container and believes nothing in it: gives the members of a `.tgz` that is, byte for byte, the one that
 * `packBundle` makes of them. So whatever was altered, be it padding or a header that no reader looks at, is refused.
 * `name` is how messages call the bundle. Nothing is written to disk.
 */
export const openBundle = (
  bytes: Uint8Array,
  name: string,
  limits: Limits = usualLimits,
): Outcome<OpenedBundle> => {
  const refuse = refusalOf(name)
  const tar = unpack(bytes, limits, refuse)
  if (!Buffer.isBuffer(tar)) return bad([tar])
  const { members, epochSeconds, found } = untar(tar, limits, refuse)
  const [first, ...rest] = found
  if (first !== undefined) return bad([first, ...rest])
  if (!packTar(members, epochSeconds).equals(tar))
    return bad([
      refuse('not-canonical', 'Its tar is not the one that its members make.', { why: tarMadeElsewhere }),
    ])
  if (Buffer.compare(bytes, gzip(tar)) !== 0)
    return bad([
      refuse('not-canonical', 'Its compression is not the one that its content makes.', {
        why: gzipMadeElsewhere,
      }),
    ])
  return good({ members, fileDigest: sha256(bytes), tarDigest: sha256(tar) })
}
