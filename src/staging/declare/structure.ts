import type { Path } from '../../core/pointer.ts'
import { problem } from '../../core/problem.ts'
import type { Problem, Where } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import type { DeclaredFile } from '../../core/yaml/declared.ts'
import type { Fault } from './faults.ts'
import { flow, shown, spoken } from './flow.ts'
import type { Schema } from './schemas.ts'

const typeNames: { [type: string]: string } = {
  string: 'text',
  object: 'a map',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
}

const listed = (words: (string | number)[]): string => words.map((word) => `\`${word}\``).join(', ')

/** An example of the key with a value that the schema gives, as a fix. */
const example = (path: Path, schema: Schema): string => {
  const key = path.findLast((step) => typeof step === 'string') ?? ''
  const value = schema.examples?.[0] ?? schema.enum?.[0]
  if (value === undefined) return 'Correct it.'
  return typeof path.at(-1) === 'number'
    ? `Write, for example, \`${key}: [${flow(value)}]\`.`
    : `Write, for example, \`${flow(key)}: ${flow(value)}\`.`
}

/** `1.36` is a number to YAML: the commonest wrong type has the shortest way out. */
const quoted = (where: Where, schema: Schema): string | undefined => {
  if (where.in !== 'file' || where.excerpt === undefined || schema.type !== 'string') return undefined
  const text = where.excerpt.text.slice(where.excerpt.from - 1, where.excerpt.to - 1)
  const fits = /^[-+.\w:]+$/.test(text) && new RegExp(schema.pattern ?? '', 'u').test(text)
  return fits && (schema.enum?.includes(text) ?? true) ? `Put it in quotes: \`"${text}"\`.` : undefined
}

type FaultOf<F extends Fault['fault']> = Extract<Fault, { fault: F }>
/** `at` are the places that it is about, where they are not the fault's own path. */
type Words = { slug: string; at?: Path[]; part?: 'key' | 'value'; what: string; fix: string }

const wrongType = ({ path, value, schema }: FaultOf<'type'>, where: Where): Words => {
  const wanted = typeNames[schema.type ?? ''] ?? schema.patternErrorMessage ?? 'something else'
  const scalar = value !== null && typeof value !== 'object'
  return {
    slug: 'wrong-type',
    what: `\`${spoken(path)}\` is ${shown(value)}; it must be ${wanted}`,
    fix: (scalar ? quoted(where, schema) : undefined) ?? example(path, schema),
  }
}

const badValue = ({ path, value, keyword, schema }: FaultOf<'value'>): Words => {
  const slug = 'bad-value'
  const name = spoken(path)
  if (keyword === 'uniqueItems')
    return { slug, what: `\`${name}\` repeats ${shown(value)}`, fix: 'Remove one of them.' }
  if (schema.enum !== undefined) {
    const near = typeof value === 'string' ? suggest(value, schema.enum.map(String)) : undefined
    const fix = near === undefined ? `Use one of ${listed(schema.enum)}.` : `Did you mean \`${near}\`?`
    return {
      slug,
      what: `\`${name}\` is ${shown(value)}; it must be one of ${listed(schema.enum)}`,
      fix,
    }
  }
  if (['minLength', 'minItems', 'minProperties'].includes(keyword))
    return { slug, what: `\`${name}\` is empty`, fix: example(path, schema) }
  const wanted = schema.patternErrorMessage ?? 'something else'
  return { slug, what: `\`${name}\` is ${shown(value)}; it must be ${wanted}`, fix: example(path, schema) }
}

const badName = ({ path, key, schema }: FaultOf<'name'>): Words => ({
  slug: 'bad-value',
  at: [[...path, key]],
  part: 'key',
  what: `the key ${shown(key)} in \`${spoken(path)}\` is not ${schema.patternErrorMessage ?? 'a name for this place'}`,
  fix: 'Rename it.',
})

const unknownKey = ({ path, key, known, elsewhere }: FaultOf<'unknown'>): Words => {
  const near = suggest(key, known)
  const words = {
    slug: 'unknown-key',
    at: [[...path, key]],
    part: 'key' as const,
    what: `\`${spoken([...path, key])}\` is no key here`,
  }
  if (near !== undefined) return { ...words, fix: `Did you mean \`${near}\`?` }
  if (elsewhere.includes(key))
    return {
      ...words,
      slug: 'conflicting-keys',
      what: `\`${spoken([...path, key])}\` does not go with the other keys`,
      fix: `Keep it alone, or use only ${listed(known)}.`,
    }
  return { ...words, fix: `Remove it, or use one of ${listed(known)}.` }
}

const missing = ({ path, key, schema }: FaultOf<'missing'>): Words => ({
  slug: 'missing-key',
  part: 'key',
  what: `\`${spoken([...path, key])}\` is missing`,
  fix: example([...path, key], schema).replace('Write', 'Add'),
})

const owner = (path: Path): string => (path.length === 0 ? 'it' : `\`${spoken(path)}\``)

const both = ({ path, keys }: FaultOf<'both'>): Words => ({
  slug: 'conflicting-keys',
  at: keys.map((key) => [...path, key]),
  part: 'key',
  what: `${owner(path)} has both ${keys.map((key) => `\`${key}\``).join(' and ')}`,
  fix: 'Keep one of them.',
})

const neither = ({ path, keys, schema }: FaultOf<'neither'>): Words => ({
  slug: 'missing-key',
  at: [path],
  part: path.length === 0 ? 'value' : 'key',
  what: `${owner(path)} has neither ${keys.map((key) => `\`${key}\``).join(' nor ')}`,
  fix: example([...path, keys[0] ?? ''], schema).replace(
    'Write, for example,',
    'Add one of them, for example',
  ),
})

const words: { [F in Fault['fault']]: (fault: FaultOf<F>, where: Where) => Words } = {
  type: wrongType,
  value: badValue,
  name: badName,
  unknown: unknownKey,
  missing,
  both,
  neither,
}

/**
 * What is wrong with the structure of a file in words that begin with `subject` ("Release web"):
 * `declare/unknown-key`, `wrong-type`, `bad-value`, `missing-key` and `conflicting-keys`.
 */
export const structureProblems = (faults: Fault[], declared: DeclaredFile, subject: string): Problem[] =>
  faults.map((fault) => {
    const say = words[fault.fault] as (fault: Fault, where: Where) => Words
    const { slug, at, part, what, fix } = say(fault, declared.at(fault.path))
    return problem({
      code: `declare/${slug}`,
      what: `${subject}: ${what}.`,
      where: (at ?? [fault.path]).map((path) => declared.at(path, part)),
      fix,
    })
  })
