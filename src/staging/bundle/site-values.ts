import { isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { pointerOf } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { RenderedObject, SetOf, ValidatedRelease } from '../../core/records.ts'
import { placeholderForm, placeholderOf } from '../../core/site-values/placeholder.ts'
import { madeOf, partsOf } from '../../core/site-values/recipe.ts'
import type { Place, SiteValue } from '../../core/site-values/recipe.ts'
import { rewriteTexts } from '../../core/site-values/texts.ts'

const renderAgain = 'Run `make render`, and review and commit what it changes.'

/** A placeholder in the text of an object. */
interface Standing {
  placeholder: string
  id: ObjectId
  release: string
  path: Path
}

const inRelease = ({ name, objects }: ValidatedRelease): Standing[] =>
  objects.flatMap(({ id, object }) => {
    const found: Standing[] = []
    rewriteTexts(object, (text, path) => {
      for (const [placeholder] of text.matchAll(placeholderForm))
        found.push({ placeholder, id, release: name, path })
      return text
    })
    return found
  })

/** The ways to keys that hold a placeholder: those stay as they are on the control plane, too. */
const inKeys = (value: Json, path: Path = []): Path[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => inKeys(item, [...path, index]))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.search(placeholderForm) < 0 ? [] : [[...path, key]]),
    ...inKeys(item, [...path, key]),
  ])
}

const misplaced = ({ id, object }: RenderedObject, release: string): Problem[] => {
  const named = [id.name, id.namespace].some((part) => part.search(placeholderForm) >= 0)
  return [...(named ? [['metadata', 'name']] : []), ...inKeys(object)].map((path) =>
    problem({
      code: 'bundle/site-value-in-name',
      what: `${nameOf(id)} of ${release}: a site value is ${named ? 'in its name' : 'the name of a field'}.`,
      where: [{ in: 'object', object: id, release, pointer: pointerOf(path) }],
      why: 'Names are seen by everybody, and no value is ever put there.',
      fix: 'Write what stands there into the values, in clear.',
    }),
  )
}

const unknown = ({ placeholder, id, release, path }: Standing): Problem =>
  problem({
    code: 'bundle/unknown-placeholder',
    what: `${nameOf(id)} of ${release} holds ${placeholder}, which stands for no site value of this set.`,
    where: [{ in: 'object', object: id, release, pointer: pointerOf(path) }],
    why: 'The placeholder itself would be what runs.',
    fix: renderAgain,
  })

const unplaced = (siteValue: SiteValue, { object, field }: Place, release: string): Problem =>
  problem({
    code: 'bundle/unplaced-site-value',
    what: `${nameOf(object)} of ${release} does not hold the placeholder of ${siteValue.id}, which has its place there.`,
    where: [
      {
        in: 'object',
        object,
        release,
        ...(field.in === 'object' ? { pointer: field.pointer } : {}),
      },
    ],
    why: 'What the chart made up would be what runs, and be seen by everybody.',
    fix: renderAgain,
  })

/**
 * The site values of a release, with places as they are on the cluster: a person need not say of an object that it is in no namespace, but
 * whoever reads the bundle must not have to guess.
 */
const placed = ({ siteValues, namespace, objects }: ValidatedRelease): SiteValue[] => {
  const known = new Set(objects.map(({ id }) => keyOf(id)))
  const settled = (object: ObjectId): ObjectId => {
    const clusterWide = { ...object, namespace: '' }
    const isClusterWide =
      object.namespace === namespace && !known.has(keyOf(object)) && known.has(keyOf(clusterWide))
    return isClusterWide ? clusterWide : object
  }
  return siteValues.map((one) => ({
    ...one,
    places: one.places.map((place) => ({ ...place, object: settled(place.object) })),
  }))
}

/** By id; what several releases read from one Secret is one value with the places of all. */
const byId = (siteValues: SiteValue[]): Map<string, SiteValue> => {
  const found = new Map<string, SiteValue>()
  for (const one of siteValues)
    found.set(one.id, { ...one, places: [...(found.get(one.id)?.places ?? []), ...one.places] })
  return found
}

/**
 * The site values that a bundle carries: those whose placeholder stands in an object of the set, and those that they are made of; sorted
 * by id, each once. Refused: a placeholder of no site value, or in a name; a place without its placeholder.
 */
export const siteValuesOf = ({ releases }: SetOf<ValidatedRelease>): Outcome<SiteValue[]> => {
  const perRelease = releases.map((release) => ({ name: release.name, siteValues: placed(release) }))
  const all = byId(perRelease.flatMap(({ siteValues }) => siteValues))
  const ownerOf = new Map(
    [...all.values()].flatMap(({ id, recipe }) =>
      partsOf(recipe).map((part) => [placeholderOf(id, part), id] as const),
    ),
  )
  const standing = releases.flatMap(inRelease)
  const where = new Set(standing.map(({ id, placeholder }) => `${keyOf(id)} ${placeholder}`))
  const problems = [
    ...releases.flatMap(({ name, objects }) => objects.flatMap((object) => misplaced(object, name))),
    ...standing.filter(({ placeholder }) => !ownerOf.has(placeholder)).map(unknown),
    ...perRelease.flatMap(({ name, siteValues }) =>
      siteValues.flatMap((one) =>
        one.places
          .filter(({ object, part }) => !where.has(`${keyOf(object)} ${placeholderOf(one.id, part)}`))
          .map((place) => unplaced(one, place, name)),
      ),
    ),
  ]
  return unless(problems, () => {
    const needed = new Set<string>()
    const need = (id: string | undefined): void => {
      const value = all.get(id ?? '')
      if (value === undefined || needed.has(value.id)) return
      needed.add(value.id)
      need(madeOf(value.recipe))
    }
    for (const { placeholder } of standing) need(ownerOf.get(placeholder))
    return [...needed].sort().map((id) => all.get(id) as SiteValue)
  })
}
