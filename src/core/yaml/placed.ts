import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { isObject, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'
import { suggest } from '../suggest.ts'
import { plainKey, plainValue, taggedValue } from './scalar.ts'
import type { Range, Source } from './source.ts'

/** Where a value stands, and the key that names it; an item of a list has none. */
interface Place {
  key?: Range
  value: Range
}

export interface Placed {
  /** Undefined where a part of it has no value; two equal keys alone do not take it away (the last one counts). */
  value: Json | undefined
  /** By JSON pointer. What an alias stands for has its place at the anchor. */
  places: Map<string, Place>
  problems: Problem[]
}

/** How many nodes may come out of aliases: some nested ones make billions of a few lines. */
const mostAliased = 10_000

const tooMany = Symbol('too many aliases')

/**
 * Gives the nodes of one document the meaning that Kubernetes gives them (scalar.ts), and remembers where each stands.
 * Two equal keys in one map, a key that is no text, `.inf`, a wrong tag, unknown, circular and too many aliases are problems.
 * Aliases and merge keys are followed as go-yaml does: a merge key sets its fields where it stands.
 */
export const placeNodes = (source: Source, root: Node): Placed => {
  const places = new Map<string, Place>()
  const problems: Problem[] = []
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | undefined>()
  const open = new Set<Node>()
  let aliased = 0
  let aliasDepth = 0
  let expanding = root

  const rangeOf = (node: Node): Range => [node.range?.[0] ?? 0, node.range?.[1] ?? 0]

  const refuse = (slug: string, node: Node, what: string, fix: string): null => {
    problems.push(
      problem({
        code: `declare/${slug}`,
        what: `${source.file}: ${what}.`,
        where: [source.at(rangeOf(node))],
        fix,
      }),
    )
    return null
  }

  const textOf = (node: Scalar): string => (typeof node.value === 'string' ? node.value : '')

  const scalar = (node: Scalar): Json => {
    const text = textOf(node)
    const plain = node.type === undefined || node.type === 'PLAIN'
    const value = node.tag !== undefined ? taggedValue(node.tag, text) : plain ? plainValue(text) : text
    if (value === undefined)
      return refuse(
        'wrong-tag',
        node,
        'the value is not what its tag says',
        'Remove the tag, or correct the value.',
      )
    if (typeof value === 'number' && !Number.isFinite(value))
      return refuse(
        'not-json',
        node,
        `${text} has no place in JSON`,
        'Write a number, or put it in quotes if it is meant as text.',
      )
    return value
  }

  const keyOf = (node: unknown): string | undefined => {
    const target = isAlias(node) ? targetOf(node) : (node as Node)
    if (isScalar(target)) {
      if (target.tag !== undefined || (target.type !== undefined && target.type !== 'PLAIN'))
        return textOf(target)
      const key = plainKey(textOf(target))
      if (key !== undefined) return key
    }
    refuse('bad-key', node as Node, 'a key must be text', 'Put the key in quotes. Nothing is templated here.')
    return undefined
  }

  const targetOf = (alias: Alias): Node | undefined => {
    if (!targets.has(alias)) targets.set(alias, anchors.get(alias.source))
    return targets.get(alias)
  }

  const follow = (alias: Alias, path: Path): Json => {
    const target = targetOf(alias)
    if (target === undefined) {
      const near = suggest(alias.source, anchors.keys())
      return refuse(
        'unknown-anchor',
        alias,
        `no anchor before it is named ${alias.source}`,
        near === undefined
          ? `Write &${alias.source} before the value that is meant.`
          : `Did you mean *${near}?`,
      )
    }
    if (open.has(target))
      return refuse(
        'circular-anchor',
        alias,
        `the value of the anchor ${alias.source} contains itself`,
        'Write the value out.',
      )
    if (aliasDepth === 0) expanding = alias
    aliasDepth += 1
    const value = valueOf(target, path)
    aliasDepth -= 1
    return value
  }

  const merge = (into: JsonObject, from: unknown, path: Path): void => {
    const node = isAlias(from) ? targetOf(from) : (from as Node | undefined)
    const sources = isSeq(node) ? (node.items as Node[]).toReversed() : [from as Node]
    for (const one of sources) {
      const fields = isAlias(one) ? follow(one, path) : valueOf(one, path)
      if (isObject(fields)) for (const key of Object.keys(fields)) setField(into, key, fields[key] as Json)
      else if (!isAlias(one) || targetOf(one) !== undefined)
        refuse('bad-merge', one, 'a merge key takes a map or a list of maps', 'Name an anchor of a map.')
    }
  }

  const isMergeKey = (key: unknown): boolean =>
    isScalar(key) && key.value === '<<' && key.type === 'PLAIN' && key.tag === undefined

  const map = (node: YAMLMap, path: Path): JsonObject => {
    const value: JsonObject = {}
    const first = new Map<string, Node>()
    for (const { key: keyNode, value: valueNode } of node.items.filter(isPair)) {
      if (isMergeKey(keyNode)) {
        merge(value, valueNode, path)
        continue
      }
      const key = keyOf(keyNode)
      if (key === undefined) continue
      const twin = first.get(key)
      if (twin !== undefined)
        refuse(
          'duplicate-key',
          keyNode as Node,
          `the key ${JSON.stringify(key)} stands twice in one map, first in line ${source.at(rangeOf(twin)).line}`,
          'Keep one of them.',
        )
      else first.set(key, keyNode as Node)
      const at = [...path, key]
      setField(value, key, valueNode === null ? null : valueOf(valueNode as Node, at))
      const keyRange = rangeOf(keyNode as Node)
      const place = places.get(pointerOf(at))
      places.set(pointerOf(at), { value: place?.value ?? keyRange, key: keyRange })
    }
    return value
  }

  const list = (node: YAMLSeq, path: Path): Json[] =>
    (node.items as Node[]).map((item, index) => valueOf(item, [...path, index]))

  const valueOf = (node: Node, path: Path): Json => {
    if (aliasDepth > 0) {
      aliased += 1
      if (aliased > mostAliased) throw tooMany
    }
    if (isAlias(node)) return follow(node, path)
    if (node.anchor !== undefined && aliasDepth === 0) anchors.set(node.anchor, node)
    open.add(node)
    const value = isScalar(node) ? scalar(node) : isMap(node) ? map(node, path) : list(node, path)
    open.delete(node)
    const range = rangeOf(node)
    if (range[1] > range[0]) places.set(pointerOf(path), { value: range })
    return value
  }

  try {
    const value = valueOf(root, [])
    const whole = problems.every((one) => one.code === 'declare/duplicate-key')
    return { value: whole ? value : undefined, places, problems }
  } catch (error) {
    if (error !== tooMany) throw error
    refuse(
      'too-many-aliases',
      expanding,
      `by this alias, the aliases of the file stand for more than ${mostAliased} values`,
      'Write fewer aliases within anchors.',
    )
    return { value: undefined, places, problems }
  }
}
