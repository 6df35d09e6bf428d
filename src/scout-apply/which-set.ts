import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

/** The option of commands that need no more of a bundle than which set it is of. */
export const setOption = {
  set: { value: 'NAME', help: 'the name of the set (SITE-ENVIRONMENT), in place of a bundle' },
} as const

/** Refuses a call of `scout-apply COMMAND` that names no set, or two. */
export const unlessOneSet = (
  name: string,
  file: string | undefined,
  set: string | undefined,
): Outcome<void> =>
  (file === undefined) === (set === undefined)
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what:
            file === undefined
              ? `scout-apply ${name} needs to know which set.`
              : `scout-apply ${name} takes a bundle or --set, not both.`,
          fix: 'Name the bundle, or the set with --set SITE-ENVIRONMENT.',
        }),
      ])
    : good(undefined)
