/** A file of lines that is only ever added to. */
export interface AuditFile {
  readonly name: string
  /** All of it; '' where there is none yet. */
  read(): Promise<string>
  /** Adds a line at the end, in one write and on a line of its own whatever stands before it, and returns once it is on the disk. */
  append(line: string): Promise<void>
}

/** A file that somebody reads at any time: it is replaced as a whole, in one step. */
export interface MetricsFile {
  readonly name: string
  /** All of it; '' where there is none yet. */
  read(): Promise<string>
  replace(text: string): Promise<void>
}
