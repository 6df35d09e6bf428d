import { crc32, inflateRawSync } from 'node:zlib'
import { sha256 } from '../digest.ts'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { manifestPath } from './members.ts'
import type { Members } from './members.ts'
import { refusalOf } from './refusal.ts'
import type { Refuse } from './refusal.ts'
import { packSignatures } from './signatures-part.ts'
import { gzipHeader as header, gzipTrailerSize as trailerSize } from './stored-gzip.ts'
import { untar } from './untar.ts'
import type { Limits } from './untar.ts'

const MiB = 1024 * 1024

/** An API server takes 3 MiB an object, and the largest platform seen renders to 7 MiB in all. */
export const usualLimits: Limits = { members: 100_000, memberBytes: 64 * MiB, totalBytes: 256 * MiB }

export interface OpenedBundle {
  members: Members
  /** Of the file's bytes before the signatures, `sha256:…`: what signatures are over. */
  contents: string
}

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

/** Why a file is refused that says the same in other bytes. */
export const madeElsewhere =
  'Something that no content depends on was changed (how it is packed, order, owner, times or padding): it is not the file that was built.'

interface Unpacked {
  tar: Buffer
  /** Where the part ends, in bytes from its beginning. */
  end: number
}

/** The tar that a part of the file begins with; nothing is unpacked beyond the limit. Gives the refusal where it is no gzip of ours. */
const unpack = (bytes: Uint8Array, limits: Limits, refuse: Refuse): Unpacked | Problem => {
  if (bytes.length === 0) return refuse('truncated', 'It is empty.')
  if (Buffer.compare(bytes.subarray(0, 2), header.subarray(0, 2)) !== 0)
    return refuse('not-a-bundle', 'It is not a gzip file.', {
      fix: 'Name the .tgz file that `scout bundle` wrote.',
    })
  if (bytes.length < header.length) return refuse('truncated', 'It ends in the middle of its header.')
  if (Buffer.compare(bytes.subarray(0, header.length), header) !== 0)
    return refuse('not-canonical', 'Its gzip header is not the one of a bundle.', { why: madeElsewhere })
  try {
    const { buffer, engine } = inflateRawSync(bytes.subarray(header.length), {
      maxOutputLength: limits.totalBytes,
      chunkSize: 64 * 1024,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    const at = header.length + engine.bytesWritten
    const end = at + trailerSize
    if (bytes.length < end) return refuse('truncated', 'It ends in the middle of its checksum.')
    const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
    if (crc32(buffer) !== checksum) return refuse('damaged', 'Its content does not match its checksum.')
    return { tar: buffer, end }
  } catch (error) {
    return inflateFault(error, limits, refuse)
  }
}

/** The two parts of a file, and where the first one ends. */
const unpackBoth = (
  bytes: Uint8Array,
  limits: Limits,
  refuse: Refuse,
): { tar: Buffer; end: number } | Problem => {
  const contents = unpack(bytes, limits, refuse)
  if (!('tar' in contents)) return contents
  const rest = bytes.subarray(contents.end)
  if (rest.length === 0) {
    const { members, found } = untar(contents.tar, limits, refuse)
    return found.length === 0 && members.has(manifestPath)
      ? refuse('unknown-format', 'It has an older format: one part, and not two.', {
          why: 'It was made by an older scout.',
          fix: 'Bundle again, with the scout of the same release as this program.',
        })
      : refuse('truncated', 'It ends in the middle: its signatures are missing.')
  }
  const left = { ...limits, totalBytes: Math.max(1, limits.totalBytes - contents.tar.length) }
  const signatures = unpack(rest, left, refuse)
  if (!('tar' in signatures))
    return signatures.code === 'verify/not-a-bundle'
      ? refuse('trailing-data', `It goes on for ${rest.length} bytes that are not its signatures.`)
      : signatures
  const more = rest.length - signatures.end
  if (more > 0) return refuse('trailing-data', `It goes on for ${more} bytes after its end.`)
  return { tar: Buffer.concat([contents.tar, signatures.tar]), end: contents.end }
}

/**
 * Opens a container and believes nothing in it: gives its members, and the digest of the bytes that all but the signatures lie in. The
 * signatures must lie in bytes that are, each one, those that `packSignatures` makes of them; so where they hold, and are over that
 * digest, whatever was altered, be it padding or a header that no reader looks at, is refused.
 * `name` is how messages call the bundle. Nothing is written to disk.
 */
export const openBundle = (
  bytes: Uint8Array,
  name: string,
  limits: Limits = usualLimits,
): Outcome<OpenedBundle> => {
  const refuse = refusalOf(name)
  const unpacked = unpackBoth(bytes, limits, refuse)
  if (!('tar' in unpacked)) return bad([unpacked])
  const { members, epochSeconds, found } = untar(unpacked.tar, limits, refuse)
  const [first, ...rest] = found
  if (first !== undefined) return bad([first, ...rest])
  const { end } = unpacked
  if (Buffer.compare(bytes.subarray(end), packSignatures(members, epochSeconds).bytes) !== 0)
    return bad([
      refuse('not-canonical', 'Its signatures are not packed as `scout bundle` packs them.', {
        why: madeElsewhere,
      }),
    ])
  return good({ members, contents: sha256(bytes.subarray(0, end)) })
}
