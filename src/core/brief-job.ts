import { mapAt } from './readiness/rule.ts'
import { groupKindOf, idOf } from './object.ts'
import type { KubeObject } from './object.ts'

/** A Job that its time to live removes once it is finished: that it is not there does not mean that it has not run. */
export const goesByItself = (object: KubeObject): boolean =>
  groupKindOf(idOf(object)) === 'Job.batch' && mapAt(object, 'spec')['ttlSecondsAfterFinished'] !== undefined
