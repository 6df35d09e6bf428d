import type { KubeObject } from '../../core/object.ts'
import type { Path } from '../../core/pointer.ts'

/** One thing that no schema says and every API server refuses. */
export interface Rule {
  /** The code of its problems is `validate/ID`. */
  id: string
  title: string
  why: string
  fix: string
  /** Objects that pass and that do not: the tests of the rule, and its documentation. */
  examples: { good: KubeObject[]; bad: KubeObject[] }
  /** Where an object breaks the rule; `what` goes on after the object's name. */
  check(object: KubeObject): { at: Path; what: string }[]
}
