import { bad, good, problem } from './problem.ts'
import type { Outcome, Problem, Problems } from './problem.ts'
import { idOf, nameOf } from './object.ts'
import type { KubeObject } from './object.ts'

const events = [
  'pre-install',
  'post-install',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'pre-delete',
  'post-delete',
  'test',
] as const
export type HookEvent = (typeof events)[number]

const deletePolicies = ['before-hook-creation', 'hook-succeeded', 'hook-failed'] as const
type HookDeletePolicy = (typeof deletePolicies)[number]

/** What Helm's annotations make of an object: when it runs, in which order, and when it is deleted. */
export interface Hook {
  events: HookEvent[]
  weight: number
  deletePolicies: HookDeletePolicy[]
}

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '')

/** `test-success` is Helm 2's name of `test`, and Helm still takes it; `test-failure` Helm 3 dropped. */
const renamed = (word: string): string => (word === 'test-success' ? 'test' : word)

/**
 * The hook that an object is, or undefined where it is none.
 * Source: helm v4 `pkg/release/v1/util/manifest_sorter.go`: unknown events make helm drop the object silently; here they are an error.
 */
export const hookOf = (object: KubeObject): Outcome<Hook | undefined> => {
  const annotations = object.metadata.annotations ?? {}
  const declared = annotations['helm.sh/hook']
  if (declared === undefined) return good(undefined)
  const found: Problem[] = []
  const refuse = (what: string, fix: string): void => {
    found.push(
      problem({
        code: 'render/bad-hook',
        what: `${nameOf(idOf(object))}: ${what}`,
        where: [{ in: 'object', object: idOf(object) }],
        fix,
      }),
    )
  }
  const words = listed(declared).map(renamed)
  const known = words.filter((word): word is HookEvent => (events as readonly string[]).includes(word))
  if (known.length !== words.length || known.length === 0)
    refuse(`"${declared}" is not a list of hook events.`, `Use ${events.join(', ')} in helm.sh/hook.`)
  const weighed = annotations['helm.sh/hook-weight'] ?? '0'
  const weight = Number(weighed)
  // Helm takes what is no integer for 0 without a word, and `Number` takes `0x10`, `1e3` and blanks.
  if (!/^[-+]?\d+$/.test(weighed) || !Number.isSafeInteger(weight))
    refuse('its hook weight is not an integer.', 'Write an integer in quotes in helm.sh/hook-weight.')
  const policies = listed(annotations['helm.sh/hook-delete-policy'] ?? '')
  const knownPolicies = policies.filter((word): word is HookDeletePolicy =>
    (deletePolicies as readonly string[]).includes(word),
  )
  if (knownPolicies.length !== policies.length)
    refuse(
      'its hook delete policy is unknown.',
      `Use ${deletePolicies.join(', ')} in helm.sh/hook-delete-policy.`,
    )
  if (found.length > 0) return bad(found as Problems)
  return good({
    events: known,
    weight,
    deletePolicies: knownPolicies.length === 0 ? ['before-hook-creation'] : knownPolicies,
  })
}
