import { Refused } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'

/** What a run tells while it goes: a stage's state, what it does with one subject (a release, an object), a warning. */
export type Told =
  | { tell: 'stage'; stage: string; state: 'started' | 'done' | 'failed'; note?: string }
  | {
      tell: 'subject'
      stage: string
      subject: string
      state: 'waiting' | 'working' | 'done' | 'failed'
      note?: string
    }
  | { tell: 'warning'; problem: Problem }
  | { tell: 'words'; from: string; text: string }

export type Tell = (told: Told) => void

export type Step = <T>(stage: string, run: () => Promise<Outcome<T>>) => Promise<T>

/** Runs stages one after the other: tells of each, passes warnings on, and throws Refused at the first that fails. */
export const stepper =
  (tell: Tell): Step =>
  async (stage, run) => {
    tell({ tell: 'stage', stage, state: 'started' })
    const outcome = await run()
    if (!outcome.ok) {
      tell({ tell: 'stage', stage, state: 'failed' })
      throw new Refused(outcome.problems)
    }
    for (const warning of outcome.warnings) tell({ tell: 'warning', problem: warning })
    tell({ tell: 'stage', stage, state: 'done' })
    return outcome.value
  }
