import type { Part, Recipe } from '../site-values/recipe.ts'

/** A recipe that is carried out here; the others tell where a value comes from. */
export type MadeRecipe = Extract<Recipe, { made: 'password' | 'key' | 'certificate' | 'htpasswd' }>

/** The texts of one site value, by part. */
export type Parts = { [part in Part]?: string }

/** Makes secrets, by chance. What a value is made of (`of`): the parts of a certificate's issuer, the text of which an htpasswd is. */
export interface Maker {
  /** Carries out a recipe: all parts that it makes. Certificates begin a little before `now` (milliseconds since the epoch). */
  make(recipe: MadeRecipe, of: Parts | undefined, now: number): Promise<Parts>
  /**
   * The same parts made whole (the public half of a key), if they belong together and to what they are made of: the key to the certificate,
   * the certificate to its issuer, the hash to the text. Undefined if not.
   */
  completed(recipe: MadeRecipe, parts: Parts, of: Parts | undefined): Promise<Parts | undefined>
  /** When a certificate (PEM) ends, in milliseconds since the epoch; undefined where it is none. */
  endOf(certificate: string): number | undefined
  /** So many random bytes. */
  bytes(count: number): Uint8Array
}
