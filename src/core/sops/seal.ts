import { Pair, Scalar, YAMLMap, YAMLSeq, isMap, isScalar, isSeq } from 'yaml'
import type { Node } from 'yaml'
import { canonicalJson, isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { inline } from '../yaml/style.ts'
import { encryptLeaf, placeOf } from './cipher.ts'
import { keyOf, metadataKey } from './document.ts'
import { leafOf } from './leaf.ts'
import type { OpenDocument, OpenLeaf } from './open.ts'

const text = (content: string): Scalar => {
  const scalar = new Scalar(content)
  const written = inline(content)
  scalar.type = written.startsWith('"') ? 'QUOTE_DOUBLE' : written.startsWith("'") ? 'QUOTE_SINGLE' : 'PLAIN'
  return scalar
}

const plain = (content: string): Scalar => {
  const scalar = new Scalar(content)
  scalar.type = 'PLAIN'
  return scalar
}

/** How leaves are sealed: with which key, where, and with an initialization vector of chance for each. */
export interface Sealing {
  key: Uint8Array
  isEncrypted: (keys: readonly string[]) => boolean
  drawIv: () => Uint8Array
}

/** Nodes for values: every leaf that the rule wants sealed is encrypted. `leaves` learns what the new ones stand for. */
const nodesFor = ({ key, isEncrypted, drawIv }: Sealing, leaves: Map<Scalar, OpenLeaf>) => {
  const scalarOf = (value: Json, keys: string[]): Scalar => {
    const leaf = leafOf(value)
    if (leaf === undefined) throw new TypeError(`the value at ${keys.join('.')} was not checked`)
    const encrypted = leaf.type !== 'null' && isEncrypted(keys)
    const node = encrypted
      ? text(encryptLeaf(leaf, key, placeOf(keys), drawIv()))
      : typeof value === 'string'
        ? text(value)
        : plain(
            typeof value === 'boolean' || value === null ? String(value) : Buffer.from(leaf.bytes).toString(),
          )
    leaves.set(node, { leaf, encrypted })
    return node
  }
  const nodeOf = (value: Json, keys: string[]): Node => {
    if (Array.isArray(value)) {
      const list = new YAMLSeq()
      list.items = value.map((item) => nodeOf(item, keys))
      return list
    }
    if (!isObject(value)) return scalarOf(value, keys)
    const map = new YAMLMap()
    map.items = Object.keys(value)
      .sort()
      .map((name) => new Pair(text(name), nodeOf(value[name] as Json, [...keys, name])))
    return map
  }
  return nodeOf
}

/** Nodes of new values from scratch, keys sorted. */
export const sealAnew = (
  values: JsonObject,
  sealing: Sealing,
): { root: YAMLMap; leaves: Map<Scalar, OpenLeaf> } => {
  const leaves = new Map<Scalar, OpenLeaf>()
  return { root: nodesFor(sealing, leaves)(values, []) as YAMLMap, leaves }
}

const same = (one: Json | undefined, other: Json | undefined): boolean =>
  one !== undefined && other !== undefined && canonicalJson(one) === canonicalJson(other)

/** What became of a document's nodes: `reshaped` where more changed than scalars in their places. */
export interface Changes {
  replaced: [old: Scalar, next: Scalar][]
  reshaped: boolean
}

/**
 * Brings a document that was opened to new values, in place: what is equal keeps its node, and so its ciphertext and its
 * comments, also where it moved within a list; new keys go to the end of their map.
 */
export const sealChanges = (
  root: YAMLMap,
  { values: before, leaves }: OpenDocument,
  values: JsonObject,
  sealing: Sealing,
): Changes => {
  const nodeOf = nodesFor(sealing, leaves)
  const changes: Changes = { replaced: [], reshaped: false }
  const isComment = (node: unknown): boolean => isScalar(node) && leaves.get(node)?.leaf.type === 'comment'

  const replace = (node: unknown, value: Json, keys: string[]): Node => {
    const made = nodeOf(value, keys)
    if (!isScalar(node) || !isScalar(made)) {
      changes.reshaped = true
      return made
    }
    made.comment = node.comment ?? null
    made.commentBefore = node.commentBefore ?? null
    changes.replaced.push([node, made])
    return made
  }

  const changed = (node: unknown, old: Json, next: Json, keys: string[]): unknown => {
    if (same(old, next)) return node
    if (isMap(node) && isObject(old) && isObject(next)) return changeMap(node, old, next, keys)
    if (isSeq(node) && Array.isArray(old) && Array.isArray(next)) return changeList(node, old, next, keys)
    return replace(node, next, keys)
  }

  const changeMap = (map: YAMLMap, old: JsonObject, next: JsonObject, keys: string[]): YAMLMap => {
    const isMetadata = (pair: Pair): boolean => map === root && keyOf(pair) === metadataKey
    const kept = map.items.filter((pair) => isMetadata(pair) || Object.hasOwn(next, keyOf(pair)))
    for (const pair of kept.filter((one) => !isMetadata(one))) {
      const name = keyOf(pair)
      pair.value = changed(pair.value, old[name] as Json, next[name] as Json, [...keys, name])
    }
    const added = Object.keys(next)
      .filter((name) => !Object.hasOwn(old, name))
      .sort()
      .map((name) => new Pair<unknown>(text(name), nodeOf(next[name] as Json, [...keys, name])))
    if (added.length > 0 || kept.length < map.items.length) changes.reshaped = true
    const metadata = kept.findIndex(isMetadata)
    kept.splice(metadata < 0 ? kept.length : metadata, 0, ...added)
    map.items = kept
    if (added.length > 0) map.flow = false
    return map
  }

  /** Items go with the comments before them, which sops makes items of; what stands behind the last one stays last. */
  const changeList = (list: YAMLSeq, old: Json[], next: Json[], keys: string[]): YAMLSeq => {
    const groups: { comments: unknown[]; node: unknown }[] = []
    let comments: unknown[] = []
    for (const item of list.items)
      if (isComment(item)) comments.push(item)
      else {
        groups.push({ comments, node: item })
        comments = []
      }
    let start = 0
    while (start < Math.min(old.length, next.length) && same(old[start], next[start])) start++
    let end = 0
    while (end < Math.min(old.length, next.length) - start && same(old.at(-1 - end), next.at(-1 - end))) end++
    const middle = next.slice(start, next.length - end).map((value, index) => {
      const group = start + index < old.length - end ? groups[start + index] : undefined
      if (group === undefined) return { comments: [], node: nodeOf(value, keys) }
      return { ...group, node: changed(group.node, old[start + index] as Json, value, keys) }
    })
    const result = [...groups.slice(0, start), ...middle, ...groups.slice(groups.length - end)]
    list.items = [...result.flatMap((group) => [...group.comments, group.node]), ...comments]
    if (old.length !== next.length) {
      changes.reshaped = true
      if (next.length > 0) list.flow = false
    }
    return list
  }

  changed(root, before, values, [])
  return changes
}

/** The leaves of nodes in their order, which is what a MAC is made of. */
export const leavesIn = (root: YAMLMap, leaves: Map<Scalar, OpenLeaf>): OpenLeaf[] => {
  const found: OpenLeaf[] = []
  const walk = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) walk(item)
    if (isMap(node))
      for (const pair of node.items) if (node !== root || keyOf(pair) !== metadataKey) walk(pair.value)
    const leaf = isScalar(node) ? leaves.get(node) : undefined
    if (leaf) found.push(leaf)
  }
  walk(root)
  return found
}
