import type { PlaceInObject, PlaceInSecret } from '../../../core/declared.generated.ts'
import { keyOf, nameOf } from '../../../core/object.ts'
import type { ObjectId } from '../../../core/object.ts'
import type { Path } from '../../../core/pointer.ts'
import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import { partsOf } from '../../../core/site-values/recipe.ts'
import type { Place, Recipe } from '../../../core/site-values/recipe.ts'
import { suggest } from '../../../core/suggest.ts'
import type { Written } from './written.ts'

/** A place of a site value, and where it is written. */
export interface WrittenPlace {
  written: Written
  place: Place
  path: Path
}

const objectOf = (at: PlaceInSecret | PlaceInObject, usual: string): ObjectId => {
  const namespace = at.namespace ?? usual
  if ('secret' in at) return { group: '', kind: 'Secret', namespace, name: at.secret }
  const [kind = '', ...group] = at.kind.split('.')
  return { group: group.join('.'), kind, namespace, name: at.name }
}

/** The places of a value whose recipe this is, defaults filled in. */
export const placesOf = (written: Written, recipe: Recipe): WrittenPlace[] =>
  (written.value.at ?? []).map((at, index) => ({
    written,
    path: [...written.path, 'at', index],
    place: {
      object: objectOf(at, written.namespace),
      field: 'secret' in at ? { in: 'secret', key: at.key } : { in: 'object', pointer: at.pointer },
      part: at.part ?? partsOf(recipe)[0] ?? 'value',
      after: at.after ?? '',
      before: at.before ?? '',
    },
  }))

/** That a value has no such part, and what it has instead. */
export const withoutPart = (
  asked: string,
  { name }: Written,
  recipe: Recipe,
): { lacks: string; fix: string } => {
  const parts = partsOf(recipe)
  const near = suggest(asked, parts)
  const lacks = `the part \`${asked}\` of \`${name}\`, which has ${parts.length === 1 ? 'no parts' : parts.join(' and ')}`
  const fix =
    parts.length === 1
      ? 'Leave the part out.'
      : near === undefined
        ? `Name ${parts.join(' or ')}.`
        : `Did you mean \`${near}\`?`
  return { lacks, fix }
}

/** What is wrong with one place by itself. */
export const checkPlace = ({ written, place, path }: WrittenPlace, recipe: Recipe): Problem[] => {
  const { release, name } = written
  const found: Problem[] = []
  if (!partsOf(recipe).includes(place.part)) {
    const { lacks, fix } = withoutPart(place.part, written, recipe)
    found.push(
      problem({
        code: 'declare/unknown-part',
        what: `Release ${release.name}: a place names ${lacks}.`,
        where: [release.declared.at([...path, 'part'])],
        fix,
      }),
    )
  }
  const inData = place.field.in === 'object' && /^\/(?:data|stringData)\//.test(place.field.pointer)
  if (inData && place.object.kind === 'Secret' && place.object.group === '')
    found.push(
      problem({
        code: 'declare/bad-place',
        what: `Release ${release.name}: a place of the site value \`${name}\` points into the data of a Secret, which is base64.`,
        where: [release.declared.at([...path, 'pointer'])],
        fix: `Write \`{ secret: ${place.object.name}, key: … }\`.`,
      }),
    )
  return found
}

const fieldOf = ({ field }: Place): string => (field.in === 'secret' ? `key ${field.key}` : field.pointer)

const isWhole = ({ after, before }: Place): boolean => after === '' && before === ''

/** Whether two places of one field stand in each other's way: they are the same one, or one of them is the whole text. */
const clash = (a: Place, b: Place): boolean =>
  isWhole(a) || isWhole(b) || (a.after === b.after && a.before === b.before)

/** Places that two values, or one twice, lay claim to. */
export const checkClaims = (places: WrittenPlace[]): Problem[] => {
  const byField = new Map<string, WrittenPlace[]>()
  const found: Problem[] = []
  for (const one of places) {
    const field = `${keyOf(one.place.object)} ${fieldOf(one.place)}`
    const before = byField.get(field) ?? []
    byField.set(field, [...before, one])
    const first = before.find(({ place }) => clash(place, one.place))
    if (first === undefined) continue
    found.push(
      problem({
        code: 'declare/place-twice',
        what: `Release ${one.written.release.name}: ${fieldOf(one.place)} of ${nameOf(one.place.object)} is a place of \`${one.written.name}\` and already one of \`${first.written.release === one.written.release ? first.written.name : first.written.fullName}\`.`,
        where: [one, first].map(({ written, path }) => written.release.declared.at(path)),
        why: 'One text can hold only one of them.',
        fix: 'Remove one of the two, or say with `after` and `before` which part of the text each is.',
      }),
    )
  }
  return found
}
