import { sha256 } from '../digest.ts'
import type { KubeObject } from '../object.ts'
import type { Part } from './recipe.ts'
import { rewriteText, rewriteTexts } from './texts.ts'

const mark = 'scoutsitevalue'

/** A salted one begins otherwise, is longer, and has large letters, `-` and `_`: what is cut, lowered or counted differs as well. */
const salted = { mark: 'TwinOf-', tail: '_LongerThanTheOtherSoThatWhatIsCutDiffers' }

/** Any placeholder. Those that stay are 32 letters and digits, which YAML, JSON, URLs, base64 and shells leave as they are. */
export const placeholderForm = new RegExp(`${mark}[0-9a-f]{18}|${salted.mark}[0-9a-f]{18}${salted.tail}`, 'g')

/**
 * What stands for one part of a site value in everything that is rendered. It tells nothing but which value it is. With a `salt` it is another
 * one of another form: a chart that makes something of a placeholder shows by what then differs.
 */
export const placeholderOf = (id: string, part: Part, salt = ''): string => {
  const digest = sha256(`${salt}\n${id}\n${part}`).slice(-18)
  return salt === '' ? `${mark}${digest}` : `${salted.mark}${digest}${salted.tail}`
}

/** All placeholders in the texts of an object, also those inside of base64. */
export const placeholdersIn = (object: KubeObject): Set<string> => {
  const found = new Set<string>()
  rewriteTexts(object, (text) => {
    for (const [placeholder] of text.matchAll(placeholderForm)) found.add(placeholder)
    return text
  })
  return found
}

/** Whether a text holds a placeholder, also inside of base64: it is what was rendered, and never filled in. */
export const holdsPlaceholder = (text: string): boolean => {
  let found = false
  rewriteText(text, [], (one) => {
    found ||= one.search(placeholderForm) >= 0
    return one
  })
  return found
}
