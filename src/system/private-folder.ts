import { createHash } from 'node:crypto'
import { accessSync, constants, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isMissing } from './missing.ts'

const prefix = 'scout-helm-'

const namespace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    // Not on this system: there is one for all processes.
    return ''
  }
}

/** Whose process numbers these are: in another container, or on another machine that shares the folder, the same number is somebody else's. */
const realm = createHash('sha256').update(`${hostname()} ${namespace()}`).digest('hex').slice(0, 12)

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Removes the folders of runs that were killed: of this user, and of processes that are surely no more. */
const sweep = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const [, whose, pid] = /^scout-helm-([0-9a-f]{12})-(\d+)-/.exec(name) ?? []
    if (whose !== realm || lives(Number(pid))) continue
    const path = join(parent, name)
    const owner = statSync(path, { throwIfNoEntry: false })?.uid
    if (owner === process.getuid?.()) rmSync(path, { recursive: true, force: true })
  }
}

const openFolders = new Set<string>()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const endings = new Set<() => void>()

/** Has `end` called when this process ends, also where a signal ends it while a folder is open; gives what takes that back. */
export const atTheEnd = (end: () => void): (() => void) => {
  if (endings.size === 0) process.on('exit', endAll)
  endings.add(end)
  return () => {
    endings.delete(end)
    if (endings.size === 0) process.off('exit', endAll)
  }
}
const endAll = (): void => endings.forEach((end) => end())

/** Ends what runs, removes all folders that are open, and lets the signal do what it does. */
const leave = (signal: NodeJS.Signals): void => {
  endAll()
  for (const folder of [...openFolders, ...empty]) rmSync(folder, { recursive: true, force: true })
  for (const one of signals) process.off(one, leave)
  process.kill(process.pid, signal)
}

const swept = new Set<string>()

/** Empty folders with nobody in them: to make and to remove one waits for the disk. */
const empty: string[] = []
const removeEmpty = (): void => {
  for (const folder of empty) rmSync(folder, { recursive: true, force: true })
}

/** Removes what is in a folder; false where somebody else has removed all of it. */
const emptied = (folder: string): boolean => {
  try {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
    return true
  } catch (error) {
    if (!isMissing(error)) throw error
    return false
  }
}

const make = (parent: string): string => {
  if (swept.size === 0) process.on('exit', removeEmpty)
  if (!swept.has(parent)) sweep(parent)
  swept.add(parent)
  return mkdtempSync(join(parent, `${prefix}${realm}-${process.pid}-`))
}

/** The memory that Linux has as a folder. */
const memory = '/dev/shm'

const inMemory = (): string => {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK)
    return memory
  } catch {
    // Not on this system, or not for us.
    return tmpdir()
  }
}

/**
 * Runs `use` with an empty folder that only this user can read, and removes in the end what is in it, also where a signal is that: it may hold
 * secrets. What a process left that could not do so, the next one removes. What is `small` (some MB) lies in memory where the system has a folder
 * for that, unless TMPDIR says where: helm writes a hundred small files when it asks a server, and a disk at work makes everybody wait.
 */
export const inPrivateFolder = async <T>(
  use: (folder: string) => Promise<T>,
  size: 'small' | 'any' = 'any',
): Promise<T> => {
  const parent = size === 'small' && process.env['TMPDIR'] === undefined ? inMemory() : tmpdir()
  const free = empty.findIndex((folder) => dirname(folder) === parent)
  const folder = empty.splice(free, free < 0 ? 0 : 1)[0] ?? make(parent)
  if (openFolders.size === 0) for (const signal of signals) process.on(signal, leave)
  openFolders.add(folder)
  try {
    return await use(folder)
  } finally {
    if (emptied(folder)) empty.push(folder)
    openFolders.delete(folder)
    if (openFolders.size === 0) for (const signal of signals) process.off(signal, leave)
  }
}
