import { isNamespace } from '../../core/namespaces.ts'
import { groupKindOf } from '../../core/object.ts'
import { inOrder } from '../../core/order.ts'
import type { Action, PlannedRelease } from '../../core/plan.ts'
import { kindsOfCrd } from '../../core/target.ts'
import type { WantedObject } from '../../core/wanted.ts'

/** What is done about the main objects of a release, line by line in the order in which they are applied. */
export const linesOf = (
  objects: WantedObject[],
  act: (one: WantedObject) => Action,
): PlannedRelease['lines'] => {
  const main = objects.filter((one) => one.phase === 'main' && !isNamespace(one.id))
  const ownKinds = new Set(
    objects.filter((one) => one.phase === 'crds').flatMap((one) => kindsOfCrd(one.object).map(groupKindOf)),
  )
  return inOrder(main, ownKinds).map(({ name, afterWorkloads, objects: together }) => ({
    name,
    afterWorkloads,
    actions: together.map(act),
  }))
}
