import { exitCodes, exitCodeOf, good, problem, Refused } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { suggest } from '../core/suggest.ts'
import type { Call, Command } from './command.ts'
import { completionScript, shells } from './completion.ts'
import type { Shell } from './completion.ts'
import { commandHelp, otherCommands, programHelp } from './help.ts'
import { parseCall } from './parse.ts'

/** Where a program's words go. */
export interface Voice {
  out(text: string): void
  problems(problems: Problem[], how: { json: boolean; verbose: boolean }): void
}

export interface Program {
  name: string
  version: string
  what: string
  /**
   * By name; each is loaded when it is called. What begins with no command's name is a call of the nameless command (`''`), where there is one;
   * an argument of its that is called like a command is written as a path (`./capabilities`).
   */
  commands: { [name: string]: { summary: string; load: () => Promise<Command> } }
}

const named = ({ commands }: Program): [string, Program['commands'][string]][] =>
  Object.entries(commands).filter(([name]) => name !== '')

/** The command that a word was most likely meant as, if any. */
const meant = (program: Program, word: string): string | undefined =>
  suggest(
    word,
    named(program).map(([name]) => name),
  )

/** `--output json` and `--verbose` as they stand on the line, for problems found before the line is parsed. */
const manner = (argv: string[]): { json: boolean; verbose: boolean } => ({
  json:
    argv.includes('--output=json') ||
    argv.some((word, index) => word === 'json' && argv[index - 1] === '--output'),
  verbose: argv.includes('--verbose'),
})

const completion = async (program: Program, argv: string[]): Promise<Outcome<string>> => {
  const [shell] = argv
  if (shell === undefined || !(shells as readonly string[]).includes(shell))
    return {
      ok: false,
      problems: [
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: `${program.name} completion needs a shell.`,
          fix: `one of ${shells.join(', ')}: source <(${program.name} completion bash)`,
        }),
      ],
    }
  const loaded = await Promise.all(
    Object.entries(program.commands).map(async ([name, { load }]) => [name, await load()] as const),
  )
  return good(completionScript(shell as Shell, program.name, Object.fromEntries(loaded)))
}

const unknownCommand = (program: Program, word: string, near = meant(program, word)): Problem =>
  problem({
    code: 'usage/wrong',
    fault: 'usage',
    what: `${program.name} has no command ${word}.`,
    fix: near === undefined ? `see \`${program.name} --help\`.` : `did you mean \`${program.name} ${near}\`?`,
  })

/** The nameless command's help, and the other commands below it; without a nameless one the commands alone. */
const helpOf = (program: Program, nameless: Command | undefined): string => {
  const summaries = {
    ...Object.fromEntries(named(program).map(([name, { summary }]) => [name, summary])),
    completion: `completion script for ${shells.join(', ')}`,
  }
  return nameless === undefined
    ? programHelp(program.name, program.what, summaries)
    : `${commandHelp(program.name, nameless)}\n${otherCommands(program.name, summaries)}`
}

/** Whether a problem is that the file `word` is not there. */
const isMissing = ({ code, where }: Problem, word: string): boolean =>
  code === 'usage/no-such-file' && where.some((place) => place.in === 'file' && place.file === word)

/** Runs what a command line asks for and gives the exit code. Problems are told by `voice`; bugs of ours pass through. */
export const runProgram = async (program: Program, argv: string[], voice: Voice): Promise<number> => {
  const tellRefusal = (problems: Problem[]): number => {
    voice.problems(problems, manner(argv))
    return exitCodeOf(problems)
  }
  // `scout help render` is how git and go are asked.
  const [word, ...rest] = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  if (word === '--version') {
    voice.out(`${program.name} ${program.version}\n`)
    return exitCodes.done
  }
  if (word === 'completion') {
    const script = await completion(program, rest)
    if (!script.ok) return tellRefusal(script.problems)
    voice.out(script.value)
    return exitCodes.done
  }
  const isNamed = word !== undefined && word !== '' && Object.hasOwn(program.commands, word)
  const chosen = program.commands[isNamed ? word : '']
  if (word === '--help' || word === '-h' || (word === undefined && chosen === undefined)) {
    voice.out(helpOf(program, await chosen?.load()))
    return word === undefined ? exitCodes.usage : exitCodes.done
  }
  if (chosen === undefined) return tellRefusal([unknownCommand(program, word ?? '')])
  const command = await chosen.load()
  const name = isNamed ? `${program.name} ${word}` : program.name
  const call = parseCall(name, command, isNamed || word === undefined ? rest : [word, ...rest])
  // A word that stands where a command would is rather a misspelt command than a file, once something is wrong with it.
  const near = isNamed || word === undefined ? undefined : meant(program, word)
  if (!call.ok)
    return tellRefusal(near === undefined ? call.problems : [unknownCommand(program, word ?? '', near)])
  if ((call.value.options as { help?: boolean }).help === true) {
    voice.out(isNamed ? commandHelp(name, command) : helpOf(program, command))
    return exitCodes.done
  }
  try {
    return await command.run(call.value as Call<Command['options']>)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return tellRefusal(
      near === undefined
        ? error.problems
        : error.problems.map((one) =>
            isMissing(one, word ?? '')
              ? { ...one, fix: `Correct the path; or did you mean \`${program.name} ${near}\`?` }
              : one,
          ),
    )
  }
}
