import type { Tell } from '../../core/stepper.ts'
import { printProblem } from '../problems.ts'
import { visible, visibleLines } from '../visible.ts'

/** One line for each event, for CI and for files. What says the same as the line before of its subject is not said again. */
export const plainProgress = (
  write: (text: string) => void,
  { colour, verbose }: { colour: boolean; verbose: boolean },
): Tell => {
  const said = new Map<string, string>()
  const noted = (note: string | undefined): string => (note === undefined ? '' : `, ${note}`)
  return (told) => {
    switch (told.tell) {
      case 'stage':
        write(`${visible(`${told.stage}: ${told.state}${noted(told.note)}`)}\n`)
        return
      case 'subject': {
        // Who waits says nothing yet; with a note (what for) it does.
        if (told.state === 'waiting' && told.note === undefined) return
        const line = visible(`${told.stage} ${told.subject}: ${told.state}${noted(told.note)}`)
        const subject = `${told.stage} ${told.subject}`
        if (said.get(subject) !== line) write(`${line}\n`)
        said.set(subject, line)
        return
      }
      case 'warning':
        write(printProblem(told.problem, { colour, verbose }))
        return
      case 'words':
        if (verbose)
          write(
            visibleLines(told.text)
              .map((line) => `${visible(told.from)} | ${line}\n`)
              .join(''),
          )
    }
  }
}
