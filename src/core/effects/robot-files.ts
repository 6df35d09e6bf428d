import type { Outcome } from '../problem.ts'

/** Files that hold the login of a robot, which only their owner may read. */
export interface RobotFiles {
  /** Who logs in at this host by the file; null where it is not there, or empty. A file of anything else is refused. */
  userOf(file: string, host: string): Promise<Outcome<string | null>>
  /** Makes the file, empty, where it is not there: that it can be written is known before Harbor makes a secret. */
  reserve(file: string): Promise<Outcome<void>>
  /** Replaces the file, whole or not at all; it is on the disk then. */
  write(file: string, host: string, login: { user: string; password: string }): Promise<Outcome<void>>
}
