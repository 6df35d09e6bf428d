import { sha256 } from '../digest.ts'
import { gzip } from './gzip.ts'
import { isSignature } from './members.ts'
import type { Members } from './members.ts'
import { packSignatures } from './signatures-part.ts'
import type { Packed } from './signatures-part.ts'
import { packEntries } from './tar.ts'

export interface PackedBundle {
  bytes: Uint8Array
  /** Of `bytes`, `sha256:…`. */
  fileDigest: string
  /** Of the tar before compression: the same whatever compresses it. */
  tarDigest: string
}

/** The first part of a bundle's file: all members but the signatures, which are over the digest of these bytes. */
export const packContents = (members: Members, epochSeconds: number): Packed => {
  const contents = new Map([...members].filter(([path]) => !isSignature(path)))
  const tar = packEntries(contents, epochSeconds)
  return { tar, bytes: gzip(tar) }
}

/** The container of these members, whose contents may have been packed already: equal members and times give equal bytes, on every machine. */
export const packBundle = (
  members: Members,
  epochSeconds: number,
  contents = packContents(members, epochSeconds),
): PackedBundle => {
  const parts = [contents, packSignatures(members, epochSeconds)]
  const bytes = Buffer.concat(parts.map((part) => part.bytes))
  return {
    bytes,
    fileDigest: sha256(bytes),
    tarDigest: sha256(Buffer.concat(parts.map(({ tar }) => tar))),
  }
}
