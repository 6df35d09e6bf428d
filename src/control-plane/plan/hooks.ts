import type { HookEvent } from '../../core/hook.ts'
import type { Inventory } from '../../core/inventory.ts'
import { keyOf } from '../../core/object.ts'
import { hookRun } from '../../core/plan.ts'
import type { PlannedHook } from '../../core/plan.ts'
import type { WantedObject } from '../../core/wanted.ts'

/**
 * The hooks of one event in Helm's order: by weight, then by name (helm v4 `pkg/action/hooks.go`). `resumed` is the inventory
 * of a run of the same bundle that was cut short: what it has finished is not run again.
 */
export const hooksFor = (
  objects: WantedObject[],
  event: HookEvent,
  resumed: Inventory | undefined,
): PlannedHook[] =>
  objects
    .flatMap(({ id, hook }) =>
      hook?.events.includes(event) ? [{ id, weight: hook.weight, key: keyOf(id) }] : [],
    )
    .sort(
      (a, b) =>
        a.weight - b.weight ||
        (a.id.name < b.id.name ? -1 : a.id.name > b.id.name ? 1 : 0) ||
        (a.key < b.key ? -1 : 1),
    )
    .map(({ id, weight }) => ({
      do: 'hook',
      id,
      event,
      weight,
      finished: resumed?.hooks.includes(hookRun(event, id)) ?? false,
    }))
