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

/** Where the next line that begins with `---` does, from the start of a line on; -1 where none does. */
const separatorIn = (whole: string, start: number): number => {
  if (whole.startsWith('---', start)) return start
  const before = whole.indexOf('\n---', start)
  return before < 0 ? -1 : before + 1
}

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
  for (let at = separatorIn(whole, 0); at >= 0; at = separatorIn(whole, start)) {
    const end = whole.indexOf('\n', at) + 1
    const after = whole.slice(at + 3, end).trim()
    cut(at)
    if (after !== '' && !after.startsWith('#')) return { line, text: whole.slice(at, end).trimEnd() }
    start = end
    line += 1
  }
  cut(whole.length)
  return documents
}

/** How many lines end in a text. */
export const linesIn = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
