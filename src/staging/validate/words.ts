import { printJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Path } from '../../core/pointer.ts'
import { suggest } from '../../core/suggest.ts'
import type { Finding } from './judge.ts'
import type { Bound, JsonType } from './shape.ts'

/** What a finding says: the problem's code, its sentence after the object's name, and what to do. */
export interface Words {
  slug: string
  severity?: 'warning'
  what: string
  why: string
  fix: string
}

/** A place as people write it: `spec.template.spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export const placeOf = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')

const refused = 'The API server would refuse it.'
const typeWords: Record<JsonType | 'null', string> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}
const either = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const boundWords: Record<Bound, (limit: number | bigint) => string> = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => `must have at least ${limit} characters`,
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => `must have at least ${limit} items`,
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => `must have at least ${limit} fields`,
  maxProperties: (limit) => `must have at most ${limit} fields`,
}

/** The most fields that a fix lists; more would hide the sentence. */
const mostListed = 12

const fixOfUnknown = (word: string, known: string[]): string => {
  const meant = suggest(word, known)
  if (meant !== undefined) return `Did you mean \`${meant}\`?`
  return known.length > 0 && known.length <= mostListed
    ? `Take it out; the fields here are ${known.toSorted().join(', ')}.`
    : 'Take it out, or move it to where it belongs.'
}

const fixOfType = (wanted: readonly JsonType[], found: JsonType | 'null'): string => {
  if (found === 'null') return 'Leave the field out, or give it a value.'
  if (found === 'string' && !wanted.includes('object') && !wanted.includes('array'))
    return 'Write it without quotes.'
  if (wanted.includes('string') && ['integer', 'number', 'boolean'].includes(found))
    return 'Write it in quotes.'
  return `Write ${either(wanted.map((type) => typeWords[type]))}.`
}

const valueWords = (finding: Extract<Finding, { is: 'bad-value' }>): { must: string; fix: string } => {
  if ('enum' in finding) {
    const allowed = either(finding.enum.map((one) => (typeof one === 'string' ? one : printJson(one))))
    return { must: `must be ${allowed}`, fix: `Write ${allowed}.` }
  }
  if ('format' in finding)
    return {
      must: `is not in the format ${finding.format}`,
      fix: `Write it in the format ${finding.format}.`,
    }
  if ('pattern' in finding)
    return {
      must: `does not match the pattern ${finding.pattern}`,
      fix: 'Write a value that matches the pattern.',
    }
  const must = boundWords[finding.bound](finding.limit)
  return { must, fix: `Change it: it ${must}.` }
}

const keyWords = (keys: { [key: string]: Json }): string =>
  Object.entries(keys)
    .map(([key, value]) => `${key} ${printJson(value)}`)
    .join(', ')

type Teller<Is extends Finding['is']> = (
  finding: Extract<Finding, { is: Is }>,
  place: string,
) => Omit<Words, 'slug'>

const tellers: { [Is in Finding['is']]: Teller<Is> } = {
  'unknown-field': ({ at, known }, place) => ({
    what: `has no field ${place}.`,
    why: refused,
    fix: fixOfUnknown(String(at.at(-1)), known),
  }),
  'dropped-field': ({ at }, place) => ({
    severity: 'warning',
    what: `has a field ${place} that the API server drops.`,
    why: `The schema of its CRD names no field in ${placeOf(at.slice(0, -1))}, so what stands there never takes effect.`,
    fix: 'Take it out, or let the CRD say x-kubernetes-preserve-unknown-fields there.',
  }),
  'missing-field': ({ at }, place) => ({ what: `lacks ${place}.`, why: refused, fix: `Add ${at.at(-1)}.` }),
  'wrong-type': ({ wanted, found }, place) => ({
    what: `wants ${either(wanted.map((type) => typeWords[type]))} in ${place}, and there is ${typeWords[found]}.`,
    why: refused,
    fix: fixOfType(wanted, found),
  }),
  'bad-value': (finding, place) => {
    const { must, fix } = valueWords(finding)
    return { what: `has a wrong value in ${place}: it ${must}.`, why: refused, fix }
  },
  'impossible-bound': ({ bound, limit }, place) => ({
    what: `cannot have a value in ${place}: its CRD says that it ${boundWords[bound](limit)}, and the API server cannot compare integers with that number.`,
    why: 'The API server would refuse every value of this field.',
    fix: `Take ${bound} out of the CRD, or leave the field out.`,
  }),
  'duplicate-item': ({ at, first, keys }, place) => {
    const both = `${placeOf([...at.slice(0, -1), first])} and ${place}`
    const same = keyWords(keys)
    return {
      what: same === '' ? `says the same twice: ${both}.` : `has ${same} twice: ${both}.`,
      why: 'Server-side apply refuses a list in which two items have the same key.',
      fix: 'Keep one of them.',
    }
  },
  'no-alternative': ({ at, missing, fitting }, place) =>
    missing.length > 0
      ? {
          what: `needs ${either(missing.map((name) => placeOf([...at, name])))}.`,
          why: refused,
          fix: `Add ${either(missing)}.`,
        }
      : {
          what: `fits ${fitting === 0 ? 'none' : `${fitting} instead of one`} of the alternatives that its schema has for ${place}.`,
          why: refused,
          fix: 'See the documentation of this field for the ways to fill it.',
        },
  excluded: (_, place) => ({
    what: `has in ${place} what its schema excludes.`,
    why: refused,
    fix: 'See the documentation of this field for what must not stand together.',
  }),
  'unchecked-pattern': ({ pattern }, place) => ({
    severity: 'warning',
    what: `has a value in ${place} that could not be compared with its pattern ${pattern}.`,
    why: 'The pattern is written for Go and has no equal here; the API server will compare it.',
    fix: 'Nothing, if a server-side dry run accepts the object.',
  }),
}

/** Puts a finding into words. None of them holds the value that is wrong. */
export const wordsOf = (finding: Finding): Words => {
  const tell = tellers[finding.is] as (one: Finding, place: string) => Omit<Words, 'slug'>
  return { slug: finding.is, ...tell(finding, finding.at.length === 0 ? 'it' : placeOf(finding.at)) }
}
