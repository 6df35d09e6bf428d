import { placeholderOf } from './placeholder.ts'
import type { Part } from './recipe.ts'

/** How a values file names a site value: `$(site:NAME)`, `$(site:NAME.PART)`, `$(site:RELEASE/NAME)`. */
export const tokenForm = /\$\(site:([^)\s]*)\)/g

/** By what stands between `$(site:` and `)`: the value that is meant. */
export type Tokens = { [written: string]: { id: string; part: Part } }

/** A text with the placeholder of each token in its place. Tokens that name nothing, which `declare` refuses, stay. */
export const withPlaceholders = (text: string, tokens: Tokens, salt: string): string =>
  text.replaceAll(tokenForm, (token, written: string) => {
    const meant = Object.hasOwn(tokens, written) ? tokens[written] : undefined
    return meant === undefined ? token : placeholderOf(meant.id, meant.part, salt)
  })
