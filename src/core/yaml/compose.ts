import { Composer, Lexer, Parser } from 'yaml'
import type { Document, ErrorCode, YAMLError } from 'yaml'
import { bad, good, problem } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import type { Source } from './source.ts'

/** Deeper than anybody writes; the parser's own recursion would end the process at some thousands. */
const deepest = 200

/** What to do about it, by what the parser calls it. */
const fixes: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'Indent the keys of one map alike, with spaces; close every [ and {.',
  TAB_AS_INDENT: 'Indent with spaces.',
  MISSING_CHAR: 'Add what is missing, or put the text in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Put the text in quotes, or the inner map on a line of its own.',
  BAD_SCALAR_START: 'Put the text in quotes.',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or use single quotes.',
  MULTILINE_IMPLICIT_KEY: 'Add the colon that is missing, or indent the line like the ones around it.',
}

/** In place of words of the parser that only those who wrote one understand. */
const plainer: Partial<Record<ErrorCode, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'a map begins in the middle of a value (a second `: `, or a line indented too far)',
  MULTILINE_IMPLICIT_KEY: 'this is neither a key with a `:` nor part of a value',
}

const wordsOf = (error: YAMLError): string => {
  const plain = plainer[error.code]
  if (plain !== undefined) return plain
  const words = error.message.replace(/'quote$/, "single quote (')").replace(/"quote$/, 'double quote (")')
  if (words.startsWith('Flow ')) return 'a [ or { before this is not closed, or this is indented too little'
  return words.charAt(0).toLowerCase() + words.slice(1)
}

/**
 * The first error alone: those after it are mostly echoes of it. A quote that is never closed is shown where it opens
 * (`quotes`, by where it ends), not at the end of the file.
 */
const syntaxProblem = (
  source: Source,
  errors: YAMLError[],
  quotes: Map<number, number>,
): Problem | undefined => {
  const [first] = errors.toSorted((a, b) => a.pos[0] - b.pos[0])
  if (first === undefined) return undefined
  const opening = first.message.startsWith('Missing closing') ? quotes.get(first.pos[0]) : undefined
  return problem({
    code: 'declare/yaml-syntax',
    what: `${source.file} is not YAML: ${wordsOf(first)}.`,
    where: [source.at(opening === undefined ? first.pos : [opening, opening + 1])],
    fix: fixes[first.code] ?? 'Correct the line; text with special characters goes in quotes.',
  })
}

/**
 * The documents of a file as trees of nodes with positions. No scalar has been given a meaning, no alias been followed.
 * Problems: `declare/yaml-syntax` (the first one of the file) and `declare/too-deep`.
 */
export const composeYaml = (source: Source): Outcome<Document.Parsed[]> => {
  const parser = new Parser()
  const composer = new Composer({
    schema: 'failsafe',
    version: '1.1',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const documents: Document.Parsed[] = []
  const quotes = new Map<number, number>()
  for (const lexeme of new Lexer().lex(source.text)) {
    const at = parser.offset
    if (/^["']/.test(lexeme)) quotes.set(at + lexeme.length, at)
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    if (parser.stack.length > deepest)
      return bad([
        problem({
          code: 'declare/too-deep',
          what: `${source.file} is nested more than ${deepest} levels deep.`,
          where: [source.at([at, at + lexeme.length])],
          fix: 'Write it with fewer levels.',
        }),
      ])
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end())
  const fault = syntaxProblem(
    source,
    documents.flatMap((document) => document.errors),
    quotes,
  )
  return fault === undefined ? good(documents) : bad([fault])
}
