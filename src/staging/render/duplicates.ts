import { keyOf, nameOf } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { RenderedObject, RenderedRelease } from '../../core/records.ts'

interface Found {
  release: RenderedRelease
  one: RenderedObject
}

const placeOf = ({ release, one }: Found): string => `${release.name} (${one.origin.template})`

const duplicated = ([first, ...others]: [Found, ...Found[]]): Problem => {
  const { id } = first.one
  const all = [first, ...others]
  const inOne = all.every(({ release }) => release === first.release)
  return problem({
    code: 'render/duplicate-object',
    what: `${nameOf(id)} comes ${all.length === 2 ? 'twice' : `${all.length} times`}: from ${all.map(placeOf).join(' and from ')}.`,
    where: all.map(({ release, one }) => ({
      in: 'object',
      object: id,
      release: release.name,
      template: one.origin.template,
      line: one.origin.line,
    })),
    why: 'The last one applied would win, and each apply would change it again.',
    fix: inOne
      ? 'Leave one of them out.'
      : 'Let one release own it: switch it off in the values of the other, or move it to a release of its own.',
  })
}

/** A hook that runs on delete alone may bear the name of one that runs on install: they are never there at the same time. */
const placeInTime = ({ one }: Found): string =>
  `${one.phase === 'delete-hooks' ? 'delete' : 'apply'} ${keyOf(one.id)}`

/** Objects that the set holds more than once, by group, kind, namespace and name. */
export const findDuplicates = (releases: RenderedRelease[]): Problem[] => {
  const found = releases.flatMap((release) => release.objects.map((one) => ({ release, one })))
  const byKey = Map.groupBy(found, placeInTime)
  return Array.from(byKey.values())
    .filter((group): group is [Found, ...Found[]] => group.length > 1)
    .map(duplicated)
}
