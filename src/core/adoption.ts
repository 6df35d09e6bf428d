import type { ObjectId } from './object.ts'
import type { HelmRelease } from './ownership/helm-release.ts'

/**
 * What an adoption does about one object:
 * - `ours`: nothing, it is ours already;
 * - `take`: what Helm owns of it becomes ours. `differs` are the JSON pointers at which the bundle and Helm's manifest say something else: what the next
 *   apply changes (null: Helm's manifest has it not); `restarts`: among them the template of its Pods;
 * - `remove`: Helm's release has it and the bundle has not: it becomes ours, so that the next apply prunes it;
 * - `keep`: the same, and it says of itself that it is kept: it is left alone;
 * - `create`: it is not there; the next apply makes it;
 * - `foreign`: it is there, and nothing says that Helm made it: the next apply asks about each of its fields.
 */
export type Fate = { id: ObjectId } & (
  | { will: 'ours' | 'remove' | 'keep' | 'create' }
  | { will: 'take'; differs: string[] | null; restarts: boolean }
  | { will: 'foreign'; managers: string[] }
)

/** What becomes of the objects of one release. `helm` is null where Helm knows no such release. */
export interface AdoptedRelease {
  release: string
  helm: (HelmRelease & { revision: number }) | null
  objects: Fate[]
}
