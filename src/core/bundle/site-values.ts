import { keyOf, nameOf } from '../object.ts'
import {
  idOfRead,
  idOfSealed,
  isAuthority,
  isInValues,
  isPassword,
  madeOf,
  partsOf,
} from '../site-values/recipe.ts'
import type { SiteValue } from '../site-values/recipe.ts'
import type { BundleManifest } from './format.ts'
import { isSealedMember, mostSealedBytes, sealedMemberOf } from './members.ts'

const checkId = ({ id, recipe }: SiteValue, releases: Set<string>): string[] => {
  if (recipe.made === 'read')
    return id === idOfRead(recipe) ? [] : [`site value ${id} is read from ${idOfRead(recipe)}`]
  if (recipe.made === 'sealed' && id.startsWith('sops:'))
    return id === idOfSealed(recipe) ? [] : [`site value ${id} is sealed in ${idOfSealed(recipe)}`]
  const [release = ''] = id.split('/')
  return releases.has(release) ? [] : [`site value ${id} belongs to no release of it`]
}

const checkMadeOf = ({ id, recipe }: SiteValue, byId: Map<string, SiteValue>): string[] => {
  const wanted = madeOf(recipe)
  if (wanted === undefined) return []
  const other = byId.get(wanted)
  if (other === undefined) return [`site value ${id} is made of ${wanted}, which is not in it`]
  const fits = recipe.made === 'certificate' ? isAuthority(other.recipe) : isPassword(other.recipe)
  return fits ? [] : [`site value ${id} cannot be made of ${wanted}`]
}

/** One value of each circle. */
const circular = (siteValues: SiteValue[], byId: Map<string, SiteValue>): string[] => {
  const cameFrom = new Map<string, SiteValue>()
  return siteValues.flatMap((start) => {
    let at: SiteValue | undefined = start
    while (at !== undefined && !cameFrom.has(at.id)) {
      cameFrom.set(at.id, start)
      at = byId.get(madeOf(at.recipe) ?? '')
    }
    return at !== undefined && cameFrom.get(at.id) === start ? [at.id] : []
  })
}

const checkPlaces = ({ id, recipe, places }: SiteValue, objects: Set<string>): string[] => [
  ...(recipe.made === 'sealed' && (places.length === 0) !== isInValues({ id, recipe })
    ? [`site value ${id} is sealed and ${places.length === 0 ? 'has no place' : 'has places of its own'}`]
    : []),
  ...places.flatMap(({ object, part }) => [
    ...(partsOf(recipe).includes(part) ? [] : [`site value ${id} has no part ${part}`]),
    ...(objects.has(keyOf(object))
      ? []
      : [`site value ${id} has its place in ${nameOf(object)}, which is not in it`]),
  ]),
]

/** Sealed files without a value, values without their file, and files that are too large. */
const checkSealed = ({ siteValues, members }: Pick<BundleManifest, 'siteValues' | 'members'>): string[] => {
  const wanted = new Map(
    siteValues.flatMap(({ id, recipe }) =>
      recipe.made === 'sealed' ? [[sealedMemberOf(recipe.file), id] as const] : [],
    ),
  )
  const listed = members.filter(({ path }) => isSealedMember(path))
  const there = new Set(listed.map(({ path }) => path))
  return [
    ...Array.from(wanted).flatMap(([path, id]) =>
      there.has(path) ? [] : [`site value ${id} is sealed in ${path}, which its members lack`],
    ),
    ...listed.flatMap(({ path, size }) => [
      ...(wanted.has(path) ? [] : [`${path} belongs to no site value`]),
      ...(size <= mostSealedBytes ? [] : [`${path} has more than ${mostSealedBytes} bytes`]),
    ]),
  ]
}

/** What does not agree in the site values of a manifest of the right shape: their order and ids, what they are made of, their places, the files that they are sealed in. */
export const siteValueFaults = ({ siteValues, releases, members }: BundleManifest): string[] => {
  const byId = new Map(siteValues.map((one) => [one.id, one]))
  const names = new Set(releases.map(({ name }) => name))
  const objects = new Set(releases.flatMap((release) => release.objects.map(({ id }) => keyOf(id))))
  const isSorted = siteValues.every(
    ({ id }, index) => index === 0 || (siteValues[index - 1] as SiteValue).id < id,
  )
  return [
    ...(isSorted ? [] : ['its site values are not sorted, or one is there twice']),
    ...siteValues.flatMap((value) => [
      ...checkId(value, names),
      ...checkMadeOf(value, byId),
      ...checkPlaces(value, objects),
    ]),
    ...checkSealed({ siteValues, members }),
    ...circular(siteValues, byId).map((id) => `site value ${id} is made of itself`),
  ]
}
