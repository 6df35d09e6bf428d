import { groupKindOf, idOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import { pointerOf } from '../../../core/pointer.ts'
import { problem } from '../../../core/problem.ts'
import type { Problem, Where } from '../../../core/problem.ts'
import type { Origin, ResolvedRelease } from '../../../core/records.ts'
import type { FoundObject } from '../read-release.ts'
import { keyOfPlace, declaredKey } from './identity.ts'
import type { Row } from './compared.ts'
import { fieldAt, fieldWords, readField, valueAt } from './field.ts'
import type { Field } from './field.ts'
import type { Proposal } from './propose.ts'
import type { Proposed } from './propose/draft.ts'
import type { Candidate, Leftover } from './propose/collect.ts'
import { declarationOf } from './propose/declaration.ts'

const whereOf = (
  release: ResolvedRelease,
  object: ObjectId,
  origin: Origin | undefined,
  pointer?: string,
): Where => ({
  in: 'object',
  object,
  release: release.name,
  ...(pointer === undefined ? {} : { pointer }),
  ...(origin ? { template: origin.template, line: origin.line } : {}),
})

const inFile = (release: ResolvedRelease): Where => ({
  in: 'release',
  release: release.name,
  file: release.file,
})

/** The pointer to a field as the object has it: what is declared as the key of a Secret is in one of two maps. */
const pointerTo = (object: KubeObject, field: Field): string =>
  field.in === 'object'
    ? field.pointer
    : pointerOf([valueAt(object, ['stringData', field.key]) === undefined ? 'data' : 'stringData', field.key])

/** Whether the chart puts the same there each time; a hash of it may differ all the same. */
const isFixed = (row: Row | undefined, field: Field): boolean =>
  row !== undefined && new Set(row.raw.map((object) => readField(object, field))).size === 1

const undeclared = (release: ResolvedRelease, one: Proposed, rows: Row[]): Problem => {
  const declared = release.siteValues.find(({ id }) => id === one.siteValue.id)?.places.length ?? 0
  const places = one.siteValue.places.slice(declared).map((place) => {
    const row = rows.find(({ raw }) => declaredKey(release, raw[0]!) === keyOfPlace(release, place))
    const object = row ? idOf(row.raw[0]!) : place.object
    const template = row ? ` (${row.origin.template})` : ''
    return {
      words: `${fieldWords(object, place.field)}${template}`,
      where: whereOf(release, object, row?.origin, row && pointerTo(row.raw[0]!, place.field)),
      fixed: isFixed(row, place.field),
    }
  })
  const [is, ...others] = places.map(({ words }) => words)
  const fixed = places.every((place) => place.fixed)
  // Two parts of one text stand at one place.
  const where = new Map(places.map((place) => [JSON.stringify(place.where), place.where]))
  const declare = `Declare it in ${release.file}, once you have read it over; \`scout render --propose ${release.name}\` writes there all that is missing:\n${declarationOf([one], release)}`
  if (one.transformed)
    return problem({
      code: 'render/transformed-site-value',
      what: `Release ${release.name}: ${is} holds ${one.transformed.words} of the site value ${one.transformed.of}.`,
      where: [...where.values(), inFile(release)],
      why: 'The chart made it of a placeholder; only with the key can it be made of the value.',
      fix: declare,
    })
  return problem({
    code: 'render/undeclared-random',
    what: fixed
      ? `Release ${release.name}: ${is} holds the password of a hash that is different at each render.`
      : `Release ${release.name}: ${[is, ...others].join(' and ')} ${others.length === 0 ? 'is' : 'are'} different at each render.`,
    where: [...where.values(), inFile(release)],
    why: fixed
      ? 'The hash has to be made where the password is, and this one stands in the chart or its values, for everybody to see.'
      : 'The chart makes it up: it would be seen in git, and each apply would change it.',
    fix: declare,
  })
}

/** What was transformed, in words. */
const sourceOf = (of: string | Candidate): string => {
  if (typeof of === 'string') return `the site value ${of}`
  const [place] = of.places
  return place === undefined ? 'what the chart makes up' : fieldWords(place.object, place.field)
}

const leftover = (release: ResolvedRelease, { row, difference, transformed }: Leftover): Problem => {
  const object = row.raw[0]!
  const field = fieldAt(object, difference.path)
  const id = idOf(object)
  const place = `Release ${release.name}: ${fieldWords(id, field)} (${row.origin.template})`
  const where = [whereOf(release, id, row.origin, pointerOf(difference.path)), inFile(release)]
  const instead = 'Find a value of the chart that leaves it out'
  if (transformed === 'checksum')
    return problem({
      code: 'render/transformed-site-value',
      what: `${place} looks like a checksum and differs between two renders: of something random, or of what the placeholder of a site value stands in.`,
      where,
      why: 'What the chart made of a placeholder says nothing about the value.',
      fix: `${instead}; or declare this field as \`supplied: true\`, and give scout-apply what belongs there.`,
    })
  if (transformed === 'given')
    return problem({
      code: 'render/transformed-site-value',
      what: `${place} holds what the chart makes of the placeholder of a site value, or of the time.`,
      where,
      why: 'It is the same in two renders that got the same placeholders, and another in one that got others.',
      fix: `${instead}; or declare this field as \`supplied: true\`, and give scout-apply what belongs there.`,
    })
  if (transformed)
    return problem({
      code: 'render/transformed-site-value',
      what: `${place} holds ${transformed.words} of ${sourceOf(transformed.of)}.`,
      where,
      why: 'What the chart made of a placeholder, or of a value that is made anew, would not fit the value that the control plane has.',
      fix:
        typeof transformed.of === 'string'
          ? `${instead}; or declare this field as \`supplied: true\`, and give scout-apply what the chart would make of the value.`
          : `${instead}; or declare both as \`sealed: true\`, so that they are kept as they were made together.`,
    })
  if (difference.of === 'order')
    return problem({
      code: 'render/undeclared-random',
      what: `${place} holds the same at each render, in another order.`,
      where,
      why: 'The template goes through a map in no order (`keys`, `values`), and order can mean something.',
      fix: 'Let the template sort it (`sortAlpha`), or settle it by a value of the chart.',
    })
  return problem({
    code: 'render/undeclared-random',
    what: `${place} is different at each render, and no site value can stand there.`,
    where,
    why: 'A site value is a text, or a part of one. This is a number, a list, bytes, or there in one render alone.',
    fix: 'Settle it by a value of the chart.',
  })
}

const lonely = (release: ResolvedRelease, { object, origin }: FoundObject): Problem => {
  const id = idOf(object)
  return problem({
    code: 'render/undeclared-random',
    what: `Release ${release.name}: ${groupKindOf(id)} ${object.metadata.name} (${origin.template}) is not in every render.`,
    where: [whereOf(release, id, origin), inFile(release)],
    why: 'Its name, or whether it is there at all, is left to chance: each apply would make another one.',
    fix: 'Settle it by a value of the chart, such as its name.',
  })
}

/** What differs between two renders of a release, and no site value can serve, as problems: with what can be done instead. */
export const leftoversOf = (release: ResolvedRelease, { left, lone }: Proposal): Problem[] => [
  ...left.map((one) => leftover(release, one)),
  ...Array.from(new Map(lone.map((one) => [one.origin.template, one])).values(), (one) =>
    lonely(release, one),
  ),
]

/** What differs between two renders of a release, as problems: with the lines to declare where a site value would serve. */
export const problemsOf = (release: ResolvedRelease, proposal: Proposal, rows: Row[]): Problem[] => [
  ...proposal.proposed.map((one) => undeclared(release, one, rows)),
  ...leftoversOf(release, proposal),
]
