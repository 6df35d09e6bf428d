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
  /** It goes as a whole: `done` is then that it is gone. */
  removal?: true
  /** Why it was not begun. */
  because?: string
  /** Milliseconds from its first step to its last. */
  took: number
  problems: Problem[]
}

/** How far a release came, in a word for people and records. */
export const wordOf = ({ state, removal }: ReleaseReport): string =>
  removal && state === 'done' ? 'removed' : state

/** What a run did and what it did not. */
export interface RunReport {
  plan: Plan
  /** In the order of the waves, and after them those that go. */
  releases: ReleaseReport[]
  /** All that went wrong, those of the releases as well; [] where all is done. */
  problems: Problem[]
  warnings: Problem[]
  /** Milliseconds since 1970. */
  started: number
  ended: number
}
