import type { ObjectId } from './object.ts'
import type { Path } from './pointer.ts'

/** Where a problem lies. A file is named by its path from the site's root; line and column count from 1. */
export type Where =
  | { in: 'file'; file: string; line?: number; column?: number; excerpt?: Excerpt }
  | {
      in: 'object'
      object: ObjectId
      release?: string
      pointer?: string
      template?: string
      /** The line of the field in the object's document as it is rendered; in its file where `template` is one. */
      line?: number
      excerpt?: Excerpt
    }
  /** `path`: the way to what is meant, from the root of the file. */
  | { in: 'release'; release: string; file?: string; path?: Path }
  | { in: 'bundle'; bundle: string; member?: string }
  | { in: 'cluster'; server: string }
  | { in: 'command'; command: string }

/** The line of a file that shows the problem, and the columns (from 1, end exclusive) to underline. */
export interface Excerpt {
  line: number
  text: string
  from: number
  to: number
}

/**
 * Whose fault it is decides the exit code: what was declared (1), how the program was called (2),
 * or the world around it: helm, network, cluster, disk (4).
 */
type Fault = 'input' | 'usage' | 'world'

/**
 * A finding, as a value. `code` is `stage/what-is-wrong`; `what` is one sentence that names the thing;
 * `why` says what would happen otherwise; `fix` says what to do now. None of them ever holds a secret value.
 */
export interface Problem {
  code: `${string}/${string}`
  severity: 'error' | 'warning'
  fault: Fault
  what: string
  where: Where[]
  why?: string
  fix: string
  /** Somebody else's words in full (helm's, ssh's): shown with --verbose. */
  raw?: string
}

export type Problems = [Problem, ...Problem[]]

type Told = Omit<Problem, 'severity' | 'fault' | 'where'> &
  Partial<Pick<Problem, 'severity' | 'fault' | 'where'>>

/** A problem with the usual parts filled in: an error, of the input, nowhere in particular. */
export const problem = (told: Told): Problem => ({ severity: 'error', fault: 'input', where: [], ...told })

/** What a stage gives: its result with what it warns of, or every problem that stood in its way. */
export type Outcome<T> = { ok: true; value: T; warnings: Problem[] } | { ok: false; problems: Problems }

export const good = <T>(value: T, warnings: Problem[] = []): Outcome<T> => ({ ok: true, value, warnings })
export const bad = (problems: Problems): { ok: false; problems: Problems } => ({ ok: false, problems })

/** The value, if `found` holds no error; else all of `found`. */
export const unless = <T>(found: Problem[], value: () => T): Outcome<T> =>
  found.some((one) => one.severity === 'error') ? bad(found as Problems) : good(value(), found)

/** The outcomes of many as one: all values, or every problem of every one of them. */
export const all = <T>(outcomes: Outcome<T>[]): Outcome<T[]> => {
  const problems = outcomes.flatMap((one) => (one.ok ? one.warnings : one.problems))
  return unless(problems, () => outcomes.flatMap((one) => (one.ok ? [one.value] : [])))
}

/** Outcomes of several kinds as one: the values in their order, or every problem of every one of them. */
export const together = <T extends unknown[]>(...outcomes: { [K in keyof T]: Outcome<T[K]> }): Outcome<T> =>
  all(outcomes as Outcome<unknown>[]) as Outcome<T>

export const exitCodes = { done: 0, refused: 1, usage: 2, changes: 3, world: 4, bug: 70 } as const

const codeOf: Record<Fault, number> = {
  input: exitCodes.refused,
  usage: exitCodes.usage,
  world: exitCodes.world,
}

/** The exit code for a refusal: wrong usage before wrong input before a failing world. */
export const exitCodeOf = (problems: Problem[]): number => {
  const errors = problems.filter((one) => one.severity === 'error')
  const fault = (['usage', 'input', 'world'] as const).find((wanted) =>
    errors.some((one) => one.fault === wanted),
  )
  return fault ? codeOf[fault] : exitCodes.done
}

/** The one exception that carries problems. It is thrown by the stepper alone and caught by the programs. */
export class Refused extends Error {
  readonly problems: Problems
  constructor(problems: Problems) {
    super(problems.map((one) => `${one.code}: ${one.what}`).join('\n'))
    this.name = 'Refused'
    this.problems = problems
  }
}
