import { canonicalJson } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { sha256 } from '../digest.ts'
import { manifestPath } from './members.ts'

/** https://github.com/in-toto/attestation, spec/v1/statement.md */
const statementType = 'https://in-toto.io/Statement/v1'
/** https://slsa.dev/spec/v1.0/provenance */
const predicateType = 'https://slsa.dev/provenance/v1'
export const payloadType = 'application/vnd.in-toto+json'

/** A file that a statement speaks of, by name and digest (`sha256:…`). */
export interface Subject {
  name: string
  digest: string
}

/** An in-toto statement: that these files were made as `predicate` tells. */
export const statementOf = (subjects: Subject[], predicate: Json): JsonObject => ({
  _type: statementType,
  subject: subjects.map(({ name, digest }) => ({ name, digest: { sha256: digest.slice('sha256:'.length) } })),
  predicateType,
  predicate,
})

/** The bytes that every signature of a bundle is over: the statement that has bundle.json, as it is, for its subject. */
export const signedPayloadOf = (manifest: Uint8Array, predicate: Json): Uint8Array =>
  Buffer.from(canonicalJson(statementOf([{ name: manifestPath, digest: sha256(manifest) }], predicate)))

/**
 * DSSE's pre-authentication encoding, which is what a key signs.
 * Source: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export const preAuthEncoding = (type: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body])
