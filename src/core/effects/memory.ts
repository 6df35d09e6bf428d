import type { Json } from '../json.ts'

/** What earlier runs worked out, by a digest of all that it depends on. It may have forgotten anything. */
export interface Memory {
  recall(key: string): Promise<Json | undefined>
  keep(key: string, value: Json): Promise<void>
}

/** No memory at all: everything is worked out anew. */
export const forgetful: Memory = {
  recall: async () => undefined,
  keep: async () => {},
}
