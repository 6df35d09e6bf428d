import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem, Problems } from '../problem.ts'
import { composeYaml } from '../yaml/compose.ts'
import { linesOf } from '../yaml/lines.ts'
import { readSource } from '../yaml/source.ts'
import { plainLeaf } from './leaf.ts'
import { refusal } from './refusal.ts'

/** Where sops keeps what it knows of a document, in the document. */
export const metadataKey = 'sops'

/** More than anybody seals; a tree of nodes takes many times its text. */
const longest = 16 * 1024 * 1024

/** A sealed document as nodes with positions: maps with text as keys, no key twice, no aliases, no merge keys. */
export interface SealedDocument {
  file: string
  text: string
  /** JSON, and to be written as JSON again. */
  isJson: boolean
  document: Document.Parsed
  root: YAMLMap
  /** The map below `sops`. */
  sops: YAMLMap
  lineOf(node: unknown): number
}

const isJsonText = (text: string): boolean => {
  if (!text.trimStart().startsWith('{')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A scalar that is written without quotes and tag, and so can be something else than text. */
export const isPlain = (node: Scalar): boolean =>
  node.tag === undefined && (node.type === undefined || node.type === 'PLAIN')

/** The text that a scalar was written with, escapes resolved. */
export const textOf = (node: Scalar): string => (typeof node.value === 'string' ? node.value : '')

/** The text of a key: checked on reading. */
export const keyOf = (pair: Pair): string => textOf(pair.key as Scalar)

const isText = (node: Scalar): boolean =>
  isPlain(node)
    ? plainLeaf(textOf(node))?.type === 'str' && textOf(node) !== '<<'
    : node.tag === undefined || node.tag === 'tag:yaml.org,2002:str'

/** Everything in the nodes that sops would never have written, or could not have read. */
const faultsOf = (
  node: unknown,
  refuse: (slug: string, node: unknown, what: string, fix: string) => void,
): void => {
  if (isAlias(node)) refuse('alias', node, 'an alias', 'Write the value out.')
  if (isSeq(node)) for (const item of node.items) faultsOf(item, refuse)
  if (!isMap(node)) return
  const seen = new Set<string>()
  for (const { key, value } of node.items) {
    if (!isScalar(key) || !isText(key))
      refuse(
        'bad-key',
        key,
        'a key that is no text (or a merge key)',
        'Put the key in quotes; write merged fields out.',
      )
    else if (seen.has(textOf(key)))
      refuse(
        'duplicate-key',
        key,
        `the key ${JSON.stringify(textOf(key))} twice in one map`,
        'Keep one of them.',
      )
    else seen.add(textOf(key))
    faultsOf(value, refuse)
  }
}

/**
 * Reads the nodes of a document in SOPS format, YAML or JSON, and checks its shape; nothing is decrypted. Problems: `sops/too-large`,
 * `syntax`, `several-documents`, `not-sealed`, `alias`, `bad-key`, `duplicate-key`.
 */
export const readDocument = (text: string, file: string): Outcome<SealedDocument> => {
  const refuse = (
    slug: string,
    what: string,
    fix: string,
    line?: number,
  ): { ok: false; problems: Problems } =>
    bad([refusal(slug, file, what, fix, line === undefined ? {} : { line })])
  if (text.length > longest)
    return refuse(
      'too-large',
      `${file} has ${text.length} characters; at most ${longest} are read.`,
      'Divide it.',
    )
  const isJson = isJsonText(text)
  // The one control character that JSON lets stand in a string and YAML does not.
  const source = readSource(file, Buffer.from(isJson ? text.replaceAll('\x7F', '\\u007F') : text))
  const composed = source.ok ? composeYaml(source.value) : source
  if (!source.ok || !composed.ok) {
    // Their words and excerpts show the text, which may be a secret that nobody sealed.
    const where = composed.ok ? undefined : composed.problems[0].where[0]
    const line = where?.in === 'file' ? where.line : undefined
    const place = line === undefined ? '' : `, line ${line}`
    return refuse('syntax', `${file} is not YAML that can be read${place}.`, 'Restore it from git.', line)
  }
  const [document, ...others] = composed.value
  if (others.length > 0)
    return refuse(
      'several-documents',
      `${file} holds several YAML documents.`,
      'Seal each in a file of its own.',
    )
  const root = document?.contents
  const sops = isMap(root)
    ? root.items.find(({ key }) => isScalar(key) && key.value === metadataKey)
    : undefined
  if (document === undefined || !isMap(root) || !isMap(sops?.value))
    return refuse(
      'not-sealed',
      `${file} is not in SOPS format: it has no map \`sops\` at its top.`,
      `If its values are in clear, seal it (sops encrypt), and treat them as known to others.`,
    )
  const lineAt = linesOf(source.value.text)
  const lineOf = (node: unknown): number => lineAt((node as Node | null)?.range?.[0] ?? 0).number
  const found: Problem[] = []
  faultsOf(root, (slug, node, what, fix) => {
    const line = lineOf(node)
    found.push(refusal(slug, file, `${file}, line ${line}, has ${what}.`, fix, { line }))
  })
  const [first, ...rest] = found
  if (first) return bad([first, ...rest])
  return good({
    file,
    text: source.value.text,
    isJson,
    document,
    root: root as YAMLMap,
    sops: sops.value as YAMLMap,
    lineOf,
  })
}
