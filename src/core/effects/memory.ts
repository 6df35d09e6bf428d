import type { Json } from '../json.ts'

/** What earlier runs worked out, by a digest of all that it depends on. It may have forgotten anything. */
export interface Memory {
  recall(key: string): Promise<Json | undefined>
  keep(key: string, value: Json): Promise<void>
  /** Whether something lies under a key; it may be damaged, and not be recalled. */
  holds(key: string): boolean
  /** The digest of what this run has recalled or kept under a key; undefined where it is not there to be recalled. */
  digestOf(key: string): string | undefined
}

/** No memory at all: everything is worked out anew. */
export const forgetful: Memory = {
  recall: async () => undefined,
  keep: async () => {},
  holds: () => false,
  digestOf: () => undefined,
}
