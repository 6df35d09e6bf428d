import { isMap, isScalar, isSeq } from 'yaml'
import type { Scalar, YAMLMap } from 'yaml'
import { setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { readEncrypted } from './cipher.ts'
import { keyOf, metadataKey, readDocument, textOf } from './document.ts'
import type { SealedDocument } from './document.ts'
import type { LeafType } from './leaf.ts'
import { valueOf } from './leaf.ts'
import { readMetadata } from './metadata.ts'
import { clearLeaf } from './open.ts'
import { refusal } from './refusal.ts'
import { EndlessRegex, encryptedBy } from './rule.ts'

/** An encrypted value of a document: where it stands, and what it is, as far as that shows without the key. */
export interface SealedLeaf {
  pointer: string
  path: Path
  type: Exclude<LeafType, 'null' | 'comment'>
  line: number
  /** As it is encrypted. */
  text: string
}

/** A document in SOPS format as it is seen without the key. */
export interface Outline {
  recipients: string[]
  /** In the order of the document; not those that are empty, which sops does not encrypt. */
  leaves: SealedLeaf[]
  /** What the document holds, with `place` in place of each encrypted value. */
  valuesWith(place: (leaf: SealedLeaf) => Json): JsonObject
}

const nothing = Symbol('comment')

/** A chart may have a value of its own that is called `sops`. */
const isOfSops = ({ sops }: SealedDocument): boolean =>
  sops.items.some((pair) => ['mac', 'lastmodified'].includes(keyOf(pair)))

/**
 * Reads a file in SOPS format as far as that is possible without its key: the MAC is not checked. undefined where it is in another format, or is no YAML.
 * Problems: those of reading it and its metadata, `sops/not-encrypted` (in clear where its rule wants it sealed), `not-decrypted` (damaged, or
 * encrypted where the rule says it is not), `not-a-value`, `bad-rule`.
 */
export const outlineOf = (text: string, file: string): Outcome<Outline> | undefined => {
  // Reading it with all positions takes its time, and most files are in no such format.
  if (!/(?:^|[\s{,])["']?sops["']?\s*:/.test(text) || !/\bmac\b|lastmodified/.test(text)) return undefined
  const document = readDocument(text, file)
  if (!document.ok) {
    const isOther = document.problems.every(
      ({ code }) => code === 'sops/not-sealed' || code === 'sops/syntax',
    )
    return isOther || !text.includes('ENC[AES256_GCM,') ? undefined : document
  }
  if (!isOfSops(document.value)) return undefined
  const metadata = readMetadata(document.value)
  if (!metadata.ok) return metadata
  const { root, lineOf } = document.value
  const isEncrypted = encryptedBy(metadata.value.rule)
  const problems: Problem[] = []
  const leaves: SealedLeaf[] = []

  const refuse = (
    slug: string,
    node: Scalar,
    path: Path,
    what: string,
    why: string,
    fix = 'Restore the file from git.',
  ): void => {
    const line = lineOf(node)
    const name = `The value at ${pointerOf(path)} of ${file} (line ${line})`
    problems.push(refusal(slug, file, `${name} ${what}.`, fix, { line, why }))
  }
  const inClear = (node: Scalar, path: Path): void =>
    refuse(
      'not-encrypted',
      node,
      path,
      'ought to be encrypted and is not',
      'Everybody can read it.',
      'Take it out, write it with `sops edit` or `sops set`, and treat it as known to others.',
    )

  type Place = (leaf: SealedLeaf) => Json

  const scalar = (node: Scalar, keys: string[], path: Path, place: Place): Json | typeof nothing => {
    const plain = clearLeaf(node)
    const text = textOf(node)
    const wanted = isEncrypted(keys)
    const isNull = plain?.type === 'null'
    if (wanted && !isNull && plain?.type !== 'str') inClear(node, path)
    else if (wanted && !isNull && text !== '') {
      const read = readEncrypted(text)
      if (typeof read === 'string') {
        if (text.startsWith('ENC['))
          refuse('not-decrypted', node, path, read, 'Somebody or something changed the file outside of sops.')
        else inClear(node, path)
      } else if (read.type === 'comment') return nothing
      else return place({ pointer: pointerOf(path), path, type: read.type, line: lineOf(node), text })
    } else if (!wanted && typeof readEncrypted(text) !== 'string')
      refuse(
        'not-decrypted',
        node,
        path,
        'is encrypted, and by the rule of the file it is not',
        'Somebody or something changed the file outside of sops.',
      )
    const value = plain && valueOf(plain)
    if (value === undefined)
      refuse('not-a-value', node, path, 'is not what JSON can hold', 'It could not be passed on.')
    return value ?? null
  }

  const map = (node: YAMLMap, keys: string[], path: Path, place: Place): JsonObject => {
    const values: JsonObject = {}
    for (const pair of node.items) {
      const name = keyOf(pair)
      if (path.length === 0 && name === metadataKey) continue
      const value = valueAt(pair.value, [...keys, name], [...path, name], place)
      if (value !== nothing) setField(values, name, value)
    }
    return values
  }

  const valueAt = (node: unknown, keys: string[], path: Path, place: Place): Json | typeof nothing => {
    if (isScalar(node)) return scalar(node, keys, path, place)
    if (isMap(node)) return map(node, keys, path, place)
    if (!isSeq(node)) return null
    const values: Json[] = []
    for (const item of node.items) {
      const value = valueAt(item, keys, [...path, values.length], place)
      if (value !== nothing) values.push(value)
    }
    return values
  }

  try {
    map(root, [], [], (leaf) => {
      leaves.push(leaf)
      return null
    })
  } catch (error) {
    if (!(error instanceof EndlessRegex)) throw error
    const what = `sops.${metadata.value.rule.by} of ${file} takes too long on its keys.`
    return bad([refusal('bad-rule', file, what, 'Write a simpler expression.')])
  }
  const [first, ...rest] = problems
  if (first) return bad([first, ...rest])
  const recipients = metadata.value.age.map(({ recipient }) => recipient)
  return good({ recipients, leaves, valuesWith: (place) => map(root, [], [], place) })
}
