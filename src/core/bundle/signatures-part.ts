import { isSignature } from './members.ts'
import type { Members } from './members.ts'
import { storedGzip } from './stored-gzip.ts'
import { endOfTar, packEntries } from './tar.ts'

/** A part of a bundle's file: a tar (without an end, where more follows) and the gzip of it. */
export interface Packed {
  tar: Buffer
  bytes: Uint8Array
}

/** The second part of a bundle's file, of all its members or of those alone that are signatures: these, and the end of the tar. */
export const packSignatures = (members: Members, epochSeconds: number): Packed => {
  const signatures = new Map([...members].filter(([path]) => isSignature(path)))
  const tar = Buffer.concat([packEntries(signatures, epochSeconds), endOfTar])
  return { tar, bytes: storedGzip(tar) }
}
