/** One stream of a program's words. */
export interface Screen {
  /** Writes as it is: what may hold control characters must be made visible first. A reader that went away is no error. */
  write(text: string): void
  /** Whether a person reads it as it comes, so that lines can be drawn anew. */
  isTerminal: boolean
  /** Whether colours are wanted: NO_COLOR and FORCE_COLOR decide, else whether it is a terminal. */
  colour: boolean
  /** Columns and rows now; 80 and 24 where it is no terminal. */
  columns(): number
  rows(): number
}

/** What the program was asked for goes to `out`; progress and problems go to `err`. */
export interface Terminal {
  out: Screen
  err: Screen
  /** Whether it runs in CI, where progress is plain lines even on a terminal. */
  ci: boolean
}
