import type { CommandSpec } from './command.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A program for its completion: the commands by name; what begins with none of them is a call of the one named ''. */
export type Completable = { [command: string]: CommandSpec }

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const optionsOf = (spec: CommandSpec): string[] => Object.keys(spec.options).map((name) => `--${name}`)
const choicesOf = (spec: CommandSpec): string[] => spec.arguments.flatMap(({ choices }) => choices ?? [])

const namesOf = (commands: Completable): string[] => Object.keys(commands).filter((name) => name !== '')

const valueCases = (commands: Completable): string => {
  const cases = new Map<string, readonly string[]>()
  for (const spec of Object.values(commands))
    for (const [name, { choices }] of Object.entries(spec.options))
      if (choices !== undefined) cases.set(`--${name}`, choices)
  return [...cases]
    .map(
      ([name, choices]) =>
        `    ${name}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$word")); return ;;`,
    )
    .join('\n')
}

const bash = (program: string, commands: Completable): string => {
  const id = program.replaceAll('-', '_')
  const nameless = commands['']
  const words = (spec: CommandSpec): string => [...choicesOf(spec), ...optionsOf(spec)].join(' ')
  const first = [...namesOf(commands), ...(nameless === undefined ? [] : optionsOf(nameless))].join(' ')
  const cases = [
    ...namesOf(commands).map((name) => [name, commands[name]] as const),
    ...(nameless === undefined ? [] : [['*', nameless] as const]),
  ]
  const choose = `  local words=${quoted(first)}
  case "\${COMP_WORDS[1]}" in
${cases.map(([name, spec]) => `    ${name}) [ "$COMP_CWORD" -gt 1 ] && words=${quoted(spec === undefined ? '' : words(spec))} ;;`).join('\n')}
  esac`
  return `# bash completion for ${program}: source <(${program} completion bash)
_${id}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  case "$before" in
${valueCases(commands)}
  esac
${choose}
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _${id} ${program}
`
}

const fish = (program: string, commands: Completable): string => {
  const names = namesOf(commands).join(' ')
  const unnamed = names === '' ? '' : ` -n ${quoted(`not __fish_seen_subcommand_from ${names}`)}`
  const lines = Object.entries(commands).flatMap(([name, spec]) => {
    const here = name === '' ? unnamed : ` -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
    const choices = choicesOf(spec)
    return [
      ...(name === ''
        ? []
        : [`complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(spec.summary)}`]),
      ...(choices.length === 0 ? [] : [`complete -c ${program}${here} -a ${quoted(choices.join(' '))}`]),
      ...Object.entries(spec.options).map(([key, option]) => {
        const value =
          option.value === undefined
            ? ''
            : option.choices === undefined
              ? ' -r'
              : ` -xa ${quoted(option.choices.join(' '))}`
        return `complete -c ${program}${here} -l ${key}${value} -d ${quoted(option.help)}`
      }),
    ]
  })
  return `# fish completion for ${program}: ${program} completion fish | source\n${lines.join('\n')}\n`
}

/** zsh runs bash's completion by its own bridge. */
const zsh = (program: string, commands: Completable): string =>
  `# zsh completion for ${program}: source <(${program} completion zsh)\nautoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bash(program, commands)}`

/** The completion script of a program, for one shell. */
export const completionScript = (shell: Shell, program: string, commands: Completable): string =>
  ({ bash, zsh, fish })[shell](program, commands)
