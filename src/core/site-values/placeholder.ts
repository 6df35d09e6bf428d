import { sha256 } from '../digest.ts'
import type { KubeObject } from '../object.ts'
import type { Part } from './recipe.ts'
import { rewriteTexts } from './texts.ts'

const mark = 'scoutsitevalue'

/** Any placeholder: 32 letters and digits, which YAML, JSON, URLs, base64 and shells leave as they are. */
export const placeholderForm = new RegExp(`${mark}[0-9a-f]{18}`, 'g')

/**
 * What stands for one part of a site value in everything that is rendered. It tells nothing but which value it is. Another `salt` gives
 * another placeholder: a chart that transforms one shows by what then differs.
 */
export const placeholderOf = (id: string, part: Part, salt = ''): string =>
  `${mark}${sha256(`${salt}\n${id}\n${part}`).slice(-18)}`

/** All placeholders in the texts of an object, also those inside of base64. */
export const placeholdersIn = (object: KubeObject): Set<string> => {
  const found = new Set<string>()
  rewriteTexts(object, (text) => {
    for (const [placeholder] of text.matchAll(placeholderForm)) found.add(placeholder)
    return text
  })
  return found
}
