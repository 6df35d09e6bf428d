import { hookOf } from '../../../core/hook.ts'
import type { KubeObject } from '../../../core/object.ts'
import { pointerOf } from '../../../core/pointer.ts'
import type { Problem } from '../../../core/problem.ts'
import type { Origin, ResolvedRelease } from '../../../core/records.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import { isTestOnly } from '../phase.ts'
import type { FoundObject } from '../read-release.ts'
import { ambiguousTexts } from './ambiguous.ts'
import { isChecksum, withDigest } from './checksums.ts'
import { cover, longestFirst, soughtBy, withSpots } from './cover.ts'
import type { Hidden } from './cover.ts'
import { differencesOf } from './differences.ts'
import type { Difference } from './differences.ts'
import { readField, writeField } from './field.ts'
import { keyOfPlace, declaredKey } from './identity.ts'
import { findPlaces, unequalPlaces } from './places.ts'
import type { Stood } from './places.ts'

/** One object in all renders, in their order. */
export interface Row {
  origin: Origin
  /** As the chart made them. */
  raw: KubeObject[]
  masked: KubeObject[]
  /** What still differs between the masked ones, checksums apart. */
  left: Difference[]
}

/** Several renders of one release, masked and laid side by side. */
export interface Compared {
  rows: Row[]
  /** Objects that are not in every render. */
  lone: FoundObject[]
  /** What is hidden, by render. */
  hidden: Hidden[][]
  /** Of the site values and their places. */
  problems: Problem[]
}

/** Test hooks are left out of a release, and their names are often random. */
const isTest = ({ object }: FoundObject): boolean => {
  const hook = hookOf(object)
  return hook.ok && isTestOnly(hook.value)
}

/** A release may hold an identity twice, which others refuse: they are told apart by their order. */
const byOccurrence = (release: ResolvedRelease, found: FoundObject[]): Map<string, FoundObject> => {
  const seen = new Map<string, number>()
  return new Map(
    found.map((one) => {
      const key = declaredKey(release, one.object)
      const nth = seen.get(key) ?? 0
      seen.set(key, nth + 1)
      return [`${key} ${nth}`, one]
    }),
  )
}

/** The values of one render as they are to be hidden; one that is the same in all renders was not made by chance. */
const hiddenIn = (stood: Stood[], others: Stood[][]): Hidden[] => {
  const byPlaceholder = new Map(stood.map((one) => [one.placeholder, one]))
  return longestFirst(
    Array.from(byPlaceholder.values(), ({ id, part, placeholder, value }) => {
      const fixed = others.every((other) =>
        other.some((one) => one.placeholder === placeholder && one.value === value),
      )
      return { id, part, placeholder, value, sought: soughtBy(value, fixed) }
    }),
  )
}

/** An object with the placeholders at its places. */
const withPlaces = (release: ResolvedRelease, object: KubeObject, stood: Stood[]): KubeObject => {
  const key = declaredKey(release, object)
  const here = stood.filter(({ place }) => keyOfPlace(release, place) === key)
  const byField = Map.groupBy(here, ({ place }) => JSON.stringify(place.field))
  return Array.from(byField.values()).reduce((masked, spots) => {
    const field = spots[0]!.place.field
    const text = readField(object, field)
    const longest = spots.toSorted((a, b) => b.end - b.start - (a.end - a.start))
    return text === undefined ? masked : writeField(masked, field, withSpots(text, longest))
  }, object)
}

const differencesIn = ([first, ...others]: KubeObject[]): Difference[] => {
  const found = others.flatMap((other) => differencesOf(first, other))
  return Array.from(new Map(found.map((one) => [pointerOf(one.path), one])).values())
}

const digested = (row: Row, masked: KubeObject[]): Row => {
  const checksums = row.left.filter((one) => isChecksum(row.raw[0]!, one))
  if (checksums.length === 0) return row
  return {
    ...row,
    masked: row.masked.map((object) =>
      checksums.reduce((one, { path }) => withDigest(one, path, masked), object),
    ),
    left: row.left.filter((one) => !checksums.includes(one)),
  }
}

/**
 * Several renders of a release side by side, all with the same placeholders for what reached the chart through values or `lookup`: in each, the values at the
 * places of `siteValues` are hidden behind placeholders, there and wherever else they stand, and checksums that still
 * differ become digests of what is masked. Test hooks are left out.
 */
export const compareRenders = (
  release: ResolvedRelease,
  siteValues: SiteValue[],
  renders: FoundObject[][],
): Compared => {
  const byKey = renders.map((found) =>
    byOccurrence(
      release,
      found.filter((one) => !isTest(one)),
    ),
  )
  const places = byKey.map((found) =>
    findPlaces(
      release,
      siteValues,
      Array.from(found.values(), ({ object }) => object),
    ),
  )
  const stood = places.map((one) => one.stood)
  const hidden = stood.map((mine, index) =>
    hiddenIn(
      mine,
      stood.filter((_, other) => other !== index),
    ),
  )
  const isEverywhere = (key: string): boolean => byKey.every((found) => found.has(key))
  const keys = Array.from(byKey[0]?.keys() ?? []).filter(isEverywhere)
  const rows = keys.map((key): Row => {
    const raw = byKey.map((found) => found.get(key)!.object)
    const masked = raw.map((object, index) =>
      cover(withPlaces(release, object, stood[index] ?? []), hidden[index] ?? []),
    )
    return { origin: byKey[0]!.get(key)!.origin, raw, masked, left: differencesIn(masked) }
  })
  const masked = rows.map((row) => row.masked[0]!)
  const placed = rows.map(({ raw }) => withPlaces(release, raw[0]!, stood[0] ?? []))
  const lone = byKey.flatMap((found) =>
    Array.from(found).flatMap(([key, one]) => (isEverywhere(key) ? [] : [one])),
  )
  return {
    rows: rows.map((row) => digested(row, masked)),
    lone,
    hidden,
    problems: [
      ...(places[0]?.problems ?? []),
      ...unequalPlaces(release, stood[0] ?? []),
      ...ambiguousTexts(release, hidden[0] ?? [], placed),
    ],
  }
}
