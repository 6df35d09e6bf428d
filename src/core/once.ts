import type { RenderedRelease } from './records.ts'

/** Gives what `work` gives for a release, be it worked out now or known of an earlier run for which all that it depends on was the same. */
export type Once<T> = (release: RenderedRelease, work: () => T) => T

/** Knows nothing of earlier runs. */
export const anew = <T>(_: RenderedRelease, work: () => T): T => work()
