import type { Screen } from '../../core/effects/terminal.ts'
import type { Tell } from '../../core/stepper.ts'
import { printProblem } from '../problems.ts'
import { visible, visibleLines, widthOf } from '../visible.ts'
import { emptyBoard, isTicking, note } from './board.ts'
import { drawBoard } from './draw.ts'
import { printLog } from './log.ts'

const second = 1000
const eraseBelow = '\u001B[0J'
const eraseRest = '\u001B[0K'
const colours = /\u001B\[\d+m/g
const up = (lines: number): string => (lines === 0 ? '' : `\u001B[${lines}A`)
/**
 * Lines over those that are there. Each erases the rest of its own: a screen that is erased from its first row on goes into the history of some
 * terminals (tmux), with every picture anew.
 */
const over = (text: string): string => text.replaceAll('\n', `${eraseRest}\n`)

/**
 * A table that is drawn anew in its place at each event, and stays as it is after the last. Warnings, and others' own words with
 * `verbose`, are written above it.
 */
export const liveProgress = (
  screen: Screen,
  { verbose, now }: { verbose: boolean; now: () => number },
): Tell => {
  const board = emptyBoard()
  let drawn: string[] = []
  let turn = 0

  /** How many rows the table takes now: where the window became narrower, the terminal has wrapped its lines. */
  const rowsTaken = (): number =>
    drawn.reduce(
      (rows, line) => rows + Math.max(1, Math.ceil(widthOf(line.replace(colours, '')) / screen.columns())),
      0,
    )

  const redraw = (above: string): void => {
    const lines = drawBoard(board, {
      columns: screen.columns(),
      rows: screen.rows(),
      colour: screen.colour,
      turn: turn++,
      now: now(),
    })
    screen.write(
      `${up(rowsTaken())}\r${over(above + lines.map((line) => `${line}\n`).join(''))}${eraseBelow}`,
    )
    drawn = lines
  }

  let tick: NodeJS.Timeout | undefined
  /** While something is timed its time goes on, whatever is told or not; when nothing is, nobody may write here unasked. */
  const keepTicking = (): void => {
    if (isTicking(board) === (tick !== undefined)) return
    clearInterval(tick)
    tick = tick === undefined ? setInterval(() => redraw(''), second).unref() : undefined
  }

  return (told) => {
    switch (told.tell) {
      case 'stage':
      case 'subject':
      case 'object':
        note(board, told, now())
        keepTicking()
        return redraw('')
      case 'log':
        return redraw(printLog(told))
      case 'warning':
        return redraw(printProblem(told.problem, { colour: screen.colour, verbose }))
      case 'words':
        if (verbose)
          redraw(
            visibleLines(told.text)
              .map((line) => `${visible(told.from)} | ${line}\n`)
              .join(''),
          )
    }
  }
}
