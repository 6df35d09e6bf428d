import type { Json } from '../json.ts'
import { bad, good, problem } from '../problem.ts'
import type { Excerpt, Outcome, Problem, Problems } from '../problem.ts'
import { construct } from './construct.ts'
import { linesIn, splitDocuments } from './documents.ts'
import type { DocumentText } from './documents.ts'
import { YamlFault } from './fault.ts'
import { readJsonStream } from './json-stream.ts'
import { linesOf } from './lines.ts'
import { effortForStream, parseLeniently } from './parse.ts'
import type { Effort } from './parse.ts'

/** A document as kubectl reads it. */
export interface YamlDocument {
  /** null also where the document is empty or holds comments alone. */
  value: Json
  /** The line of the stream that the value begins at, from 1. */
  line: number
  /** What helm writes above each manifest: `# Source: CHART/templates/x.yaml`. Documents after it in the same template have no line of their own. */
  source?: string
}

/** A chart's whole output is some MB; V8's longest string is 512 MiB, and a value takes several times its text. */
export const longestText = 64 * 1024 * 1024

const longestExcerpt = 160

/** `text` is the line, where it may be shown. */
type Place = { label: string; line: number; column: number; text?: string }

/** Whatever the kind of secret (SealedSecret, ExternalSecret), no line of it is shown to anybody. */
const holdsSecret = /\bkind["']?\s*:\s*["']?\w*Secret/

const whereOf = ({ label, line, column, text }: Place): Problem['where'] => {
  const file = { in: 'file', file: label, line, column } as const
  if (text === undefined || column > longestExcerpt) return [file]
  const excerpt: Excerpt = { line, text: text.slice(0, longestExcerpt), from: column, to: column + 1 }
  return [{ ...file, excerpt }]
}

/** Line and column in the stream of an offset in one document of it. The text is looked at only where there is something to tell. */
const placesIn = (document: DocumentText, label: string): ((offset: number) => Place) => {
  let lineAt: ReturnType<typeof linesOf> | undefined
  let isSecret = false
  return (offset) => {
    if (lineAt === undefined) {
      lineAt = linesOf(document.text)
      isSecret = holdsSecret.test(document.text)
    }
    const at = Math.min(Math.max(offset, 0), document.text.length)
    const { number, start, text } = lineAt(at)
    return {
      label,
      line: document.line + number - 1,
      column: at - start + 1,
      ...(isSecret ? {} : { text }),
    }
  }
}

const refused = (place: Place, what: string, source?: string): Problem =>
  problem({
    code: 'yaml/syntax',
    what: `${place.label}, line ${place.line}: ${what}.`,
    where: whereOf(place),
    why: 'Kubernetes could not read it.',
    fix: source === undefined ? 'Correct the YAML there.' : `Correct the YAML that ${source} renders to.`,
  })

const duplicated = (place: Place, key: string): Problem =>
  problem({
    code: 'yaml/duplicate-key',
    severity: 'warning',
    what: `${place.label}, line ${place.line}: the key ${JSON.stringify(key)} stands twice in one map.`,
    where: whereOf(place),
    why: 'Kubernetes takes the last one and ignores the others.',
    fix: 'Keep one of them.',
  })

const leadingComments = /^(?:[ \t]*(?:#[^\n]*)?\n)*/

const sourceOf = (text: string): string | undefined =>
  /(?<=^|\n)# Source: ([^\n]+)\n/.exec(leadingComments.exec(text)?.[0] ?? '')?.[1]?.trim()

/** Control characters, which Go refuses, and the three that end a line for go-yaml (YAML 1.1) and for nobody else. */
const forbidden = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029]/

const unicodeName = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`

type Read = Omit<YamlDocument, 'source'> & { warnings: Problem[] }

const readDocument = (document: DocumentText, placeOf: (offset: number) => Place, effort: Effort): Read => {
  const character = forbidden.exec(document.text)
  if (character)
    throw new YamlFault(
      `the character ${unicodeName(character[0])} may only stand in double quotes, as an escape`,
      character.index,
    )
  const parsed = parseLeniently(document.text, effort)
  if (parsed.events.length === 0) return { value: null, line: document.line, warnings: [] }
  const { value, offset, duplicates, more } = construct(parsed)
  if (more) throw new YamlFault('something follows the end of the document, `...`, and would be lost', offset)
  return {
    value,
    line: document.line + linesIn(document.text.slice(0, Math.max(offset, 0))),
    warnings: duplicates.map((one) => duplicated(placeOf(one.offset), one.key)),
  }
}

/**
 * Reads a stream of YAML documents exactly as kubectl, helm and the API server do; `label` names it in problems.
 * All faults of all documents come at once, as problems `yaml/syntax`; duplicate keys are warnings, `yaml/duplicate-key`.
 * Where it refuses what kubectl takes, it does so loudly: text beyond 64 MiB, nesting beyond 1000, text after `...`.
 */
export const readYaml = (stream: string, label: string): Outcome<YamlDocument[]> => {
  if (stream.length > longestText)
    return bad([
      problem({
        code: 'yaml/too-large',
        what: `${label} has ${stream.length} characters of YAML; at most ${longestText} are read.`,
        where: [{ in: 'file', file: label }],
        fix: 'Split the release, or find out what makes its output so large.',
      }),
    ])
  const json = readJsonStream(stream)
  if (json) return good([json])
  const texts = splitDocuments(stream)
  if (!Array.isArray(texts)) {
    const { line, text } = texts
    // Whose line it was meant to be nobody can tell.
    const shown = holdsSecret.test(stream) ? {} : { text }
    return bad([refused({ label, line, column: 4, ...shown }, 'only a comment may follow `---`')])
  }
  const documents: YamlDocument[] = []
  const found: Problem[] = []
  const effort = effortForStream()
  let source: string | undefined
  for (const text of texts) {
    source = sourceOf(text.text) ?? source
    const placeOf = placesIn(text, label)
    try {
      const { value, line, warnings } = readDocument(text, placeOf, effort)
      for (const warning of warnings) found.push(warning)
      documents.push({ value, line, ...(source === undefined ? {} : { source }) })
    } catch (fault) {
      if (!(fault instanceof YamlFault)) throw fault
      found.push(refused(placeOf(fault.offset), fault.message, source))
    }
  }
  return found.some((one) => one.severity === 'error') ? bad(found as Problems) : good(documents, found)
}
