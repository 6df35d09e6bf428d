/** One private key, which stays where it is: a stage asks it to sign and never sees it. */
export interface Signer {
  /** The name by which trust files know the key. */
  name: string
  /** The public half, PEM (SPKI). */
  publicKey: string
  /** A signature over exactly these bytes: raw for Ed25519, DER for ECDSA P-256 with SHA-256. */
  sign(content: Uint8Array): Promise<Uint8Array>
}
