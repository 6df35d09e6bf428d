import { setTimeout as timeout } from 'node:timers/promises'
import type { Clock } from '../core/effects/clock.ts'

/** The machine's clock. A sleep that is aborted ends early, and quietly: whoever slept looks at the signal. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await timeout(milliseconds, undefined, signal && { signal })
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
