import { none } from '../finder.ts'
import type { Finder } from '../finder.ts'
import { tokensIn } from '../tokens.ts'

/** What looks like an image anywhere else: the host of a known registry, and a tag or a digest. */
export const suspect: Finder = {
  id: 'suspect',
  tier: 'C',
  finds: 'anything else, in any text, that has the host of a known registry and a tag or a digest',
  inText: (text, { isRegistry }) => {
    const tokens = tokensIn(text, isRegistry)
    return tokens.length === 0
      ? none
      : tokens.map(({ start, end, text: token }) => ({
          parts: [{ role: 'reference', at: [], text: token, span: [start, end] }],
        }))
  },
}
