import { canonicalJson, isObject, jsonOf } from '../json.ts'
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

/** How statements call the bytes of a bundle's file before its signatures. */
const contentsName = 'contents'

/** What a signature is over: bundle.json as it is, and the digest (`sha256:…`) of the file's bytes before the signatures. */
export interface Signed {
  manifest: Uint8Array
  contents: string
}

/** The bytes that every signature of a bundle is over: the statement that has these two for its subjects. */
export const signedPayloadOf = ({ manifest, contents }: Signed, predicate: Json): Uint8Array => {
  const subjects = [
    { name: manifestPath, digest: sha256(manifest) },
    { name: contentsName, digest: contents },
  ]
  return Buffer.from(canonicalJson(statementOf(subjects, predicate)))
}

/** The digest of the contents that a payload is about, where it is the statement about this bundle.json; undefined where it is another one. */
export const contentsIn = (manifest: Uint8Array, payload: Uint8Array): string | undefined => {
  const statement = jsonOf(payload)
  if (!isObject(statement) || !Array.isArray(statement.subject)) return undefined
  const [, subject] = statement.subject
  const digest = isObject(subject) && isObject(subject.digest) ? subject.digest.sha256 : undefined
  if (typeof digest !== 'string') return undefined
  const contents = `sha256:${digest}`
  const expected = signedPayloadOf({ manifest, contents }, statement.predicate ?? null)
  return Buffer.from(expected).equals(payload) ? contents : undefined
}

/**
 * DSSE's pre-authentication encoding, which is what a key signs.
 * Source: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export const preAuthEncoding = (type: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body])
