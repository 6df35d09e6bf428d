import { gunzipSync } from 'node:zlib'
import { Header } from 'tar/header'
import { Pax } from 'tar/pax'

const MiB = 1024 * 1024

/** Helm's own limits for a chart's archive (`pkg/chart/loader/archive`): it refuses what is bigger. */
const mostBytes = 100 * MiB
const mostFileBytes = 5 * MiB

const blockSize = 512

const unzip = (bytes: Uint8Array): Buffer | undefined => {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch {
    return undefined
  }
}

const headerAt = (tar: Buffer, at: number): Header | undefined => {
  try {
    const header = new Header(tar, at)
    return header.cksumValid && header.size !== undefined ? header : undefined
  } catch {
    return undefined
  }
}

/**
 * The regular files of a `.tgz`, by path, unpacked in memory alone; undefined where it cannot be read whole or is bigger than helm
 * takes. Links have no content for helm, and are left out.
 */
export const filesInArchive = (bytes: Uint8Array): Map<string, Uint8Array> | undefined => {
  const tar = unzip(bytes)
  if (tar === undefined) return undefined
  const files = new Map<string, Uint8Array>()
  let longPath: string | undefined
  let at = 0
  for (;;) {
    if (at + blockSize > tar.length) return undefined
    if (tar.subarray(at, at + blockSize).every((byte) => byte === 0)) return files
    const header = headerAt(tar, at)
    const size = header?.size ?? 0
    const end = at + blockSize + size
    if (header === undefined || size > mostFileBytes || end > tar.length) return undefined
    const content = tar.subarray(at + blockSize, end)
    at += blockSize + Math.ceil(size / blockSize) * blockSize
    switch (header.type) {
      case 'ExtendedHeader':
        longPath = Pax.parse(content.toString()).path ?? longPath
        continue
      case 'NextFileHasLongPath':
        longPath = content.toString().replace(/\0.*$/s, '')
        continue
      case 'GlobalExtendedHeader':
      case 'NextFileHasLongLinkpath':
        continue
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        files.set(longPath ?? header.path ?? '', content)
        break
      case 'Directory':
      case 'Link':
      case 'SymbolicLink':
        break
      default:
        return undefined
    }
    longPath = undefined
  }
}
