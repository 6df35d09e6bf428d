import { nameOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import type { ResolvedRelease } from '../../../core/records.ts'
import { placeholderOf } from '../../../core/site-values/placeholder.ts'
import type { Place, SiteValue } from '../../../core/site-values/recipe.ts'
import { suggest } from '../../../core/suggest.ts'
import { cutOut } from '../../../core/site-values/cut.ts'
import type { Hidden } from './cover.ts'
import { declaredAt } from '../in-release-file.ts'
import { fieldWords, keysBeside, readField } from './field.ts'
import { keyOfPlace, declaredKey } from './identity.ts'

/** A value found at its place. */
export interface Stood extends Omit<Hidden, 'sought'> {
  place: Place
  /** Which of the places of its value it is. */
  nth: number
  start: number
  end: number
}

const wordsFor = ({ object, field }: Place): string => fieldWords(object, field)

type Told = { what: string; fix: string }

const noObject = (object: ObjectId, objects: KubeObject[]): Told => {
  const names = objects.filter(({ kind }) => kind === object.kind).map(({ metadata }) => metadata.name)
  const near = suggest(object.name, names)
  return {
    what: `the chart renders no ${nameOf(object)}`,
    fix:
      near === undefined
        ? 'Correct the place, which leaves the value on the clusters as it is, or take the site value out; `scout render --propose` says what it needs.'
        : `Did you mean \`${near}\`?`,
  }
}

const noField = (place: Place, object: KubeObject): Told => {
  const meant = place.field.in === 'secret' ? place.field.key : place.field.pointer.split('/').at(-1)!
  const keys = keysBeside(object, place.field)
  const near = suggest(meant, keys)
  return {
    what: `there is no text at ${wordsFor(place)}`,
    fix:
      near === undefined
        ? 'Correct the place, which leaves the value on the clusters as it is, or take it out.'
        : `Did you mean \`${near}\`?`,
  }
}

const noText = (place: Place): Told => ({
  what: `at ${wordsFor(place)}, nothing stands ${place.after === '' ? '' : `after ${JSON.stringify(place.after)} `}${
    place.before === '' ? '' : `before ${JSON.stringify(place.before)}`
  }`.trimEnd(),
  fix: 'Correct `after` and `before` to the text that the chart writes around the value now, or take the place out.',
})

const unfit = (place: Place): Told => ({
  what: `at ${wordsFor(place)}, the value has several lines and does not begin a line`,
  fix: 'Let the chart put it on lines of its own, or declare the whole field as `sealed`.',
})

/** Where the values of a release stand in one of its renders, and every place that is not there. */
export const findPlaces = (
  release: ResolvedRelease,
  siteValues: SiteValue[],
  objects: KubeObject[],
): { stood: Stood[]; problems: Problem[] } => {
  const byKey = new Map(objects.map((object) => [declaredKey(release, object), object]))
  const problems: Problem[] = []
  const missing = (place: Place, nth: number, id: string, { what, fix }: Told): void => {
    problems.push(
      problem({
        code: 'render/missing-place',
        what: `Release ${release.name}, site value ${id}: ${what}.`,
        where: [
          declaredAt(release, id, nth),
          {
            in: 'object',
            object: place.object,
            release: release.name,
            ...(place.field.in === 'object' ? { pointer: place.field.pointer } : {}),
          },
        ],
        why: 'What the chart makes up there would differ at each render, or be seen by everybody.',
        fix,
      }),
    )
  }
  const stood: Stood[] = []
  for (const { id, places } of siteValues)
    for (const [nth, place] of places.entries()) {
      const object = byKey.get(keyOfPlace(release, place))
      const text = object && readField(object, place.field)
      const cut = text === undefined ? undefined : cutOut(text, place)
      if (object === undefined) missing(place, nth, id, noObject(place.object, objects))
      else if (text === undefined) missing(place, nth, id, noField(place, object))
      else if (cut === undefined) missing(place, nth, id, noText(place))
      else if (cut === 'unfit') missing(place, nth, id, unfit(place))
      else
        stood.push({ ...cut, id, nth, part: place.part, place, placeholder: placeholderOf(id, place.part) })
    }
  return { stood, problems }
}

/** Places of one part of one value where the chart puts different things. */
export const unequalPlaces = (release: ResolvedRelease, stood: Stood[]): Problem[] =>
  Array.from(Map.groupBy(stood, ({ placeholder }) => placeholder).values()).flatMap((group) => {
    const [first] = group
    const other = group.find(({ value }) => value !== first?.value)
    if (first === undefined || other === undefined) return []
    return [
      problem({
        code: 'render/unequal-places',
        what: `Release ${release.name}, site value ${first.id}: the chart puts one thing at ${wordsFor(first.place)}, and another at ${wordsFor(other.place)}.`,
        where: [first, other].map(({ id, nth }) => declaredAt(release, id, nth)),
        why: 'Both would get the same value.',
        fix: 'Declare two site values.',
      }),
    ]
  })
