import type { Hook } from '../../core/hook.ts'
import { idOf, isCrd } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Phase } from '../../core/records.ts'

/** Whether an object runs only when somebody tests the release; it is left out. */
export const isTestOnly = (hook: Hook | undefined): boolean =>
  hook !== undefined && hook.events.every((event) => event === 'test')

/** Whether an object runs only when its release goes. */
export const isDeleteOnly = (hook: Hook): boolean =>
  hook.events.every((event) => event === 'pre-delete' || event === 'post-delete' || event === 'test')

/** When an object is applied. */
export const phaseOf = (object: KubeObject, hook: Hook | undefined): Phase => {
  if (hook && isDeleteOnly(hook)) return 'delete-hooks'
  if (isCrd(idOf(object))) return 'crds'
  return hook ? 'hooks' : 'main'
}
