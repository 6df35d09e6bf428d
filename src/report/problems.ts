import { nameOf } from '../core/object.ts'
import type { Problem, Where } from '../core/problem.ts'
import { counted, grouped } from './count.ts'
import { excerptLines } from './excerpt.ts'
import { jsonText } from './json-text.ts'
import { paintIn } from './paint.ts'
import type { Paint } from './paint.ts'
import { shortened, visible, visibleLines } from './visible.ts'

/** Of so many problems of one code the rest is only counted, unless --verbose asks for all. */
const mostOfACode = 20

/** A name of a file or an object is at most so long in a message. */
const longestName = 400

const at = (line: number | undefined, column?: number): string =>
  line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`

/** A line of a template itself nobody knows: helm tells only which one a text came from. Manifests are files of the site. */
const wordsOfTemplate = ({ template, line }: Extract<Where, { in: 'object' }>): string[] =>
  template === undefined
    ? []
    : template.startsWith('releases/') || line === undefined
      ? [`${template}${at(line)}`]
      : [template, `line ${line} as rendered`]

/** The object's name is left out where the sentence names it already. */
const wordsOfObject = (where: Extract<Where, { in: 'object' }>, what: string): string => {
  const name = nameOf(where.object)
  const words = [
    ...(what.includes(name) ? [] : [name]),
    ...(where.pointer === undefined || where.pointer === '' ? [] : [where.pointer]),
    ...(where.release === undefined ? [] : [`release ${where.release}`]),
    ...wordsOfTemplate(where),
  ]
  return words.length === 0 ? name : words.join(', ')
}

const wordsOf = (where: Where, what: string): string => {
  switch (where.in) {
    case 'file':
      return `${where.file}${at(where.line, where.column)}`
    case 'object':
      return wordsOfObject(where, what)
    case 'release':
      return where.file === undefined ? `release ${where.release}` : `release ${where.release}, ${where.file}`
    case 'bundle':
      return where.member === undefined ? where.bundle : `${where.bundle}, ${where.member}`
    case 'cluster':
      return where.server
    case 'command':
      return `$ ${where.command}`
  }
}

const indented = (lines: string[], by = 2): string[] => lines.map((line) => `${' '.repeat(by)}${line}`)

const problemLines = (told: Problem, paint: Paint, verbose: boolean): string[] => {
  const severity = told.severity === 'error' ? paint.red('error') : paint.yellow('warning')
  const places = told.where.map((where) => shortened(visible(wordsOf(where, told.what)), longestName))
  // Several objects are several places of one fault; anything else is the way by which it came.
  const apart = told.where.every((where) => where.in === 'object')
  // Of several places of one fault the lines would look alike.
  const shown = apart && told.where.length > 1 ? [] : told.where
  const excerpts = shown.flatMap((where) =>
    (where.in === 'file' || where.in === 'object') && where.excerpt ? [where.excerpt] : [],
  )
  const [fix = '', ...more] = visibleLines(told.fix)
  return [
    `${paint.bold(severity)} ${told.code}: ${paint.bold(visible(told.what))}`,
    ...indented((apart ? places : places.length === 0 ? [] : [places.join(' ← ')]).map(paint.cyan)),
    ...excerpts.flatMap((excerpt) => indented(excerptLines(excerpt), 4)),
    ...(told.why === undefined ? [] : indented(visibleLines(told.why))),
    ...(fix === '' ? [] : indented([`${paint.bold('Fix:')} ${fix}`, ...indented(more, 5)])),
    ...(verbose && told.raw !== undefined
      ? indented(visibleLines(told.raw).map((line) => paint.dim(`| ${line}`)))
      : []),
  ]
}

const countLine = (problems: Problem[]): string => {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ')
}

/** One problem in words, with a line break at the end. */
export const printProblem = (
  told: Problem,
  { colour, verbose }: { colour: boolean; verbose: boolean },
): string => `${problemLines(told, paintIn(colour), verbose).join('\n')}\n`

/**
 * Problems in words, in the order given, each in the form of the architecture page, with a line at the end that counts them; '' where
 * there are none. Of one code no more than 20 are told in full unless `verbose`, which also shows others' own words.
 */
export const printProblems = (
  problems: Problem[],
  { colour, verbose }: { colour: boolean; verbose: boolean },
): string => {
  if (problems.length === 0) return ''
  const paint = paintIn(colour)
  const told = new Map<string, number>()
  const shown = problems.filter(({ code }) => {
    const count = (told.get(code) ?? 0) + 1
    told.set(code, count)
    return verbose || count <= mostOfACode
  })
  const left = [...told].filter(([, count]) => !verbose && count > mostOfACode)
  const raw = !verbose && shown.some((one) => one.raw !== undefined)
  return [
    ...shown.flatMap((one) => [...problemLines(one, paint, verbose), '']),
    ...left.map(
      ([code, count]) => `… and ${grouped(count - mostOfACode)} more of ${code} (--verbose shows all)`,
    ),
    `${countLine(problems)}${raw ? paint.dim(' (--verbose shows more)') : ''}`,
    '',
  ].join('\n')
}

/** Problems as JSON for programs: `{"problems": […]}` with every field of theirs, a line break at the end. */
export const problemsJson = (problems: Problem[]): string => jsonText({ problems }, 2)
