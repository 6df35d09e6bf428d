import { headOf, literalOf } from './parse.ts'
import type { Command, Operand, Parsed, Pipeline } from './parse.ts'

/** What is asked of `.Capabilities`: an API version (null: which one is not known before the render), or for Kubernetes' version. */
export type Asked = { about: 'api-versions'; asks: string | null } | { about: 'kube-version' }

/** The fields that follow `.Capabilities`, or undefined where an operand does not name it. `aliases` are variables that stand for it. */
export const fieldsOfCapabilities = (
  { base, name, fields }: Operand,
  aliases: ReadonlySet<string>,
): string[] | undefined => {
  const at = fields.indexOf('Capabilities')
  if (at >= 0) return fields.slice(at + 1)
  return base === 'variable' && aliases.has(name) ? fields : undefined
}

/** The variable of `$c := .Capabilities`, where nothing else stands in the action: what is asked is then asked of `$c`. */
export const aliasIn = ({ pipeline: { declares, commands } }: Parsed): string | undefined => {
  if (declares.length !== 1) return undefined
  const [operand, ...more] = commands.flat()
  if (operand === undefined || more.length > 0 || operand.base === 'pipeline') return undefined
  return operand.fields.at(-1) === 'Capabilities' ? declares[0] : undefined
}

const isHas = (name: string): boolean => name === 'has' || name === 'mustHas'

/** The literal that an API version is asked by in one of the forms `….Has "a"`, `"a" | ….Has`, `has "a" …` and `… | has "a"`. */
const literalAsked = (
  fields: string[],
  operand: Operand,
  command: Command,
  { commands }: Pipeline,
  at: number,
): string | null => {
  const [first, second, ...more] = command
  if (fields.join('.') === 'APIVersions.Has' && first === operand) {
    if (at === 0) return second && more.length === 0 ? second.value : null
    return at === 1 && second === undefined ? literalOf(commands[0]) : null
  }
  if (fields.join('.') !== 'APIVersions') return null
  if (isHas(headOf(command)))
    return command.length === 3 && more[0] === operand ? (second?.value ?? null) : null
  const next = commands[at + 1]
  return command.length === 1 && isHas(headOf(next)) && next?.length === 2 ? (next[1]?.value ?? null) : null
}

/**
 * What an operand asks that names `.Capabilities` with these fields behind it, in the command at this place of a pipeline; undefined
 * for what does not depend on the cluster.
 */
export const askedOf = (
  fields: string[],
  operand: Operand,
  command: Command,
  pipeline: Pipeline,
  at: number,
): Asked | undefined => {
  if (fields[0] === 'HelmVersion') return undefined
  if (fields[0] === 'KubeVersion') return { about: 'kube-version' }
  return { about: 'api-versions', asks: literalAsked(fields, operand, command, pipeline, at) }
}

/** The API version by which alone an `if` is decided: `{{ if .Capabilities.APIVersions.Has "a" }}`, and nothing else in it. */
export const conditionOf = (
  { keywords, pipeline }: Parsed,
  aliases: ReadonlySet<string>,
): string | undefined => {
  if (!keywords.includes('if') || pipeline.commands.length > 1) return undefined
  const [operand, text, ...more] = pipeline.commands.flat()
  if (operand === undefined || text === undefined || more.length > 0) return undefined
  const fields = fieldsOfCapabilities(operand, aliases)
  return fields?.join('.') === 'APIVersions.Has' ? (text.value ?? undefined) : undefined
}
