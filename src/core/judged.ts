import type { Difference } from './comparison.ts'
import type { ObjectId } from './object.ts'
import type { Because, Plan } from './plan.ts'

/**
 * One field that an apply would change on the live object. `owners` are the managers that the server names for it, now and then. What is
 * secret is `hidden`: neither its value nor its size is told.
 */
export type JudgedField = {
  /** In the object after; in the one before where the field goes. */
  pointer: string
  /** The same in the words of a person: `spec.template.spec.containers[web].image`. */
  name: string
  owners: { before: string[]; after: string[] }
} & (Difference | { change: 'hidden'; how: 'added' | 'removed' | 'changed' })

/** A field that another manager owns: it is taken from it, or left to it. */
export interface SettledConflict {
  manager: string
  /** As the API server names it: `.spec.replicas`. */
  field: string
  how: 'taken' | 'left'
}

/** What the server made of one change, in a dry run. */
export type Verdict =
  | { comes: 'created' }
  | { comes: 'changed'; fields: JudgedField[] }
  /** It is sent, and nothing that is there changes by it. */
  | { comes: 'same' }
  /** The server forbids the change in place; the object is deleted and made anew. */
  | { comes: 'recreated'; why: string }
  /** Somebody else owns fields, and nothing says that they may be taken: the apply is refused. */
  | { comes: 'conflict'; conflicts: { manager: string; field: string }[] }
  | { comes: 'not checked'; why: string }

/** One change of a plan with the server's verdict on it. */
export type JudgedChange = {
  id: ObjectId
  /** '' for the Namespaces of the site. */
  release: string
  because: Because | 'new'
  settled: SettledConflict[]
} & Verdict

/** A plan as the server sees it, with what it was made against. */
export interface JudgedPlan extends Plan {
  /** The cluster by its name in the trust file, and the UID of its Namespace kube-system (null where that may not be read). */
  cluster: { name: string; id: string | null }
  /** The Kubernetes version that the bundle was made for, and the server's. */
  kubernetes: { bundle: string; server: string }
  /**
   * A keyed digest of the site values that are put in place; null where there are none, or some are yet to be made. It can be made by
   * nobody who has not the key that the control plane keeps.
   */
  filling: string | null
  /** In the order in which they are applied; what is skipped is not here. */
  changes: JudgedChange[]
}
