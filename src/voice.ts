import type { Voice } from './command-line/program.ts'
import { printProblems, problemsJson } from './report/problems.ts'
import { openTerminal } from './system/terminal.ts'

const { out, err } = openTerminal()

/** Answers go to stdout; problems in words to stderr, or as JSON to stdout where a program reads. */
export const voice: Voice = {
  out: (text) => out.write(text),
  problems: (problems, { json, verbose }) => {
    if (json) out.write(problemsJson(problems))
    else err.write(printProblems(problems, { colour: err.colour, verbose }))
  },
}
