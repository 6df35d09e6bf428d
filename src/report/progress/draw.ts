import { paintIn } from '../paint.ts'
import type { Paint } from '../paint.ts'
import { fitted, visible, widthOf } from '../visible.ts'
import type { Board, Stage, Subject } from './board.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const longestName = 32

interface Look {
  paint: Paint
  columns: number
  /** Which picture of the spinner: it turns with each event. */
  turn: number
}

const markOf = (state: Stage['state'] | Subject['state'], { paint, turn }: Look): string => {
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
const rank: { [state in Subject['state']]: number } = { failed: 0, working: 1, waiting: 2, done: 3 }

const subjectLines = (subjects: Subject[], room: number, look: Look): string[] => {
  const all = subjects.length <= room
  const chosen = all
    ? subjects
    : subjects.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, Math.max(0, room - 1))
  const shown = subjects.filter((subject) => chosen.includes(subject))
  const nameWidth = Math.min(longestName, Math.max(0, ...shown.map(({ name }) => widthOf(visible(name)))))
  const stageWidth = Math.max(0, ...shown.map(({ stage }) => widthOf(visible(stage))))
  const lines = shown.map((subject) => {
    const name = padded(fitted(visible(subject.name), nameWidth), nameWidth)
    const text = `${name}  ${padded(visible(subject.stage), stageWidth)}  ${padded(subject.state, 7)}  ${visible(subject.note)}`
    return line(markOf(subject.state, look), '  ', text.trimEnd(), look)
  })
  return all
    ? lines
    : [...lines, look.paint.dim(fitted(`    … ${subjects.length - shown.length} more`, look.columns - 1))]
}

/**
 * A board as lines that fit a terminal of so many columns and rows: the stages, then a table of the subjects; where they don't all
 * fit, those that matter most now and a count of the rest.
 */
export const drawBoard = (
  board: Board,
  { columns, rows, colour, turn }: { columns: number; rows: number; colour: boolean; turn: number },
): string[] => {
  const look: Look = { paint: paintIn(colour), columns, turn }
  const subjects = [...board.subjects.values()]
  const stages = [...board.stages.values()].map((stage) => stageLine(stage, subjects, look))
  // One row stays free for the cursor; a terminal of few rows shows the last stages only.
  const shownStages = stages.slice(-Math.max(1, rows - 4))
  return [...shownStages, ...subjectLines(subjects, Math.max(1, rows - 1 - shownStages.length), look)]
}
