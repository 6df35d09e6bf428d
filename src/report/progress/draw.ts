import { paintIn } from '../paint.ts'
import type { Paint } from '../paint.ts'
import { fitted, visible, widthOf, wrapped } from '../visible.ts'
import type { Board, Stage, Subject, Waiting } from './board.ts'
import { elapsed, isTimed } from './elapsed.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const longestName = 32
/** So many columns a narrow terminal keeps for what is told of a release. */
const leastForWords = 20
/** Below so many columns the stage of a release and its state are left out: the line above and the mark say them. */
const wideEnough = 60
/** So many lines the words of one object may take. */
const mostLinesOfAnObject = 6

interface Look {
  paint: Paint
  columns: number
  /** Which picture of the spinner: it turns with each event. */
  turn: number
  /** Milliseconds since 1970. */
  now: number
}

const markOf = (
  state: Stage['state'] | Subject['state'] | Waiting['state'],
  { paint, turn }: Pick<Look, 'paint' | 'turn'>,
): string => {
  switch (state) {
    case 'started':
    case 'working':
      return paint.cyan(frames[turn % frames.length] ?? '·')
    case 'done':
      return paint.green('✔')
    case 'failed':
      return paint.red('✘')
    case 'waiting':
      return paint.dim('·')
  }
}

const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - widthOf(text)))

/** A line that fits the terminal: the mark is one column, and the last column stays free, since some terminals wrap there. */
const line = (mark: string, indent: string, text: string, { columns }: Look): string =>
  `${indent}${mark} ${fitted(text, columns - indent.length - 3)}`

const stageLine = (stage: Stage, subjects: Subject[], look: Look): string => {
  const its = subjects.filter((subject) => subject.stage === stage.name)
  const done = its.filter(({ state }) => state === 'done' || state === 'failed').length
  const count = stage.state === 'started' && its.length > 0 ? `${done} of ${its.length}` : ''
  const words = [visible(stage.name), count, visible(stage.note)].filter((word) => word !== '')
  return line(markOf(stage.state, look), '', words.join('  '), look)
}

/** What a reader needs first when not all fit: what failed, what is being worked on, what waits, what is done. */
const rankOf = ({ state, since }: Subject): number =>
  state === 'failed' ? 0 : state === 'done' ? 3 : since === undefined ? 2 : 1

const timeOf = (subject: Subject, { now }: Look): string => {
  if (!isTimed(subject.stage) || subject.since === undefined) return ''
  const over = subject.state === 'done' || subject.state === 'failed'
  return elapsed((over ? subject.last : now) - subject.since)
}

/** Where its objects stand below it, a release says only how many are ready. */
const wordsOf = ({ note, ready }: Subject, withObjects: boolean): string => {
  const count = ready === undefined ? '' : `${ready.done} of ${ready.of} ready`
  const words = withObjects && count !== '' ? '' : visible(note)
  return [count, words].filter((one) => one !== '').join(': ')
}

const rank: { [state in Waiting['state']]: number } = { failed: 0, waiting: 1, done: 2 }

/** The objects that a release waits for: each with its words in a few lines, as many as there is room for. */
const objectLines = (objects: Waiting[], room: number, look: Look): string[] => {
  const sorted = objects.toSorted((a, b) => rank[a.state] - rank[b.state])
  const lines: string[] = []
  for (const [at, { name, state, note }] of sorted.entries()) {
    const left = sorted.length - at
    // Each of the others may have a line; the last one may be needed to say how many there are besides.
    const others = Math.min(left - 1, Math.max(1, Math.floor(room / 2)))
    const empty = room - lines.length
    const free = Math.max(empty - others, Math.min(1, left > 1 ? empty - 1 : empty))
    if (free < 1) {
      if (room > lines.length)
        lines.push(look.paint.dim(fitted(`      … ${left} more wait`, look.columns - 1)))
      break
    }
    const text = `${visible(name)}${note === '' ? '' : `: ${visible(note)}`}`
    const [first = '', ...rest] = wrapped(text, look.columns - 7, Math.min(free, mostLinesOfAnObject))
    lines.push(line(markOf(state, look), '    ', first, look), ...rest.map((one) => `      ${one}`))
  }
  return lines
}

interface Widths {
  name: number
  stage: number
  time: number
}

const subjectLine = (subject: Subject, withObjects: boolean, widths: Widths, look: Look): string => {
  const name = padded(fitted(visible(subject.name), widths.name), widths.name)
  const columns = [
    name,
    ...(widths.stage > 0 ? [padded(visible(subject.stage), widths.stage), padded(subject.state, 7)] : []),
    ...(widths.time > 0 ? [timeOf(subject, look).padStart(widths.time)] : []),
    wordsOf(subject, withObjects),
  ]
  // Who waits for its objects is at work; who waits for its turn is not.
  const state = subject.state === 'waiting' && subject.since !== undefined ? 'working' : subject.state
  return line(markOf(state, look), '  ', columns.join('  ').trimEnd(), look)
}

const subjectLines = (subjects: Subject[], room: number, look: Look): string[] => {
  const wantedForObjects = subjects.reduce((lines, { objects }) => lines + objects.size * 2, 0)
  const forSubjects = Math.max(1, room - Math.min(wantedForObjects, Math.floor(room / 2)))
  const all = subjects.length <= forSubjects
  const chosen = all
    ? subjects
    : subjects.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, Math.max(0, forSubjects - 1))
  const shown = subjects.filter((subject) => chosen.includes(subject))
  const widest = (texts: string[]): number => Math.max(0, ...texts.map(widthOf))
  const widths: Widths = {
    name: Math.min(
      longestName,
      Math.max(8, look.columns - leastForWords),
      widest(shown.map(({ name }) => visible(name))),
    ),
    stage: look.columns < wideEnough ? 0 : widest(shown.map(({ stage }) => visible(stage))),
    time: widest(shown.map((subject) => timeOf(subject, look))),
  }
  let left = room - shown.length - (all ? 0 : 1)
  const lines = shown.flatMap((subject) => {
    const below = objectLines(Array.from(subject.objects.values()), left, look)
    left -= below.length
    return [subjectLine(subject, below.length > 0, widths, look), ...below]
  })
  return all
    ? lines
    : [...lines, look.paint.dim(fitted(`    … ${subjects.length - shown.length} more`, look.columns - 1))]
}

/**
 * A board as lines that fit a terminal of so many columns and rows: the stages, then a table of the subjects, each with the objects that it waits
 * for; where they don't all fit, those that matter most now and a count of the rest.
 */
export const drawBoard = (
  board: Board,
  {
    columns,
    rows,
    colour,
    turn,
    now,
  }: { columns: number; rows: number; colour: boolean; turn: number; now: number },
): string[] => {
  const look: Look = { paint: paintIn(colour), columns, turn, now }
  const subjects = [...board.subjects.values()]
  const stages = [...board.stages.values()].map((stage) => stageLine(stage, subjects, look))
  // One row stays free for the cursor; a terminal of few rows shows the last stages only.
  const most = subjects.length === 0 ? rows - 1 : Math.max(1, Math.min(rows - 4, Math.ceil(rows / 4)))
  const shownStages = stages.slice(-Math.max(1, most))
  return [...shownStages, ...subjectLines(subjects, Math.max(1, rows - 1 - shownStages.length), look)]
}
