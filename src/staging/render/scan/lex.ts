/** One token of an action. `glued`: no white space before it, so that `.a.b` and `.a .b` differ. */
export interface Token {
  kind: 'text' | 'field' | 'variable' | 'word' | 'dot' | 'other' | '(' | ')' | '|' | '='
  /** As written; of a field or a variable without its sign: the name. */
  source: string
  line: number
  glued: boolean
}

/** What stands between `{{` and `}}`, comments left out. `tokens` is undefined where Go's lexer would refuse it. */
export interface Action {
  line: number
  source: string
  tokens: Token[] | undefined
}

const comment = /\{\{(?:-[ \t\r\n]+)?\/\*/y
const open = /\{\{(?:-(?=[ \t\r\n]))?/y
const close = /[ \t\r\n]+-\}\}|[ \t\r\n]*\}\}/y
const space = /[ \t\r\n]+/y

const forms: [Token['kind'], RegExp][] = [
  ['text', /"(?:\\.|[^"\\\n])*"/y],
  ['text', /`[^`]*`/y],
  ['other', /'(?:\\.|[^'\\\n])*'/y],
  ['field', /\.([\p{L}_][\p{L}\p{Nd}_]*)/uy],
  ['variable', /\$([\p{L}\p{Nd}_]*)/uy],
  ['other', /[+-]?\.?[0-9][\p{L}\p{Nd}_.]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['(', /\(/y],
  [')', /\)/y],
  ['|', /\|/y],
  ['=', /:?=/y],
  ['other', /,/y],
]

const matchAt = (form: RegExp, text: string, at: number): RegExpExecArray | null => {
  form.lastIndex = at
  return form.exec(text)
}

const linesIn = (text: string): number => {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

/** The tokens from `start`, just behind `{{`, and where the action ends; 'unclosed' where no `}}` comes, 'broken' at what is no token. */
const readTokens = (
  text: string,
  start: number,
  startLine: number,
): { tokens: Token[]; end: number } | 'broken' | 'unclosed' => {
  const tokens: Token[] = []
  let at = start
  let line = startLine
  for (;;) {
    const closed = matchAt(close, text, at)
    if (closed) return { tokens, end: at + closed[0].length }
    const white = matchAt(space, text, at)
    if (white) {
      at += white[0].length
      line += linesIn(white[0])
    }
    if (at >= text.length) return 'unclosed'
    let found: RegExpExecArray | null = null
    for (const [kind, form] of forms) {
      found = matchAt(form, text, at)
      if (!found) continue
      tokens.push({ kind, source: found[1] ?? found[0], line, glued: white === null })
      break
    }
    // A raw string without an end would be looked for again and again.
    if (!found) return text[at] === '`' ? 'unclosed' : 'broken'
    at += found[0].length
    line += linesIn(found[0])
  }
}

/**
 * The actions of a text as Go's text/template reads it (`parse/lex.go`, with helm's delimiters, which no chart can change).
 * What Go would refuse is given as it is written, up to the next `}}` or, where none comes, to the end. `firstLine` is the number of the
 * text's first line. Takes time in proportion to the text.
 */
export const actionsIn = (text: string, firstLine = 1): Action[] => {
  const actions: Action[] = []
  let line = firstLine
  let counted = 0
  const lineAt = (at: number): number => {
    line += linesIn(text.slice(counted, at))
    counted = at
    return line
  }
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at)) {
    const begin = lineAt(at)
    const remark = matchAt(comment, text, at)
    if (remark) {
      const end = text.indexOf('*/', at + remark[0].length)
      const closed = end < 0 ? null : matchAt(close, text, end + 2)
      if (closed) {
        at = end + 2 + closed[0].length
        continue
      }
      actions.push({ line: begin, source: text.slice(at), tokens: undefined })
      break
    }
    const read = readTokens(text, at + (matchAt(open, text, at)?.[0].length ?? 2), begin)
    const next = read === 'unclosed' ? -1 : read === 'broken' ? text.indexOf('}}', at) + 2 : read.end
    const end = next < 2 ? text.length : next
    actions.push({
      line: begin,
      source: text.slice(at, end),
      tokens: typeof read === 'string' ? undefined : read.tokens,
    })
    at = end
  }
  return actions
}
