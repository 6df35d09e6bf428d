/** An option of a command: a flag, or one that takes a value (named by `value` in the help), once or many times. */
export interface Option {
  help: string
  value?: string
  many?: true
  choices?: readonly string[]
}

interface Argument {
  name: string
  help: string
  optional?: true
  /** As many as there are; only the last one. */
  many?: true
  choices?: readonly string[]
}

export type Options = { readonly [name: string]: Option }

type ValueOf<O extends Option> = O extends { many: true }
  ? string[]
  : O extends { value: string }
    ? string | undefined
    : boolean

export type Values<O extends Options> = { [K in keyof O]: ValueOf<O[K]> }

/** What a command is called with, checked against its specification. */
export interface Call<O extends Options> {
  arguments: string[]
  options: Values<O>
}

/** A command as data: its help, its completion and its parsing all come from here. */
export interface CommandSpec<O extends Options = Options> {
  summary: string
  arguments: readonly Argument[]
  options: O
  /** Command lines to copy, each with what it does. */
  examples: readonly (readonly [line: string, does: string])[]
}

/** A command with what it does; `run` answers with the exit code. */
export interface Command<O extends Options = Options> extends CommandSpec<O> {
  run(call: Call<O>): Promise<number>
}

/** Options that every command takes. */
export const commonOptions = {
  output: { value: 'FORM', choices: ['text', 'json'], help: 'text for people (default), json for programs' },
  verbose: { help: "also what the programs behind say, in their own words (helm's, ssh's)" },
  help: { help: 'show this help' },
} as const satisfies Options

/** Ties `run`'s call to the options that are declared beside it. */
export const command = <const O extends Options>(spec: Command<O>): Command<O> => spec
