/** One document of a stream, still text. */
export interface DocumentText {
  text: string
  /** The line of the stream that the text begins with, from 1. */
  line: number
}

/** A separator that more than a comment follows: kubectl refuses the stream. `line` counts from 1. */
export interface BadSeparator {
  line: number
  text: string
}

/** Not `^` with the flag m: that would take a lone carriage return for the end of a line. */
const separator = /(?<=^|\n)---([^\n]*)\n/g

/**
 * Cuts a stream into documents as kubectl does: textually, at every line that begins with `---`, before anything is parsed
 * (so also within a quoted scalar; within a block scalar no line can begin there).
 * Lines end in `\n` or `\r\n`; the last line gets an end if it has none, which a block scalar at the end of a file shows.
 * Source: k8s.io/apimachinery `pkg/util/yaml/decoder.go`, YAMLReader and LineReader.
 */
export const splitDocuments = (stream: string): DocumentText[] | BadSeparator => {
  const unified = stream.replaceAll('\r\n', '\n')
  const whole = unified === '' || unified.endsWith('\n') ? unified : `${unified}\n`
  const documents: DocumentText[] = []
  let start = 0
  let line = 1
  const cut = (end: number): void => {
    const text = whole.slice(start, end)
    if (text !== '') documents.push({ text, line })
    line += linesIn(text)
  }
  for (const match of whole.matchAll(separator)) {
    const after = (match[1] ?? '').trim()
    cut(match.index)
    if (after !== '' && !after.startsWith('#')) return { line, text: match[0].trimEnd() }
    start = match.index + match[0].length
    line += 1
  }
  cut(whole.length)
  return documents
}

const linesIn = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
