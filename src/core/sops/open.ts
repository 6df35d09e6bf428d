import { isMap, isScalar, isSeq } from 'yaml'
import type { Scalar, YAMLMap } from 'yaml'
import { setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { taggedValue } from '../yaml/scalar.ts'
import { decryptLeaf, placeOf } from './cipher.ts'
import { isPlain, keyOf, metadataKey, textOf } from './document.ts'
import type { SealedDocument } from './document.ts'
import { leafOf, plainLeaf, valueOf } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { macOf } from './mac.ts'
import type { Metadata } from './metadata.ts'
import { refusal } from './refusal.ts'
import { EndlessRegex, encryptedBy } from './rule.ts'

/** What a node of a document stands for. */
export interface OpenLeaf {
  leaf: Leaf
  encrypted: boolean
}

/** A document decrypted, its MAC found right. */
export interface OpenDocument {
  values: JsonObject
  /** Pointers of the values that were encrypted, in the order of the document. */
  sealed: string[]
  /** All leaves in the order of the document, comments in lists (which sops makes items of) included. */
  leaves: Map<Scalar, OpenLeaf>
}

/** What a scalar is, taken as it stands. */
export const clearLeaf = (node: Scalar): Leaf | undefined => {
  const text = textOf(node)
  if (isPlain(node)) return plainLeaf(text)
  const value = node.tag === undefined ? text : taggedValue(node.tag, text)
  return value === undefined ? undefined : leafOf(value)
}

/** A comment in a list: no value. */
const nothing = Symbol('comment')

/**
 * Decrypts every leaf and checks the MAC over all of them. Problems: `sops/not-decrypted` (altered, cut off, of an unknown type),
 * `not-encrypted` (in clear where the rule wants it sealed), `not-a-value`, `wrong-mac`, `bad-rule`. No value is in them.
 */
export const decryptDocument = (
  { file, root, lineOf }: SealedDocument,
  { rule, macOnlyEncrypted, mac, lastModified }: Metadata,
  key: Uint8Array,
): Outcome<OpenDocument> => {
  const isEncrypted = encryptedBy(rule)
  const problems: Problem[] = []
  const sealed: string[] = []
  const leaves = new Map<Scalar, OpenLeaf>()

  const refuse = (slug: string, node: Scalar, path: Path, what: string, why: string): null => {
    const line = lineOf(node)
    const name = `The value at ${pointerOf(path)} of ${file} (line ${line})`
    problems.push(refusal(slug, file, `${name} ${what}.`, 'Restore the file from git.', { line, why }))
    return null
  }

  const leafAt = (node: Scalar, keys: string[], path: Path): Leaf | null => {
    const plain = clearLeaf(node)
    if (!isEncrypted(keys) || plain?.type === 'null')
      return (
        plain ?? refuse('not-a-value', node, path, 'is not what JSON can hold', 'It could not be passed on.')
      )
    if (plain?.type !== 'str')
      return refuse('not-encrypted', node, path, 'ought to be encrypted and is not', 'sops would refuse it.')
    const leaf = decryptLeaf(textOf(node), key, placeOf(keys))
    return typeof leaf === 'string'
      ? refuse('not-decrypted', node, path, leaf, 'Somebody or something changed the file outside of sops.')
      : leaf
  }

  const scalar = (node: Scalar, keys: string[], path: Path): Json | typeof nothing => {
    const leaf = leafAt(node, keys, path)
    if (leaf === null) return null
    const encrypted = leaf.type !== 'null' && isEncrypted(keys)
    leaves.set(node, { leaf, encrypted })
    if (leaf.type === 'comment') return nothing
    if (encrypted && leaf.bytes.length > 0) sealed.push(pointerOf(path))
    const value = valueOf(leaf)
    return value === undefined
      ? refuse('not-a-value', node, path, 'is not text in UTF-8', 'JSON could not hold it.')
      : value
  }

  const map = (node: YAMLMap, keys: string[], path: Path): JsonObject => {
    const values: JsonObject = {}
    for (const pair of node.items) {
      const name = keyOf(pair)
      if (path.length === 0 && name === metadataKey) continue
      const value = valueAt(pair.value, [...keys, name], [...path, name])
      if (value !== nothing) setField(values, name, value)
    }
    return values
  }

  const valueAt = (node: unknown, keys: string[], path: Path): Json | typeof nothing => {
    if (isScalar(node)) return scalar(node, keys, path)
    if (isMap(node)) return map(node, keys, path)
    if (!isSeq(node)) return null
    const values: Json[] = []
    for (const item of node.items) {
      const value = valueAt(item, keys, [...path, values.length])
      if (value !== nothing) values.push(value)
    }
    return values
  }

  try {
    const values = map(root, [], [])
    const [first, ...rest] = problems
    if (first) return bad([first, ...rest])
    const written = decryptLeaf(mac, key, lastModified)
    const right =
      typeof written !== 'string' &&
      Buffer.from(written.bytes).toString() === macOf(leaves.values(), macOnlyEncrypted)
    if (!right)
      return bad([
        refusal(
          'wrong-mac',
          file,
          `The MAC of ${file} (sops.mac) is not that of its values.`,
          'Restore it from git; change it with sops only.',
          {
            why: 'Values, their order or the time of the last change were altered outside of sops.',
          },
        ),
      ])
    return good({ values, sealed, leaves })
  } catch (error) {
    if (!(error instanceof EndlessRegex)) throw error
    return bad([
      refusal(
        'bad-rule',
        file,
        `sops.${rule.by} of ${file} takes too long on its keys.`,
        'Write a simpler expression.',
      ),
    ])
  }
}
