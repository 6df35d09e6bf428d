import type { Alphabet, Recipe } from '../../../../core/site-values/recipe.ts'
import { utf8Text } from '../../../../core/utf-8.ts'

/** The smallest first. */
const alphabets: { name: Alphabet; letters: RegExp; size: number }[] = [
  { name: 'digits', letters: /^\d+$/, size: 10 },
  { name: 'hex', letters: /^[0-9a-f]+$/, size: 16 },
  { name: 'lower-and-digits', letters: /^[a-z0-9]+$/, size: 36 },
  { name: 'letters', letters: /^[A-Za-z]+$/, size: 52 },
  { name: 'letters-and-digits', letters: /^[A-Za-z0-9]+$/, size: 62 },
]

/** How likely it may be that letters and digits, which most charts draw from, happened to give a smaller alphabet. */
const likelihood = 0.001

const alphabetOf = (texts: string[]): Alphabet | undefined => {
  const drawn = texts.join('')
  return alphabets.find(
    ({ letters, size }) => letters.test(drawn) && (size === 62 || (size / 62) ** drawn.length < likelihood),
  )?.name
}

/** The longest that a recipe makes. */
const longest = 512

const lengthOf = (texts: { length: number }[]): number | undefined => {
  const [length, ...others] = new Set(texts.map((text) => text.length))
  return others.length > 0 || length === undefined || length > longest ? undefined : length
}

/** The bytes that canonical base64 holds. */
const bytesOf = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  return text.length >= 8 && bytes.toString('base64') === text ? bytes : undefined
}

const plain = (texts: string[]): (Recipe & { made: 'password' }) | undefined => {
  const [alphabet, length] = [alphabetOf(texts), lengthOf(texts)]
  return alphabet === undefined || length === undefined
    ? undefined
    : { made: 'password', length, alphabet, base64: false }
}

/**
 * The password recipe that makes values like these (one a render): of the smallest alphabet that fits them all and that did not come by chance,
 * or the base64 of one. Random bytes in base64 become that of as many characters. undefined where lengths vary, or other signs occur.
 */
export const passwordLike = (texts: string[]): (Recipe & { made: 'password' }) | undefined => {
  const bytes = texts.map(bytesOf)
  if (bytes.every((one) => one !== undefined)) {
    const inner = bytes.map(utf8Text)
    const encoded = inner.every((one) => one !== undefined) ? plain(inner) : undefined
    if (encoded) return { ...encoded, base64: true }
    const length = lengthOf(bytes)
    if (plain(texts) === undefined && length !== undefined)
      return { made: 'password', length, alphabet: 'letters-and-digits', base64: true }
  }
  return plain(texts)
}
