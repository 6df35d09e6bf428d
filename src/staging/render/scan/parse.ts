import type { Token } from './lex.ts'

/**
 * One operand of a command with the fields that follow it: `.a.b`, `$x.a`, `(…).a`, a function, a literal.
 * `base` is what the fields are taken from; `value` is a literal string's own text, null where its escapes are rare ones.
 */
export interface Operand {
  base: 'dot' | 'variable' | 'function' | 'text' | 'pipeline' | 'other'
  /** Of a variable or a function; '' of the variable `$`. */
  name: string
  fields: string[]
  value: string | null
  inner: Pipeline | undefined
  source: string
  line: number
}

export type Command = Operand[]

export interface Pipeline {
  /** The variables that it is given to. */
  declares: string[]
  commands: Command[]
}

/** An action: `keywords` are those that it begins with, such as `else if`, `range` or `define`. */
export interface Parsed {
  keywords: string[]
  pipeline: Pipeline
}

const keywords = new Set([
  'if',
  'else',
  'end',
  'with',
  'range',
  'define',
  'block',
  'template',
  'break',
  'continue',
])

/** Deeper than people write, and no deeper than the stack bears. */
const deepest = 200

const escapes: { [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' }

/** The text that a literal stands for, or null where it has escapes beside the usual ones. */
const textOf = (source: string): string | null => {
  const inside = source.slice(1, -1)
  if (source.startsWith('`')) return inside.replaceAll('\r', '')
  let known = true
  const text = inside.replace(/\\(.)/gs, (_, letter: string) => {
    known &&= letter in escapes
    return escapes[letter] ?? ''
  })
  return known ? text : null
}

const bases: { [kind in Token['kind']]?: Operand['base'] } = {
  text: 'text',
  field: 'dot',
  dot: 'dot',
  variable: 'variable',
  word: 'function',
}

/** What a token is the base of, and under which name; fields that follow it come later. */
const operandOf = ({ kind, source, line }: Token): Operand => ({
  base: bases[kind] ?? 'other',
  name: kind === 'variable' || kind === 'word' ? source : '',
  fields: kind === 'field' ? [source] : [],
  value: kind === 'text' ? textOf(source) : null,
  inner: undefined,
  source,
  line,
})

/** Reads the tokens of one action, or gives undefined where they are no pipeline. What types and functions exist is not looked at. */
export const parseAction = (tokens: Token[]): Parsed | undefined => {
  let at = 0
  const words: string[] = []
  for (let token = tokens[at]; token?.kind === 'word' && keywords.has(token.source); token = tokens[at]) {
    words.push(token.source)
    at += 1
  }

  const readPipeline = (depth: number): Pipeline | undefined => {
    if (depth > deepest) return undefined
    const pipeline: Pipeline = { declares: [], commands: [] }
    let command: Command = []
    for (; at < tokens.length; at += 1) {
      const token = tokens[at] as Token
      if (token.kind === ')') break
      if (token.kind === '|') {
        pipeline.commands.push(command)
        command = []
      } else if (token.kind === '=') {
        if (pipeline.commands.length > 0 || pipeline.declares.length > 0) return undefined
        if (command.some(({ base, source }) => base !== 'variable' && source !== ',')) return undefined
        pipeline.declares = command.flatMap(({ base, name }) => (base === 'variable' ? [name] : []))
        command = []
      } else if (token.kind === '(') {
        at += 1
        const inner = readPipeline(depth + 1)
        if (inner === undefined || tokens[at]?.kind !== ')') return undefined
        command.push({ ...operandOf(token), base: 'pipeline', inner })
      } else if (token.kind === 'field' && token.glued && command.length > 0)
        command.at(-1)?.fields.push(token.source)
      else command.push(operandOf(token))
    }
    pipeline.commands.push(command)
    return pipeline
  }

  const pipeline = readPipeline(0)
  return pipeline === undefined || at < tokens.length ? undefined : { keywords: words, pipeline }
}

/** The function that a command calls; '' where it calls none. */
export const headOf = (command: Command | undefined): string =>
  command?.[0]?.base === 'function' ? command[0].name : ''

/** The literal text that is all that a command is, else null. */
export const literalOf = (command: Command | undefined): string | null =>
  command?.length === 1 ? (command[0]?.value ?? null) : null
