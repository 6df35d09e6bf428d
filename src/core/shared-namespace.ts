import { partOf } from './applyset.ts'
import type { Live } from './live.ts'
import { isNamespace, isReserved } from './namespaces.ts'
import { keyOf } from './object.ts'
import type { ObjectId } from './object.ts'

/** A Namespace that belongs to the system or to another set: we only put labels on it. */
export const isShared = (id: ObjectId, live: Pick<Live, 'others'>): boolean => {
  if (!isNamespace(id)) return false
  const other = live.others.get(keyOf(id))
  return isReserved(id.name) || (other !== undefined && partOf(other) !== undefined)
}
