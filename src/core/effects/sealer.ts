import type { JsonObject } from '../json.ts'
import type { Outcome } from '../problem.ts'

/** A document in SOPS format, opened: decrypted, and its MAC found right. */
export interface Unsealed {
  /** The plain values, numbers exact. */
  values: JsonObject
  /** JSON pointers of the values that were encrypted, in the order of the document; sops has no ciphertext for empty text. */
  sealed: string[]
  /** The age recipients that it is sealed for. */
  recipients: string[]
}

export interface SealOptions {
  /** Who can open it: `age1…`. With `previous`, those of that document where none are named. */
  recipients?: string[]
  /** The document that is sealed anew: what did not change keeps its ciphertext, and if nothing did, the text is the same. */
  previous?: { text: string; file: string }
  /** Without `previous`: seals only what stands behind a key that this matches (RE2), as in `sops --encrypted-regex`. */
  encryptedRegex?: string
}

/** Reads and writes documents in SOPS format and files of age, with the identities that it was opened with. No problem holds a value. */
export interface Sealer {
  /** The public keys (`age1…`) of the identities at hand; none where there are none: sealing anew needs none. */
  readonly publicKeys: string[]
  /** Opens a document, YAML or JSON; `file` names it in problems. */
  openSealed(text: string, file: string): Promise<Outcome<Unsealed>>
  /** A document, in YAML (JSON where `previous` is), that sops decrypts to these values. */
  seal(values: JsonObject, options: SealOptions): Promise<Outcome<string>>
  /** Encrypts bytes as `age` does; armored (text) unless told otherwise. */
  sealBytes(
    bytes: Uint8Array,
    recipients: string[],
    options?: { armor?: boolean },
  ): Promise<Outcome<Uint8Array>>
  /** Decrypts a file of age, armored or not; `file` names it in problems. */
  openBytes(bytes: Uint8Array, file: string): Promise<Outcome<Uint8Array>>
}
