import { isMap, isScalar, parseDocument } from 'yaml'

/**
 * A YAML text with further entries in one of its maps; nothing else of it is touched. `block` is `KEY:` on a line and entries below, indented by two;
 * where the text has no KEY, it is appended whole. Undefined where KEY is no map of lines, or has one of these entries already.
 */
export const withEntries = (text: string, key: string, block: string): string | undefined => {
  const document = parseDocument(text)
  const map = document.get(key, true)
  if (map === undefined) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${block}`
  const first = isMap(map) && map.flow !== true ? map.items[0]?.key : undefined
  if (!isMap(map) || !isScalar(first) || !first.range) return undefined
  const names = Object.keys((parseDocument(block).toJS() as { [key: string]: object })[key] ?? {})
  if (names.some((name) => map.has(name))) return undefined
  const lineStart = text.lastIndexOf('\n', first.range[0] - 1) + 1
  const margin = ' '.repeat(first.range[0] - lineStart)
  const entries = block.slice(block.indexOf('\n') + 1).replaceAll(/^ {2}/gm, margin)
  return `${text.slice(0, lineStart)}${entries}${text.slice(lineStart)}`
}
