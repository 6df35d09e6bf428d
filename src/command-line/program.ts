import { exitCodes, exitCodeOf, good, problem, Refused } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { suggest } from '../core/suggest.ts'
import type { Call, Command } from './command.ts'
import { completionScript, shells } from './completion.ts'
import type { Shell } from './completion.ts'
import { commandHelp, programHelp } from './help.ts'
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
  /** By name; each is loaded when it is called. A program with one nameless command (`''`) takes no command word. */
  commands: { [name: string]: { summary: string; load: () => Promise<Command> } }
}

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

const unknownCommand = (program: Program, word: string): Problem => {
  const near = suggest(word, Object.keys(program.commands))
  return problem({
    code: 'usage/wrong',
    fault: 'usage',
    what: `${program.name} has no command ${word}.`,
    fix: near === undefined ? `see \`${program.name} --help\`.` : `did you mean \`${program.name} ${near}\`?`,
  })
}

/** Runs what a command line asks for and gives the exit code. Problems are told by `voice`; bugs of ours pass through. */
export const runProgram = async (program: Program, argv: string[], voice: Voice): Promise<number> => {
  const tellRefusal = (problems: Problem[]): number => {
    voice.problems(problems, manner(argv))
    return exitCodeOf(problems)
  }
  const only = program.commands['']
  // `scout help render` is how git and go are asked.
  const asked =
    only === undefined && argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv
  const [word, ...rest] = asked
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
  if (only === undefined && (word === undefined || word === '--help' || word === '-h' || word === 'help')) {
    const summaries = Object.entries(program.commands).map(([name, { summary }]) => [name, summary] as const)
    voice.out(
      programHelp(program.name, program.what, {
        ...Object.fromEntries(summaries),
        completion: `completion script for ${shells.join(', ')}`,
      }),
    )
    return word === undefined ? exitCodes.usage : exitCodes.done
  }
  const named =
    word !== undefined && Object.hasOwn(program.commands, word) ? program.commands[word] : undefined
  const chosen = only ?? named
  if (chosen === undefined) return tellRefusal([unknownCommand(program, word ?? '')])
  const command = await chosen.load()
  const name = only === undefined ? `${program.name} ${word}` : program.name
  const call = parseCall(name, command, only === undefined ? rest : argv)
  if (!call.ok) return tellRefusal(call.problems)
  if ((call.value.options as { help?: boolean }).help === true) {
    voice.out(commandHelp(name, command))
    return exitCodes.done
  }
  try {
    return await command.run(call.value as Call<Command['options']>)
  } catch (error) {
    if (error instanceof Refused) return tellRefusal(error.problems)
    throw error
  }
}
