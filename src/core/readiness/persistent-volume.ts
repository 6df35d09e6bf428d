import { failed, mapAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

export const persistentVolume: ReadinessRule = {
  kinds: ['PersistentVolume'],
  readyWhen: 'its phase is `Available`, `Bound` or `Released`',
  failedWhen: 'its phase is `Failed`',
  judge: (object) => {
    const status = mapAt(object, 'status')
    const phase = textAt(status, 'phase')
    if (phase === 'Failed') return failed(textAt(status, 'message') || 'it could not be reclaimed')
    return ['Available', 'Bound', 'Released'].includes(phase) ? ready : waiting('it is not available yet')
  },
}
