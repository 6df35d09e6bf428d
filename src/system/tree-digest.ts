import { hash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../core/digest.ts'
import type { FileText } from '../core/effects/files.ts'
import type { Json } from '../core/json.ts'

/** A file or folder as it was when it was looked at. */
interface Seen {
  path: string
  /** How it lay on the disk before its content was taken: kind, inode, size and times. */
  mark: string
  /** When the last change of it was, in milliseconds since the epoch. */
  changed: number
  /** A file's digest; the names in a folder. */
  content: string
  kind: 'missing' | 'file' | 'folder' | 'other'
}

/** Files and folders as they were at one time, in milliseconds since the epoch. */
export interface Look {
  at: number
  seen: Seen[]
  /** Those that are no links, and not below one; their paths sorted. */
  plain: Map<string, Seen>
  paths: string[]
  /** Links that are not below one, sorted. */
  links: string[]
}

/** What an earlier look saw of files: by path, how each lay on the disk and its digest. */
export interface Known {
  at: number
  files: Map<string, { mark: string; content: string }>
}

/** Changes that lie this close together may look like one: the clock of the system ticks every few milliseconds. */
const tickMilliseconds = 100

/** Whether a change at this time, in milliseconds since the epoch, was surely seen by a look, so that another one has another mark. */
const isBefore = (changed: number, { at }: { at: number }): boolean => changed <= at - tickMilliseconds

const kindOf = (stats: Stats | undefined): Seen['kind'] =>
  stats === undefined ? 'missing' : stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'

const markOf = (stats: Stats | undefined): string =>
  stats === undefined ? '' : `${kindOf(stats)} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`

/** Files are read into it one after the other: to make a new one for each is a third of the work. */
let buffer = Buffer.alloc(1024 * 1024)

const digestOfFile = (path: string): string => {
  const file = openSync(path, 'r')
  try {
    let size = 0
    for (;;) {
      const read = readSync(file, buffer, size, buffer.length - size, null)
      if (read === 0) return sha256(buffer.subarray(0, size))
      size += read
      if (size === buffer.length) buffer = Buffer.concat([buffer], size * 2)
    }
  } finally {
    closeSync(file)
  }
}

const contentOf = (root: string, { path, kind }: Pick<Seen, 'path' | 'kind'>): string =>
  kind === 'file'
    ? digestOfFile(join(root, path))
    : kind === 'folder'
      ? readdirSync(join(root, path)).sort().join('\0')
      : ''

/**
 * Looks at files and folders of `root`, links followed; each file is read once. What is missing counts as such. It reads without waiting for
 * events: two thousand small files take 60 ms, and three times as long otherwise. A file that lies as it lay at a known look, and was last changed
 * before that, is not read: its change time is set by the system alone. (So does git's index.)
 */
export const lookAtTrees = (root: string, paths: string[], known?: Known): Look => {
  const contentFor = (one: Pick<Seen, 'path' | 'kind' | 'mark' | 'changed'>): string => {
    const before = known?.files.get(one.path)
    return known !== undefined && before?.mark === one.mark && isBefore(one.changed, known)
      ? before.content
      : contentOf(root, one)
  }
  const look: Look = { at: Date.now(), seen: [], plain: new Map(), paths: [], links: [] }
  const add = (path: string, isPlain: boolean): void => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false })
    const one = { path, mark: markOf(stats), changed: stats?.ctimeMs ?? 0, kind: kindOf(stats) }
    const entries = one.kind === 'folder' ? readdirSync(join(root, path), { withFileTypes: true }) : []
    const names = entries.map(({ name }) => name).sort()
    const seen: Seen = { ...one, content: one.kind === 'folder' ? names.join('\0') : contentFor(one) }
    look.seen.push(seen)
    if (isPlain) look.plain.set(path, seen)
    const links = new Set(entries.flatMap((entry) => (entry.isSymbolicLink() ? [entry.name] : [])))
    for (const name of names) {
      const below = `${path}/${name}`
      if (isPlain && links.has(name)) look.links.push(below)
      add(below, isPlain && !links.has(name))
    }
  }
  for (const path of paths)
    add(path, lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() !== true)
  look.paths = [...look.plain.keys()].sort()
  look.links.sort()
  return look
}

/** What there is to be known of a look, as JSON. */
export const jsonOfLook = ({ at, seen }: Look): Json => [
  at,
  seen.flatMap(({ path, kind, mark, content }) => (kind === 'file' ? [[path, mark, content]] : [])),
]

/** The same, as it was kept. */
export const knownOf = (kept: Json | undefined): Known | undefined => {
  if (!Array.isArray(kept)) return undefined
  const [at, files] = kept as [number, [path: string, mark: string, content: string][]]
  return { at, files: new Map(files.map(([path, mark, content]) => [path, { mark, content }])) }
}

/** Whether all of `root` still is as it was when it was looked at. Only what was changed just before that is read again. */
export const isStillSo = (root: string, look: Look): boolean =>
  look.seen.every((one) => {
    const stats = statSync(join(root, one.path), { throwIfNoEntry: false })
    return markOf(stats) === one.mark && (isBefore(one.changed, look) || contentOf(root, one) === one.content)
  })

/** Whether nothing at or below these paths was changed since a time, in milliseconds since the epoch, or just before it. What is missing was not. */
export const isUntouched = (root: string, paths: string[], since: number): boolean =>
  paths.every((path) => {
    const at = join(root, path)
    const stats = statSync(at, { throwIfNoEntry: false })
    if (stats !== undefined && !isBefore(stats.ctimeMs, { at: since })) return false
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() !== true) return true
    return isUntouched(at, readdirSync(at), since)
  })

const digestOf = (lines: string[]): string => hash('sha256', lines.sort().join('\n'))
const lineOf = (path: string, kind: Seen['kind'], digest: string): string => `${path}\0${kind}\0${digest}`

/** One digest over all paths that were looked at, and the bytes of all files. */
export const digestOfLook = ({ seen }: Look): string =>
  digestOf(seen.map(({ path, kind, content }) => lineOf(path, kind, kind === 'file' ? content : '')))

/** One digest over all paths, and the bytes of all files. */
export const digestOfTrees = (root: string, paths: string[]): string => digestOfLook(lookAtTrees(root, paths))

const foldersAbove = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** What `digestOfTrees` gives of a folder that holds exactly these files. */
export const digestOfFiles = (folder: string, files: Map<string, FileText>): string => {
  const folders = new Set([...files.keys()].flatMap(foldersAbove))
  return digestOf([
    lineOf(folder, 'folder', ''),
    ...Array.from(folders, (path) => lineOf(`${folder}/${path}`, 'folder', '')),
    ...Array.from(files, ([path, { digest }]) => lineOf(`${folder}/${path}`, 'file', digest)),
  ])
}
