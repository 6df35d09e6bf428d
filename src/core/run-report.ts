import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'

/** How far one release came in a run. */
export interface ReleaseReport {
  name: string
  /**
   * `unchanged`: nothing had to be done. `stopped`: begun, and not finished because the run was stopped. `not begun`: what it depends on
   * failed, or the run ended before it.
   */
  state: 'done' | 'unchanged' | 'failed' | 'stopped' | 'not begun'
  /** Why it was not begun. */
  because?: string
  /** Milliseconds from its first step to its last. */
  took: number
  problems: Problem[]
}

/** What a run did and what it did not. */
export interface RunReport {
  plan: Plan
  /** In the order of the waves. */
  releases: ReleaseReport[]
  /** All that went wrong, those of the releases as well; [] where all is done. */
  problems: Problem[]
  warnings: Problem[]
  /** Milliseconds since 1970. */
  started: number
  ended: number
}
