import { isObject } from '../../../core/json.ts'
import { nameOf } from '../../../core/object.ts'
import type { KubeObject } from '../../../core/object.ts'
import { problem, unless } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { ResolvedRelease } from '../../../core/records.ts'
import { cutOut } from '../../../core/site-values/cut.ts'
import { holdsPlaceholder, placeholderOf } from '../../../core/site-values/placeholder.ts'
import type { Place, SealedRecipe, SiteValue } from '../../../core/site-values/recipe.ts'
import { utf8Text } from '../../../core/utf-8.ts'
import { readField } from '../mask/field.ts'
import { declaredKey, keyOfPlace } from '../mask/identity.ts'

/** Where a field is kept. */
export const fileOf = ({ recipe }: SiteValue): string => (recipe as SealedRecipe).file
/** How its release calls it. */
export const nameOfField = ({ recipe }: SiteValue): string =>
  (recipe as SealedRecipe).pointer.slice('/values/'.length)

const encodedAt = (object: KubeObject, { field }: Place): string | undefined => {
  const { data, stringData } = object
  if (field.in !== 'secret' || !isObject(data)) return undefined
  if (isObject(stringData) && Object.hasOwn(stringData, field.key)) return undefined
  const encoded = Object.hasOwn(data, field.key) ? data[field.key] : undefined
  return typeof encoded === 'string' ? encoded : undefined
}

/**
 * What the chart really makes at a place, in the form in which the placeholder stands in what is rendered: where that stands un-encoded in the
 * data of a Secret (bytes that are no text), it is the base64. undefined where there is nothing, or nothing that could take its place.
 */
const valueAt = (masked: KubeObject, real: KubeObject, place: Place, id: string): string | undefined => {
  const encoded = encodedAt(real, place)
  if (encodedAt(masked, place)?.includes(placeholderOf(id, place.part))) return encoded
  if (encoded !== undefined && utf8Text(Buffer.from(encoded, 'base64')) === undefined) return undefined
  const text = readField(real, place.field)
  const cut = text === undefined ? undefined : cutOut(text, place)
  return cut === undefined || cut === 'unfit' ? undefined : cut.value
}

const wordsFor = ({ object, field }: Place): string =>
  field.in === 'secret' ? `key ${field.key} of ${nameOf(object)}` : `${field.pointer} of ${nameOf(object)}`

const refuse = (
  { name, file }: ResolvedRelease,
  { id }: SiteValue,
  { object }: Place,
  slug: string,
  what: string,
  fix: string,
): Problem =>
  problem({
    code: `render/${slug}`,
    what: `Release ${name}, site value ${id}: ${what}.`,
    where: [
      { in: 'release', release: name, file },
      { in: 'object', object, release: name },
    ],
    fix,
  })

/** That a field is made of a value which only the control plane has. */
export const ofAnother = (release: ResolvedRelease, field: SiteValue): Problem =>
  refuse(
    release,
    field,
    field.places[0]!,
    'sealed-of-site-value',
    'what the chart puts there is made of another site value, which only the control plane has',
    'Keep that value in a values file in SOPS format as well, or declare this field as `supplied`.',
  )

/** The values of sealed fields in one real render, by id; all places of a field must hold the same. */
export const fieldsIn = (
  release: ResolvedRelease,
  fields: SiteValue[],
  masked: KubeObject[],
  real: KubeObject[],
): Outcome<Map<string, string>> => {
  const maskedBy = new Map(masked.map((object) => [declaredKey(release, object), object]))
  const realBy = new Map(real.map((object) => [declaredKey(release, object), object]))
  const problems: Problem[] = []
  const values = new Map<string, string>()
  for (const field of fields)
    for (const place of field.places) {
      const key = keyOfPlace(release, place)
      const [one, other] = [maskedBy.get(key), realBy.get(key)]
      const value = one && other && valueAt(one, other, place, field.id)
      const before = values.get(field.id)
      if (value === undefined)
        problems.push(
          refuse(
            release,
            field,
            place,
            'missing-place',
            `with the values of its sealed files, the chart puts nothing at ${wordsFor(place)} that could be sealed`,
            'It does with placeholders: find what of the template depends on the values themselves.',
          ),
        )
      else if (holdsPlaceholder(value)) problems.push(ofAnother(release, field))
      else if (before !== undefined && before !== value)
        problems.push(
          refuse(
            release,
            field,
            place,
            'unequal-places',
            `the chart puts one thing at ${wordsFor(field.places[0]!)}, and another at ${wordsFor(place)}`,
            'Declare two site values.',
          ),
        )
      else values.set(field.id, value)
    }
  return unless(problems, () => values)
}
