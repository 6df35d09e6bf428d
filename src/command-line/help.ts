import type { CommandSpec, Option } from './command.ts'

const table = (rows: (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n')
}

const flag = (name: string, option: Option): string =>
  `--${name}${option.value === undefined ? '' : ` ${option.value}`}`

const words = (option: Option): string =>
  `${option.help}${option.choices === undefined ? '' : ` [${option.choices.join('|')}]`}${option.many ? ' (may be repeated)' : ''}`

/** The help of one command: what it does, how it is called, its options, examples to copy. */
export const commandHelp = (name: string, spec: CommandSpec): string => {
  const call = spec.arguments.map(({ name: argument, optional, many }) => {
    const word = many ? `${argument}...` : argument
    return optional ? `[${word}]` : word
  })
  const sections = [
    spec.summary,
    `Usage:\n  ${[name, ...call, '[options]'].join(' ')}`,
    ...(spec.arguments.length === 0
      ? []
      : [
          `Arguments:\n${table(
            spec.arguments.map(({ name: argument, help, choices }) => [
              argument,
              `${help}${choices === undefined ? '' : ` [${choices.join('|')}]`}`,
            ]),
          )}`,
        ]),
    `Options:\n${table(Object.entries(spec.options).map(([key, option]) => [flag(key, option), words(option)]))}`,
    `Examples:\n${spec.examples.map(([line, does]) => `  # ${does}\n  ${line}`).join('\n')}`,
    'Exit codes:\n  0 done, 1 refused, 2 wrong usage, 3 changes found (--exit-code), 4 the world failed, 70 a bug of ours',
  ]
  return `${sections.join('\n\n')}\n`
}

const commandTable = (program: string, commands: { [name: string]: string }): string =>
  `${table(Object.entries(commands))}\n\n\`${program} COMMAND --help\` tells more, with examples.\n`

/** The help of a program: its commands, a line each. */
export const programHelp = (program: string, what: string, commands: { [name: string]: string }): string =>
  `${what}\n\nUsage:\n  ${program} COMMAND [options]\n\nCommands:\n${commandTable(program, commands)}`

/** What a program can do beside its nameless command, whose help this follows. */
export const otherCommands = (program: string, commands: { [name: string]: string }): string =>
  `Other commands:\n${commandTable(program, commands)}`
