import { Header } from 'tar/header'
import { Pax } from 'tar/pax'
import type { Problem } from '../problem.ts'
import { isSafePath } from './members.ts'
import type { Members } from './members.ts'
import type { Refuse } from './refusal.ts'
import { blockSize, inBlocks, paxBodyOf } from './tar.ts'

/** What a reader takes at most; sizes in bytes, after decompression. */
export interface Limits {
  members: number
  memberBytes: number
  totalBytes: number
}

/** A path that `isSafePath` takes has no longer pax header than this. */
const longestPaxBody = 1024

export interface Untarred {
  members: Members
  /** Of the first member; a canonical tar has no other. */
  epochSeconds: number
  found: Problem[]
}

const parse = (tar: Buffer, offset: number): Header | undefined => {
  try {
    const header = new Header(tar, offset)
    return header.cksumValid && header.size !== undefined ? header : undefined
  } catch {
    // node-tar throws at numbers in base 256 that are malformed or beyond 2^53.
    return undefined
  }
}

const isEmpty = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)

/** A path as it may stand in a message: without control characters, and not endless. */
const shown = (path: string): string => {
  const plain = Array.from(path, (letter) => (/[\p{C}"]/u.test(letter) ? '?' : letter)).join('')
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain
}

/** What two members must not share: paths that differ only in case are one file on some file systems. */
const clashKeyOf = (path: string): string => path.toLowerCase()

/**
 * Reads a tar of regular files, wholly in memory. Every entry that a bundle must not have is reported and passed over, so
 * that all of them are named at once; where the structure itself is broken, reading ends. Whether the tar is canonical is
 * for the caller to see by packing the members again.
 */
export const untar = (tar: Buffer, limits: Limits, refuse: Refuse): Untarred => {
  const members: Members = new Map()
  const found: Problem[] = []
  const seen = new Map<string, string>()
  let epochSeconds: number | undefined
  let longPath: string | undefined
  let entries = 0
  let offset = 0
  const done = (...last: Problem[]): Untarred => ({
    members,
    epochSeconds: epochSeconds ?? 0,
    found: [...found, ...last],
  })

  const take = (header: Header, path: string, content: Buffer): void => {
    if (header.type !== 'File') {
      found.push(
        refuse('not-a-file', `"${shown(path)}" is a ${header.type}, and not a regular file.`, {
          member: shown(path),
          why: 'A bundle holds regular files only: a link or a device could lead out of it.',
        }),
      )
      return
    }
    if (!isSafePath(path)) {
      found.push(
        refuse('unsafe-path', `"${shown(path)}" is no path that a bundle can hold.`, {
          member: shown(path),
          why: 'Unpacked by hand it could write outside of its folder.',
        }),
      )
      return
    }
    const other = seen.get(clashKeyOf(path))
    if (other === path) found.push(refuse('duplicate-member', `"${path}" is in it twice.`, { member: path }))
    else if (other !== undefined)
      found.push(refuse('case-clash', `"${path}" and "${other}" differ only in case.`, { member: path }))
    seen.set(clashKeyOf(path), path)
    epochSeconds ??= Math.floor((header.mtime?.getTime() ?? 0) / 1000)
    members.set(path, content)
  }

  for (;;) {
    const at = tar.subarray(offset, offset + blockSize)
    if (at.length < blockSize)
      return done(refuse('truncated', 'It ends in the middle: the end of its tar is missing.'))
    if (isEmpty(at)) break
    const header = parse(tar, offset)
    if (header === undefined)
      return done(
        refuse('damaged', `The tar header at byte ${offset} does not match its own checksum or size.`),
      )
    const size = header.size as number
    const start = offset + blockSize
    const name = longPath ?? header.path ?? ''
    if (size > limits.memberBytes)
      return done(
        refuse(
          'too-large',
          `"${shown(name)}" says that it has ${size} bytes; ${limits.memberBytes} are the most.`,
          {
            member: shown(name),
          },
        ),
      )
    if (start + inBlocks(size) > tar.length)
      return done(refuse('truncated', `It ends in the middle of "${shown(name)}".`, { member: shown(name) }))
    const content = tar.subarray(start, start + size)
    offset = start + inBlocks(size)
    if (header.type === 'ExtendedHeader' && longPath === undefined) {
      const text = content.subarray(0, longestPaxBody).toString()
      longPath = Pax.parse(text).path
      if (longPath === undefined || text !== paxBodyOf(longPath))
        return done(
          refuse('damaged', `The extended header at byte ${start - blockSize} says more than a path.`),
        )
      continue
    }
    entries += 1
    if (entries > limits.members)
      return done(refuse('too-many-members', `It has more than ${limits.members} members.`))
    take(header, name, content)
    longPath = undefined
  }
  if (longPath !== undefined) found.push(refuse('truncated', 'It ends after an extended header.'))
  const rest = tar.length - offset
  if (rest < 2 * blockSize)
    found.push(refuse('truncated', 'It ends in the middle: the end of its tar is missing.'))
  else if (rest > 2 * blockSize || !isEmpty(tar.subarray(offset)))
    found.push(refuse('trailing-data', 'Its tar goes on after its end.'))
  return done()
}
