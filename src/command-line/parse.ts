import { parseArgs } from 'node:util'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem, Problems } from '../core/problem.ts'
import { suggest } from '../core/suggest.ts'
import type { Call, CommandSpec, Options, Values } from './command.ts'

const usage = (what: string, fix: string): Problem =>
  problem({ code: 'usage/wrong', fault: 'usage', what, fix })

const meant = (word: string, known: readonly string[], otherwise: string): string => {
  const near = suggest(word, known)
  return near === undefined ? otherwise : `did you mean \`${near}\`?`
}

/**
 * Checks a command line against a command's specification: unknown options, options without their value or with one too
 * many, values outside their choices, arguments that are missing or too many; all faults at once. `name` is how the
 * command is called (`scout render`).
 */
export const parseCall = <O extends Options>(
  name: string,
  spec: CommandSpec<O>,
  argv: string[],
): Outcome<Call<O>> => {
  const found: Problem[] = []
  const help = `see \`${name} --help\`.`
  const values: { [name: string]: string | boolean | string[] | undefined } = {}
  for (const [key, option] of Object.entries(spec.options))
    values[key] = option.many ? [] : option.value === undefined ? false : undefined
  const positionals: string[] = []

  const { tokens } = parseArgs({
    args: argv,
    options: Object.fromEntries(
      Object.entries(spec.options).map(([key, option]) => [
        key,
        {
          type: option.value === undefined ? ('boolean' as const) : ('string' as const),
          ...(key === 'help' && { short: 'h' }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(spec.options, token.name) ? spec.options[token.name] : undefined
    if (option === undefined) {
      const known = Object.keys(spec.options).map((key) => `--${key}`)
      found.push(usage(`${name} has no option ${token.rawName}.`, meant(token.rawName, known, help)))
    } else if (option.value === undefined) {
      if (token.value !== undefined)
        found.push(usage(`${token.rawName} takes no value.`, `write just ${token.rawName}.`))
      values[token.name] = true
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      found.push(usage(`${token.rawName} needs a value: ${option.value}.`, help))
    } else if (option.choices !== undefined && !option.choices.includes(token.value)) {
      const choices = `one of ${option.choices.join(', ')}`
      found.push(
        usage(
          `${token.rawName} cannot be "${token.value}".`,
          meant(token.value, option.choices, `${choices}.`),
        ),
      )
    } else if (option.many) {
      values[token.name] = [...(values[token.name] as string[]), token.value]
    } else if (values[token.name] !== undefined) {
      found.push(usage(`${token.rawName} is given twice.`, 'give it once.'))
    } else {
      values[token.name] = token.value
    }
  }
  // What stands behind an option that nobody knows may be its value.
  const isCertain = found.length === 0
  const order = `the order is \`${name} ${spec.arguments.map((one) => one.name).join(' ')}\`.`
  const [first = ''] = positionals
  const words = spec.arguments.flatMap((one) => one.choices ?? [])
  if (positionals.length === 1 && spec.arguments[0]?.choices === undefined && words.includes(first))
    found.push(usage(`${name} needs ${spec.arguments[0]?.name} before the word ${first}.`, order))
  for (const [index, argument] of spec.arguments.entries()) {
    const given = positionals[index]
    if (given === undefined && !argument.optional)
      found.push(usage(`${name} needs ${argument.name}: ${argument.help}.`, help))
    const { choices } = argument
    if (given !== undefined && choices !== undefined && !choices.includes(given) && isCertain)
      found.push(
        usage(
          `${argument.name} cannot be "${given}".`,
          positionals
            .slice(0, index)
            .some((word) => choices.includes(word) || suggest(word, choices) !== undefined)
            ? order
            : meant(given, choices, `one of ${choices.join(', ')}.`),
        ),
      )
  }
  const most = spec.arguments.at(-1)?.many ? Infinity : spec.arguments.length
  for (const extra of positionals.slice(most))
    found.push(usage(`${name} does not know what to do with "${extra}".`, help))
  // Whoever asks for help gets it, whatever else is wrong.
  if (values['help'] === true) return good({ arguments: positionals, options: values as Values<O> })
  return found.length > 0
    ? bad(found as Problems)
    : good({ arguments: positionals, options: values as Values<O> })
}
