import { headOf } from './parse.ts'
import type { Command, Operand, Parsed } from './parse.ts'

/** What holds at a place of a template. */
export interface Frame {
  /** Whether `.` and `$` are the root of all that helm gives a template, and not something else, such as what a template was given. */
  dotIsRoot: boolean
  dollarIsRoot: boolean
  /** API versions of which none is served where this place is reached. */
  unless: string[]
  /** Those by which the branches of this `if` so far are chosen, where that is all that they depend on. */
  conditions: string[]
  /** The frame around this one; none around a file. */
  outer: Frame | undefined
}

/** More conditions than this are not looked at: a question is then told as one that can be reached. */
const mostConditions = 8

/** These print all that they are given: the root, with all that it knows of the cluster. */
const printsAll = new Set(
  [
    'cat html js mustToJson mustToPrettyJson mustToRawJson mustToToml mustToYaml print printf println quote squote',
    'toJson toPrettyJson toRawJson toString toStrings toToml toYaml toYamlPretty urlquery values',
  ].flatMap((line) => line.split(' ')),
)

/** These find a field by a name that need not be written down. */
const findsByName = new Set(['dig', 'get', 'index', 'pick', 'pluck'])

/** These hand on what they are given, or most of it. */
const handsOn = new Set(
  [
    'coalesce deepCopy default dict first last list merge mergeOverwrite mustDeepCopy mustMerge mustMergeOverwrite',
    'omit set ternary tuple',
  ].flatMap((line) => line.split(' ')),
)

/** Whether a function prints all that it is given; `printed`: what its result goes to does. */
export const prints = (name: string, printed: boolean): boolean =>
  printsAll.has(name) || (printed && handsOn.has(name))

const isRoot = ({ fields, base, name }: Operand, { dotIsRoot, dollarIsRoot }: Frame): boolean =>
  fields.length === 0 &&
  ((base === 'dot' && dotIsRoot) || (base === 'variable' && name === '' && dollarIsRoot))

/**
 * Whether a command is given the root and can come to what it knows of the cluster without naming it. `printed`: what its result goes
 * to prints all of it.
 */
export const reachesAll = (command: Command, printed: boolean, frame: Frame): boolean => {
  if (!command.some((operand) => isRoot(operand, frame))) return false
  const head = headOf(command)
  if (findsByName.has(head))
    return command.slice(1).some((operand) => operand.base !== 'text' && !isRoot(operand, frame))
  return command.length === 1 ? printed : prints(head, printed)
}

/** Whether an action is about the root and nothing else: `{{ with $ }}`, `{{ . }}`. */
export const isAboutRoot = ({ pipeline: { commands } }: Parsed, frame: Frame): boolean => {
  const [operand, ...more] = commands.flat()
  return operand !== undefined && more.length === 0 && isRoot(operand, frame)
}

/** The frame in which a text begins. In a text that `tpl` runs, too, `.` is mostly the root. */
export const outermost: Frame = {
  dotIsRoot: true,
  dollarIsRoot: true,
  unless: [],
  conditions: [],
  outer: undefined,
}

/** The frame in which an action's own pipeline is read, where `frame` is the one before it. */
export const frameOf = (frame: Frame, { keywords }: Parsed): Frame => {
  if (keywords[0] !== 'else') return frame
  const { dotIsRoot, unless } = frame.outer ?? outermost
  return { ...frame, dotIsRoot, unless: [...unless, ...frame.conditions].slice(0, mostConditions) }
}

/**
 * The frame in which the text behind an action stands whose pipeline was read in `frame`. `condition`: the API version by which alone an
 * `if` is decided.
 */
export const frameAfter = (frame: Frame, action: Parsed, condition: string | undefined): Frame => {
  const inside: Frame = { ...frame, conditions: [], outer: frame }
  const conditions = condition === undefined ? [] : [condition]
  switch (action.keywords[0]) {
    case 'if':
      return { ...inside, conditions }
    case 'with':
      return { ...inside, dotIsRoot: isAboutRoot(action, frame) }
    case 'range':
      return { ...inside, dotIsRoot: false }
    case 'define':
    case 'block':
      return { ...inside, dotIsRoot: false, dollarIsRoot: false, unless: [] }
    case 'else':
      return {
        ...frame,
        dotIsRoot: action.keywords[1] === 'with' ? isAboutRoot(action, frame) : frame.dotIsRoot,
        conditions: [...frame.conditions, ...conditions].slice(0, mostConditions),
      }
    case 'end':
      return frame.outer ?? frame
    default:
      return frame
  }
}
