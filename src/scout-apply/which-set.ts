import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

/** The option of commands that need no more of a bundle than which set it is of. */
export const setOption = {
  set: {
    value: 'NAME',
    help: 'the name of the set (SITE-ENVIRONMENT), in place of a bundle (default: the only one on the cluster)',
  },
} as const

/** The same for a command that does not look for the only set itself. */
export const neededSetOption = {
  set: { value: 'NAME', help: 'the name of the set (SITE-ENVIRONMENT), in place of a bundle' },
} as const

/** Refuses a call of `scout-apply COMMAND` that names two sets: a bundle's, and one by name. */
export const unlessTwoSets = (
  name: string,
  file: string | undefined,
  set: string | undefined,
): Outcome<void> =>
  file !== undefined && set !== undefined
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: `scout-apply ${name} takes a bundle or --set, not both.`,
          fix: 'Leave one of them out.',
        }),
      ])
    : good(undefined)

/** The same, where the set must be named: what would find it may be what is broken. */
export const unlessOneSet = (
  name: string,
  file: string | undefined,
  set: string | undefined,
): Outcome<void> =>
  file === undefined && set === undefined
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: `scout-apply ${name} needs to know which set.`,
          fix: 'Name the bundle, or the set with --set SITE-ENVIRONMENT.',
        }),
      ])
    : unlessTwoSets(name, file, set)
