import type { Dice, Question } from '../../../core/explained.ts'
import { aliasIn, askedOf, conditionOf, fieldsOfCapabilities } from './capabilities.ts'
import { diceFunctions, keepsOrder, settlesOrder } from './dice.ts'
import { actionsIn } from './lex.ts'
import { headOf, literalOf, parseAction } from './parse.ts'
import type { Command, Operand, Pipeline } from './parse.ts'
import { frameOf, frameAfter, isAboutRoot, outermost, prints, reachesAll } from './frame.ts'
import type { Frame } from './frame.ts'

/** What a text can ask, and which dice it can roll, in the order in which it says so. */
export interface TextScan {
  questions: Question[]
  dice: Dice[]
  /** Whether it runs texts as templates, and reads the chart's files: then a file can hold questions, too. */
  runsTexts: boolean
  readsFiles: boolean
}

/** What becomes of a command's result: whatever takes it brings it into order, or prints all of it. */
interface Taken {
  ordered: boolean
  printed: boolean
}

const namesCapabilities = /Capabilities|APIVersions/
const namesLookup = /(?<![\p{L}\p{Nd}_.$-])lookup(?![\p{L}\p{Nd}_-])/u
const anyWord = /[\p{L}_][\p{L}\p{Nd}_]*/gu

/**
 * Finds what a text can ask of the cluster and where chance comes in, without running it. Nothing that the text names is missed: where
 * it cannot be told what exactly is asked, the question is null. `viaTpl`: the text is no template by itself, but `tpl` may run it.
 * Not seen: what is put together at run time out of pieces of words, and the root where it is printed under another name or by a
 * named template to which it is given.
 */
export const scanText = (text: string, file: string, viaTpl = false, firstLine = 1): TextScan => {
  const scan: TextScan = { questions: [], dice: [], runsTexts: false, readsFiles: false }
  const aliases = new Set<string>()
  let here = outermost

  const ask = (question: Question): void => {
    // Values and files are many texts in one, and what seems to be within an `else` of theirs need not be.
    const { unless } = viaTpl ? outermost : here
    scan.questions.push(unless.length > 0 ? { ...question, unless } : question)
  }
  const asksVersion = (line: number): void => {
    ask({ file, line, viaTpl, about: 'api-versions', asks: null })
  }
  const asksLookup = (line: number, given: (string | null)[]): void => {
    const [apiVersion = null, kind = null, namespace = null, name = null] = given
    ask({ file, line, viaTpl, about: 'lookup', apiVersion, kind, namespace, name })
  }
  const rolls = (line: number, name: string): void => {
    const by = diceFunctions.get(name)
    if (by !== undefined) scan.dice.push({ file, line, viaTpl, function: name, by })
  }
  const judgeNames = (line: number, source: string): void => {
    if (namesCapabilities.test(source)) asksVersion(line)
    if (namesLookup.test(source)) asksLookup(line, [])
  }

  const judgeUnreadable = (line: number, source: string): void => {
    judgeNames(line, source)
    for (const [word] of source.matchAll(anyWord)) rolls(line, word)
    scan.runsTexts ||= source.includes('tpl')
    scan.readsFiles ||= source.includes('Files')
  }

  /** A string can be handed to `tpl`, or be a field's name. */
  const judgeString = ({ source, value, line }: Operand): void => {
    if (!source.includes('{{')) return judgeNames(line, source)
    const inner = scanText(value ?? source, file, true, line)
    for (const question of inner.questions) ask(question)
    scan.dice.push(...inner.dice)
    scan.runsTexts ||= inner.runsTexts
    scan.readsFiles ||= inner.readsFiles
  }

  const judgeFunction = (operand: Operand, command: Command, pipeline: Pipeline, at: number): void => {
    scan.runsTexts ||= operand.name === 'tpl'
    if (operand.name !== 'lookup') return
    const given = command[0] === operand ? command.slice(1).map(({ value }) => value) : []
    asksLookup(operand.line, at === 1 ? [...given, literalOf(pipeline.commands[0])] : given)
  }

  const judgeFields = (operand: Operand, command: Command, pipeline: Pipeline, at: number): void => {
    scan.readsFiles ||= operand.fields.includes('Files')
    const fields = fieldsOfCapabilities(operand, aliases)
    const asked = fields && askedOf(fields, operand, command, pipeline, at)
    if (asked) ask({ file, line: operand.line, viaTpl, ...asked })
    if (fields === undefined && operand.fields.includes('APIVersions')) asksVersion(operand.line)
  }

  const judge = (pipeline: Pipeline, frame: Frame, { ordered, printed }: Taken): void => {
    let taken: Taken = { ordered, printed }
    // From the last command to the first: each one's result is taken by the next.
    for (let at = pipeline.commands.length - 1; at >= 0; at -= 1) {
      const command = pipeline.commands[at]!
      const head = headOf(command)
      if (reachesAll(command, taken.printed, frame)) asksVersion(command[0]?.line ?? firstLine)
      const before: Taken = {
        ordered: settlesOrder.has(head) || (keepsOrder.has(head) && taken.ordered),
        printed: prints(head, taken.printed),
      }
      for (const operand of command) {
        judgeFields(operand, command, pipeline, at)
        // Helm makes a server's list from a map.
        if (operand.fields.at(-1) === 'APIVersions' && !taken.ordered && !before.ordered)
          scan.dice.push({ file, line: operand.line, viaTpl, function: 'APIVersions', by: 'order' })
        if (operand.base === 'text') judgeString(operand)
        if (operand.base === 'function') {
          judgeFunction(operand, command, pipeline, at)
          if (diceFunctions.get(operand.name) !== 'order' || !taken.ordered) rolls(operand.line, operand.name)
        }
        if (operand.inner) judge(operand.inner, frame, command.length === 1 ? taken : before)
      }
      taken = before
    }
  }

  const actions = actionsIn(text, firstLine).map((action) => ({
    ...action,
    parsed: action.tokens && parseAction(action.tokens),
  }))
  for (const { parsed } of actions) {
    const alias = parsed && aliasIn(parsed)
    if (alias !== undefined) aliases.add(alias)
  }

  for (const { line, source, parsed } of actions) {
    if (parsed === undefined) {
      judgeUnreadable(line, source)
      continue
    }
    const { keywords, pipeline } = parsed
    here = frameOf(here, parsed)
    const shows = keywords[0] === undefined && pipeline.declares.length === 0
    if (aliasIn(parsed) === undefined) judge(pipeline, here, { ordered: false, printed: shows })
    if (keywords.includes('range') && isAboutRoot(parsed, here)) asksVersion(line)
    here = frameAfter(here, parsed, conditionOf(parsed, aliases))
  }
  return scan
}
