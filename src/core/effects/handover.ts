import type { Outcome } from '../problem.ts'

/**
 * A folder, here or far away, where files are handed over. Names are plain file names. Every failure is a problem of the
 * world (`fault: 'world'`) that says who refused and in which words.
 */
export interface HandoverFolder {
  /** The whole content, or undefined where the folder holds no file of this name. */
  read(name: string): Promise<Outcome<Uint8Array | undefined>>
  /** Writes a file (mode 0644) and returns once it is on the far side's disk. A file of this name is overwritten. */
  write(name: string, content: Uint8Array): Promise<Outcome<void>>
  /** Gives a file another name in one step, in place of the file that had it. */
  rename(from: string, to: string): Promise<Outcome<void>>
  /** Removes a file, if there is one. */
  remove(name: string): Promise<Outcome<void>>
}

export interface SftpAddress {
  host: string
  /** Whom to log in as; ssh's own configuration decides where it is left out. */
  user?: string
  port?: number
  /** Absolute, or relative to the user's home. */
  folder: string
}
