import { resourceVersionOf } from '../../core/live.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { isCustom } from '../../core/order.ts'
import { conditionsOf, mapAt, numberAt } from '../../core/readiness/rule.ts'
import type { Run } from './run.ts'

/** How long a controller is given to write anything about a change, in milliseconds; it may have nothing to say. */
const patience = 10_000

const generationOf = (object: KubeObject): number => numberAt(object.metadata, 'generation', 0)

/** Whether a status says which generation it speaks of: itself, or by a condition. */
const namesGeneration = (object: KubeObject): boolean =>
  mapAt(object, 'status')['observedGeneration'] !== undefined ||
  conditionsOf(object).some((one) => one.observedGeneration !== undefined)

/** Notes that a custom resource has just been changed by us. */
export const noteChange = (run: Run, before: KubeObject | undefined, after: KubeObject): void => {
  if (!isCustom(idOf(after)) || before === undefined || generationOf(before) === generationOf(after)) return
  run.unheard.set(keyOf(idOf(after)), {
    resourceVersion: resourceVersionOf(after),
    until: run.clock.now() + patience,
  })
}

/**
 * Whether the status of an object is surely the one from before our change: it names no generation, and nobody has written the object since. After
 * a while that is taken for the answer: a controller that has nothing to do writes nothing.
 */
export const isUnheard = (run: Run, live: KubeObject): boolean => {
  const change = run.unheard.get(keyOf(idOf(live)))
  return (
    change !== undefined &&
    change.resourceVersion === resourceVersionOf(live) &&
    run.clock.now() < change.until &&
    Object.keys(mapAt(live, 'status')).length > 0 &&
    !namesGeneration(live)
  )
}
