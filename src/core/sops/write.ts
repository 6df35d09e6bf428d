import { Document, Pair, Scalar, YAMLMap, YAMLSeq, isMap, isScalar, isSeq, visit } from 'yaml'
import type { Node } from 'yaml'
import { isPlain, keyOf, metadataKey, textOf } from './document.ts'
import type { SealedDocument } from './document.ts'
import type { WrappedKey } from './metadata.ts'
import type { Changes } from './seal.ts'
import { inline } from '../yaml/style.ts'

/** The release of sops whose format is written. */
const formatVersion = '3.13.3'

/** What of `sops` changes with the content; `age` where the recipients do as well. */
export interface Stamp {
  mac: string
  lastModified: string
  age?: WrappedKey[]
}

/** The style of sops's own writer, so that `sops edit` changes only what was edited. */
const style = { indent: 4, indentSeq: true, lineWidth: 0, doubleQuotedAsJSON: true } as const

/** Characters that go-yaml refuses, or takes for line ends: they stand in double quotes, as escapes. */
const odd = /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g

/** Text of a document, its scalars as they were written where any reader reads that alike; keys on one line. */
const print = (document: Document): string => {
  visit(document, {
    Scalar: (place, node) => {
      const text = textOf(node)
      if (text.search(odd) >= 0 || (place === 'key' && text.includes('\n'))) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document
    .toString(style)
    .replaceAll(odd, (sign) => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
}

const scalar = (text: string, type: Scalar.Type): Scalar => {
  const node = new Scalar(text)
  node.type = type
  return node
}

const mapOf = (fields: [name: string, node: Node][]): YAMLMap => {
  const map = new YAMLMap()
  map.items = fields.map(([name, node]) => new Pair(scalar(name, 'PLAIN'), node))
  return map
}

const ageList = (keys: WrappedKey[]): YAMLSeq => {
  const list = new YAMLSeq()
  list.items = keys.map(({ enc, recipient }) =>
    mapOf([
      ['enc', scalar(enc, 'BLOCK_LITERAL')],
      ['recipient', scalar(recipient, 'PLAIN')],
    ]),
  )
  return list
}

/** A document from scratch, in YAML; `rule` is the field of `sops` that says what is sealed. */
export const writeAnew = (
  root: YAMLMap,
  { mac, lastModified, age = [] }: Stamp,
  rule: { field: string; text: string },
): string => {
  const fields: [string, Node][] = [
    ['age', ageList(age)],
    ['lastmodified', scalar(lastModified, 'QUOTE_DOUBLE')],
    ['mac', scalar(mac, 'PLAIN')],
    [rule.field, scalar(rule.text, rule.field.endsWith('_suffix') ? 'PLAIN' : 'QUOTE_DOUBLE')],
    ['version', scalar(formatVersion, 'PLAIN')],
  ]
  fields.sort(([one], [other]) => (one < other ? -1 : 1))
  root.items.push(new Pair(scalar(metadataKey, 'PLAIN'), mapOf(fields)))
  const document = new Document(null, { schema: 'failsafe', version: '1.1' })
  document.contents = root as typeof document.contents
  return print(document)
}

const jsonOf = (node: unknown, margin: string): string => {
  const deeper = `${margin}\t`
  const lines = (open: string, items: string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${deeper}${items.join(`,\n${deeper}`)}\n${margin}${close}`
  if (isMap(node))
    return lines(
      '{',
      node.items.map((pair) => `${JSON.stringify(keyOf(pair))}: ${jsonOf(pair.value, deeper)}`),
      '}',
    )
  if (isSeq(node))
    return lines(
      '[',
      node.items.map((item) => jsonOf(item, deeper)),
      ']',
    )
  return isScalar(node) && !(isPlain(node) && isJsonWord(textOf(node)))
    ? JSON.stringify(textOf(node))
    : textOf(node as Scalar)
}

const isJsonWord = (text: string): boolean => /^(?:null|true|false|-?\d[\d.eE+-]*)$/.test(text)

const setText = (sops: YAMLMap, name: string, node: Node): void => {
  const pair = sops.items.find((one) => keyOf(one) === name)
  if (pair) pair.value = node
  else sops.items.push(new Pair(scalar(name, 'PLAIN'), node))
}

type Edit = readonly [node: Scalar, text: string]

/** The text of a part of a document with some scalars replaced; undefined where one cannot be replaced where it stands. */
const spliced = (text: string, [from, to]: readonly [number, number], edits: Edit[]): string | undefined => {
  let out = text.slice(from, to)
  for (const [node, next] of edits.toSorted(([one], [other]) => other.range![0] - one.range![0])) {
    const [start, end] = node.range!
    const old = text.slice(start, end)
    if (old === '' || old.includes('\n') || node.tag !== undefined) return undefined
    out = out.slice(0, start - from) + next + out.slice(end - from)
  }
  return out
}

const inlineText = (node: Scalar, isJson: boolean): string => {
  if (node.type === 'PLAIN' && (!isJson || isJsonWord(textOf(node)))) return textOf(node)
  return isJson ? JSON.stringify(textOf(node)) : inline(textOf(node))
}

/** A document printed, the text of its `sops` put in as it is. The MAC, which is like no other text, keeps its place meanwhile. */
const printAround = (document: Document, pair: Pair, block: string, mac: string): string => {
  pair.value = scalar(mac, 'PLAIN')
  const [before = '', after = ''] = print(document).split(mac)
  return before.replace(/["']?sops["']? *: $/, () => block) + after
}

/**
 * A document whose nodes were changed, as text: YAML, or JSON where it was. Where only scalars were replaced, the rest stays byte for
 * byte; else `sops` does. What is unknown in `sops` stays.
 */
export const writeChanged = (
  { document, root, sops, isJson, text }: SealedDocument,
  { mac, lastModified, age }: Stamp,
  { replaced, reshaped }: Changes,
): string => {
  if (age === undefined) {
    const stamp = sops.items.flatMap(({ key, value }): Edit[] => {
      const name = textOf(key as Scalar)
      if (name === 'mac') return [[value as Scalar, isJson ? JSON.stringify(mac) : mac]]
      return name === 'lastmodified' ? [[value as Scalar, `"${lastModified}"`]] : []
    })
    const edits = replaced.map(([old, next]): Edit => [old, inlineText(next, isJson)])
    const whole = reshaped ? undefined : spliced(text, [0, text.length], [...edits, ...stamp])
    if (whole !== undefined) return whole
    const pair = root.items.find((one) => one.value === sops)!
    const block = spliced(text, [(pair.key as Scalar).range![0], sops.range![1]], stamp)
    if (block !== undefined && !isJson) return printAround(document, pair as Pair, block.trimEnd(), mac)
  }
  setText(sops, 'mac', scalar(mac, isJson ? 'QUOTE_DOUBLE' : 'PLAIN'))
  setText(sops, 'lastmodified', scalar(lastModified, 'QUOTE_DOUBLE'))
  if (age) setText(sops, 'age', ageList(age))
  return isJson ? `${jsonOf(root, '')}\n` : print(document)
}
