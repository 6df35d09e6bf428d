import { sha256 } from '../digest.ts'
import { gzip } from './gzip.ts'
import type { Members } from './members.ts'
import { packTar } from './tar.ts'

export interface PackedBundle {
  bytes: Uint8Array
  /** Of `bytes`, `sha256:…`. */
  fileDigest: string
  /** Of the tar before compression: the same whatever compresses it. */
  tarDigest: string
}

/** The container of these members: equal members and times give equal bytes, on every machine. */
export const packBundle = (members: Members, epochSeconds: number): PackedBundle => {
  const tar = packTar(members, epochSeconds)
  const bytes = gzip(tar)
  return { bytes, fileDigest: sha256(bytes), tarDigest: sha256(tar) }
}
