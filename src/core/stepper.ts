import { Refused, bad, problem } from './problem.ts'
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
      /** Of how many things that it waits for so many are ready. */
      ready?: { done: number; of: number }
    }
  /** One object of a subject that is working; `object` is its name in words, and `note` says what it waits for. */
  | {
      tell: 'object'
      stage: string
      subject: string
      object: string
      state: 'waiting' | 'done' | 'failed'
      note?: string
    }
  /** The last lines of a container's log: for whoever looks on, never for a file. */
  | { tell: 'log'; of: string; lines: string[] }
  | { tell: 'warning'; problem: Problem }
  | { tell: 'words'; from: string; text: string }

export type Tell = (told: Told) => void

export type Step = <T>(stage: string, run: () => Promise<Outcome<T>>) => Promise<T>

/** A failure of the operating system (disk full, no permission), as Node throws it. Anything else that is thrown is our bug. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string'

const fixes: { [code: string]: string } = {
  ENOSPC: 'Make room on the disk and run it again.',
  EROFS: 'Make the file system writable, or work in a copy elsewhere.',
  EACCES: 'Give the user that runs this the permission to the path, and run it again.',
  EXDEV: 'Put the file itself in place of the link.',
  EILSEQ: 'Save the file as UTF-8 text.',
}

const systemProblem = (stage: string, error: NodeJS.ErrnoException): Problem =>
  problem({
    code: `system/${(error.code ?? 'failed').toLowerCase()}`,
    fault: 'world',
    what: `${stage} stopped: ${error.message}.`,
    where: error.path === undefined ? [] : [{ in: 'file', file: error.path }],
    fix: fixes[error.code ?? ''] ?? 'Mend what the system says and run it again.',
  })

/** Runs stages one after the other: tells of each, passes warnings on, and throws Refused at the first that fails. */
export const stepper = (tell: Tell): Step => {
  const outcomeOf = async <T>(stage: string, run: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    try {
      return await run()
    } catch (error) {
      if (isSystemError(error)) return bad([systemProblem(stage, error)])
      throw error
    }
  }
  return async (stage, run) => {
    tell({ tell: 'stage', stage, state: 'started' })
    const outcome = await outcomeOf(stage, run)
    if (!outcome.ok) {
      tell({ tell: 'stage', stage, state: 'failed' })
      throw new Refused(outcome.problems)
    }
    for (const warning of outcome.warnings) tell({ tell: 'warning', problem: warning })
    tell({ tell: 'stage', stage, state: 'done' })
    return outcome.value
  }
}
