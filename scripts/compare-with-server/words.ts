import { createHmac, randomBytes } from 'node:crypto'
import type { FieldChange, Shown } from '../../src/core/comparison.ts'
import { canonicalJson } from '../../src/core/json.ts'
import type { Json } from '../../src/core/json.ts'
import { nameOf } from '../../src/core/object.ts'
import type { KubeObject, ObjectId } from '../../src/core/object.ts'
import { pointerOf } from '../../src/core/pointer.ts'
import { bounded, fieldLines } from '../../src/report/field-lines.ts'
import { visible } from '../../src/report/visible.ts'
import { textEdits } from '../../src/core/fields/edits.ts'
import { secrecyOf } from '../../src/core/fields/secrets.ts'
import type { ComparedObject, JudgedField, MaskedField } from './compare.ts'

const mostLines = 20

/** Digests tell values of one run apart; with a key of chance nobody can guess a short value by them. */
const key = randomBytes(32)
const digestOf = (value: Json): string =>
  createHmac('sha256', key).update(canonicalJson(value)).digest('hex').slice(0, 8)

const nameIn = (release: string, id: ObjectId): string => `${release}  ${visible(nameOf(id))}`

const shown = (value: Json, secret: boolean): Shown => ({
  show: 'value',
  value: secret ? `digest ${digestOf(value)}` : value,
})

/** What is in a Secret, and what is made up anew each time, is shown by its digest. */
const changeOf = (
  { path, ours, theirs: [theirs], steady, verdict }: JudgedField,
  object: KubeObject,
): FieldChange => {
  const secret = !steady || verdict.is !== 'different' || secrecyOf(object, path) !== 'open'
  const at = { pointer: pointerOf(path), name: '' }
  if (ours === undefined)
    return theirs === undefined
      ? { ...at, change: 'text', edits: [] }
      : { ...at, change: 'added', after: shown(theirs, secret) }
  if (theirs === undefined) return { ...at, change: 'removed', before: shown(ours, secret) }
  if (!secret && typeof ours === 'string' && typeof theirs === 'string' && /\n/.test(ours + theirs))
    return { ...at, change: 'text', edits: textEdits(ours, theirs) }
  return { ...at, change: 'changed', before: shown(ours, secret), after: shown(theirs, secret) }
}

const verdictWords = {
  masked: 'masked',
  'stable-mask': 'a placeholder over what is the same in both renders of the server, and supplied by nobody',
  random: "random, undeclared: the server's two renders differ here",
  different: 'differs',
}

const presenceWords = {
  'only-ours': 'is in rendered/, and helm does not make it on the server',
  'only-theirs': 'helm makes it on the server, and it is not in rendered/',
  unsteady: "is in only one of the server's two renders",
}

const differenceLines = (field: JudgedField, object: KubeObject): string[] => [
  `    ${visible(pointerOf(field.path))}  (${verdictWords[field.verdict.is]})`,
  ...bounded(fieldLines(changeOf(field, object)), mostLines).map(({ mark, text }) => `      ${mark} ${text}`),
]

/** An object's differences: by field what is in `rendered/` (-) and what the server's first render has (+). */
export const differenceWords = (compared: ComparedObject): string[] =>
  compared.presence === 'everywhere'
    ? [
        `differs  ${nameIn(compared.release, compared.id)}`,
        ...compared.fields
          .filter(({ verdict }) => verdict.is !== 'masked')
          .flatMap((field) => differenceLines(field, compared.object)),
      ]
    : [`differs  ${nameIn(compared.release, compared.id)}: ${presenceWords[compared.presence]}`]

/** An object's differences for programs: where they are and of which sort, no values. */
export const differenceJson = (compared: ComparedObject) => ({
  release: compared.release,
  object: compared.id,
  presence: compared.presence,
  fields:
    compared.presence === 'everywhere'
      ? compared.fields.map(({ path, verdict }) => ({ pointer: pointerOf(path), ...verdict }))
      : [],
})

/** A masked field in a line: where it is and why, never its value. */
export const maskWords = ({ release, object, pointer, why }: MaskedField): string =>
  `masked   ${nameIn(release, object)}  ${visible(pointer)}  (${why})`
