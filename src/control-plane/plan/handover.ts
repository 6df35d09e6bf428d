import { partOf, setIdOf } from '../../core/applyset.ts'
import type { KubeObject } from '../../core/object.ts'

/** Which of the sets that may hand objects over has this one; undefined where none of them has. */
export const handingOver = (
  object: KubeObject,
  takeFrom: ReadonlySet<string> | undefined,
): string | undefined => {
  const owner = partOf(object)
  return owner === undefined ? undefined : Array.from(takeFrom ?? []).find((set) => setIdOf(set) === owner)
}
