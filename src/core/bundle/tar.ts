import { Header } from 'tar/header'
import type { HeaderData } from 'tar/header'
import { Pax } from 'tar/pax'
import type { Members } from './members.ts'

export const blockSize = 512

/** Sizes in a tar are rounded up to whole blocks. */
export const inBlocks = (size: number): number => Math.ceil(size / blockSize) * blockSize

/** The one body of a pax header that a path can have. */
export const paxBodyOf = (path: string): string => new Pax({ path }).encodeBody()

const fixed: HeaderData = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  linkpath: '',
  uname: '',
  gname: '',
  devmaj: 0,
  devmin: 0,
}

const block = (data: HeaderData): { bytes: Buffer; needsPax: boolean } => {
  const bytes = Buffer.alloc(blockSize)
  const needsPax = new Header({ ...fixed, ...data }).encode(bytes)
  return { bytes, needsPax }
}

const inWholeBlocks = (content: Uint8Array): Buffer[] => [
  Buffer.from(content.buffer, content.byteOffset, content.byteLength),
  Buffer.alloc(inBlocks(content.length) - content.length),
]

const packMember = (path: string, content: Uint8Array, mtime: Date): Buffer[] => {
  const header = block({ type: 'File', path, size: content.length, mtime })
  const file = [header.bytes, ...inWholeBlocks(content)]
  if (!header.needsPax) return file
  const body = Buffer.from(paxBodyOf(path))
  const pax = block({ type: 'ExtendedHeader', path: 'PaxHeader', size: body.length, mtime })
  return [pax.bytes, ...inWholeBlocks(body), ...file]
}

/** Two empty blocks, and nothing after. */
export const endOfTar = Buffer.alloc(2 * blockSize)

/**
 * The one tar of these members, without its end: ustar, sorted bytewise, mode 0644, owner 0, every mtime `epochSeconds`, a pax header
 * only before a path that does not fit. Paths must be safe (`isSafePath`).
 */
export const packEntries = (members: Members, epochSeconds: number): Buffer => {
  const mtime = new Date(epochSeconds * 1000)
  // Paths are ASCII, so code units are bytes.
  const paths = [...members.keys()].sort()
  return Buffer.concat(paths.flatMap((path) => packMember(path, members.get(path) as Uint8Array, mtime)))
}
