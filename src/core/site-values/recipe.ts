import type { ObjectId } from '../object.ts'

/** Letters that a password is made of. */
export type Alphabet = 'letters-and-digits' | 'lower-and-digits' | 'letters' | 'digits' | 'hex'

/**
 * How a site value comes to be, once, on the control plane. References name other site values: `NAME` of the same release, or `RELEASE/NAME`,
 * here always in the second form.
 */
export type Recipe =
  | { made: 'password'; length: number; alphabet: Alphabet; base64: boolean }
  | { made: 'key'; bits: number }
  | {
      made: 'certificate'
      commonName: string
      /** It may sign others. */
      authority: boolean
      dnsNames: string[]
      ipAddresses: string[]
      days: number
      /** The certificate that signs it; null: it signs itself. */
      issuer: string | null
    }
  /** A line of an htpasswd file (bcrypt) for another value; `user` is null where only the hash is wanted. */
  | { made: 'htpasswd'; user: string | null; of: string }
  /** A person gives it to scout-apply, which keeps it. */
  | { made: 'supplied' }
  /** Read at each apply from a Secret that people make on the cluster; not kept. */
  | { made: 'read'; secret: string; namespace: string; key: string }
  /** Travels encrypted with the bundle: the text at `pointer` of a file in SOPS format; the control plane has the key. */
  | SealedRecipe

/** `file` is a path from the site's root. */
export type SealedRecipe = { made: 'sealed'; file: string; pointer: string }

/** What a recipe makes: one value, or the parts of a pair. `key` is a private key, PEM (PKCS #1 RSA); `public` its public half, PEM. */
export type Part = 'value' | 'certificate' | 'key' | 'public'

/** The parts that a recipe makes; the first is meant where none is named. */
export const partsOf = ({ made }: Recipe): readonly Part[] =>
  made === 'certificate' ? ['certificate', 'key'] : made === 'key' ? ['key', 'public'] : ['value']

/** The id of what a value is made of: its issuer, or what it is the hash of; undefined for one that stands by itself. */
export const madeOf = (recipe: Recipe): string | undefined =>
  recipe.made === 'certificate'
    ? (recipe.issuer ?? undefined)
    : recipe.made === 'htpasswd'
      ? recipe.of
      : undefined

/** Whether a certificate may be signed by this one. */
export const isAuthority = (recipe: Recipe): boolean => recipe.made === 'certificate' && recipe.authority

/** Whether an htpasswd may be of this value. */
export const isPassword = ({ made }: Recipe): boolean => ['password', 'supplied', 'read'].includes(made)

/** The id of a value that is read: whoever names the same key of the same Secret means the same value. */
export const idOfRead = ({ namespace, secret, key }: Omit<Recipe & { made: 'read' }, 'made'>): string =>
  `secret:${namespace}/${secret}/${key}`

/** The id of a text that a values file holds sealed: all releases that name the file mean the same value. */
export const idOfSealed = ({ file, pointer }: Omit<SealedRecipe, 'made'>): string => `sops:${file}#${pointer}`

/** Whether a sealed value stands in a values file, and reaches the chart through it; the others are read from what the chart makes. */
export const isInValues = ({ id, recipe }: Pick<SiteValue, 'id' | 'recipe'>): boolean =>
  recipe.made === 'sealed' && id === idOfSealed(recipe)

/** How a release keeps a field sealed. */
export const keptSealed = (release: string, environment: string, name: string): SealedRecipe => ({
  made: 'sealed',
  file: `releases/${release}/sealed.${environment}.yaml`,
  pointer: `/values/${name}`,
})

/**
 * Where a chart puts what it makes up: a field of an object, or a key of a Secret (decoded), or the part of that text between `after` and
 * `before` ('' for its start and its end).
 */
export interface Place {
  object: ObjectId
  field: { in: 'secret'; key: string } | { in: 'object'; pointer: string }
  part: Part
  after: string
  before: string
}

/** One site value as a release declares it. */
export interface SiteValue {
  /** `RELEASE/NAME`; `secret:NAMESPACE/NAME/KEY` for one that is read; `sops:FILE#POINTER` for one of a sealed values file. */
  id: string
  recipe: Recipe
  /** Empty for one that reaches the chart through its values or through `lookup`. */
  places: Place[]
}
