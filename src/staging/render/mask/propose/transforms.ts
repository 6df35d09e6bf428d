import { createHash } from 'node:crypto'

/** As `adler32sum` writes it. Source: RFC 1950, 8.2. */
const adler32 = (value: string): string => {
  let [low, high] = [1, 0]
  for (const byte of Buffer.from(value)) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return String(high * 65_536 + low)
}

/** What charts make of a value, in words, and how it looks; a checksum is often cut short. */
const transforms: { [words: string]: (value: string) => string } = Object.assign(
  {
    'the URL form': encodeURIComponent,
    'the upper case form': (value: string) => value.toUpperCase(),
    'the lower case form': (value: string) => value.toLowerCase(),
    'the hexadecimal form': (value: string) => Buffer.from(value).toString('hex'),
    'the one-line form': (value: string) => value.replaceAll('\n', ''),
    'the adler32 checksum': adler32,
  },
  ...['md5', 'sha1', 'sha256', 'sha512'].map((name) => ({
    [`the ${name} checksum`]: (value: string) => createHash(name).update(value).digest('hex'),
    [`the ${name} checksum (base64)`]: (value: string) => createHash(name).update(value).digest('base64'),
    [`the ${name} checksum of the base64`]: (value: string) =>
      createHash(name).update(Buffer.from(value).toString('base64')).digest('hex'),
  })),
)

/** Checksums are cut no shorter than this. */
const shortest = 6

/** A value by the texts that it has in each render. */
export interface Known<Is> {
  is: Is
  texts: string[]
}

/**
 * What the texts of a field (one a render) hold of a known value, made into something else: whose it is, and what was made of it; undefined where
 * nothing that is known was transformed.
 */
export const transformOf = <Is>(
  texts: string[],
  known: Known<Is>[],
): { of: Is; words: string } | undefined => {
  for (const { is, texts: values } of known)
    for (const [words, transform] of Object.entries(transforms)) {
      const holds = texts.every((text, index) => {
        const value = values[index]
        const made = value === undefined || value === '' ? undefined : transform(value)
        if (made === undefined || made === value) return false
        return text.includes(made) || (text.length >= shortest && made.startsWith(text))
      })
      if (holds) return { of: is, words }
    }
  return undefined
}
