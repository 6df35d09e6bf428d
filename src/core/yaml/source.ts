import { bad, good, problem } from '../problem.ts'
import type { Excerpt, Outcome, Where } from '../problem.ts'
import { linesOf } from './lines.ts'

/** Offsets into a text, in UTF-16 units, end exclusive. */
export type Range = readonly [from: number, to: number]

/** The text of a file that people wrote, and where in it something stands. */
export interface Source {
  /** The path from the site's root. */
  file: string
  text: string
  /** Line, column and the line's text. A range over several lines is underlined to the end of its first one. */
  at(range: Range): Where & { in: 'file' }
}

/** A longer line is shown only around what is wrong in it. */
const widestExcerpt = 160

/** User and password in a URL, and a private key of age, each character as `*`: a message may not hold them, and columns must stay what they are. */
const masked = (text: string): string =>
  text.replaceAll(/(?<=:\/\/)[^/@\s]+(?=@)|(?<=AGE-SECRET-KEY-)\w+/g, (secret) => '*'.repeat(secret.length))

const excerptOf = (line: number, text: string, from: number, to: number): Excerpt => {
  const start = text.length <= widestExcerpt ? 0 : Math.max(0, from - widestExcerpt / 2)
  const shown = masked(text).slice(start, start + widestExcerpt)
  const first = Math.min(from - start, shown.length)
  const last = Math.min(Math.max(to - start, first + 1), Math.max(shown.length, first + 1))
  return { line, text: shown, from: first + 1, to: last + 1 }
}

/** The text of `file` with a way to name places in it. */
const sourceOf = (file: string, text: string): Source => {
  const lineAt = linesOf(text)
  const at = ([from, to]: Range): Where & { in: 'file' } => {
    const { number, start, text: whole } = lineAt(from)
    const line = whole.replace(/\r$/, '')
    const column = Math.min(from - start, line.length)
    return {
      in: 'file',
      file,
      line: number,
      column: column + 1,
      excerpt: excerptOf(number, line, column, Math.min(to - start, line.length)),
    }
  }
  return { file, text, at }
}

/** What go-yaml calls control characters, and refuses; a file that holds NUL is no text at all. */
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/

/**
 * A file's bytes as text: UTF-8, with or without a byte order mark.
 * Anything else (UTF-16, a binary file, control characters) is `declare/not-text`.
 */
export const readSource = (file: string, bytes: Uint8Array): Outcome<Source> => {
  const refuse = (what: string, fix: string, where: Where): Outcome<Source> =>
    bad([problem({ code: 'declare/not-text', what, where: [where], fix })])
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refuse(`${file} is UTF-16 text.`, 'Save it as UTF-8.', { in: 'file', file })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse(`${file} is not UTF-8 text.`, 'Save it as UTF-8 text.', { in: 'file', file })
  }
  const source = sourceOf(file, text)
  const found = control.exec(text)
  if (found === null) return good(source)
  const code = found[0].charCodeAt(0).toString(16).padStart(2, '0')
  const [what, where] =
    found[0] === '\0'
      ? [`${file} is a binary file.`, { in: 'file', file } as const]
      : [`${file} holds the control character 0x${code}.`, source.at([found.index, found.index + 1])]
  return refuse(what, 'Write it as YAML text.', where)
}
