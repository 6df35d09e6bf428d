import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'

/** How far one release came in a run. */
export interface ReleaseReport {
  name: string
  /** `unchanged`: nothing had to be done. `not begun`: what it depends on failed, or the run was stopped. */
  state: 'done' | 'unchanged' | 'failed' | 'not begun'
  /** Milliseconds from its first step to its last. */
  took: number
  problems: Problem[]
}

/** What a run did and what it did not. */
export interface RunReport {
  plan: Plan
  releases: ReleaseReport[]
  /** All that went wrong, those of the releases as well; [] where all is done. */
  problems: Problem[]
  warnings: Problem[]
  /** Milliseconds since 1970. */
  started: number
  ended: number
}
