import { unmatchedRules } from '../../core/images/unmatched.ts'
import type { UnmatchedRule } from '../../core/images/unmatched.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { RenderedRelease, SetOf } from '../../core/records.ts'

const words = ({ rule, wrong }: UnmatchedRule): string => {
  switch (wrong) {
    case 'kind':
      return `there is no ${rule.kind}`
    case 'path':
      return `no ${rule.kind} has that`
    case 'value':
      return rule.form === 'map' ? 'what stands there is no map of an image' : 'what stands there is no image'
  }
}

/**
 * Warns of finders of the site that find nothing in any of its environments, which all have to be given: by their place in `images.finders`. What
 * they were for may stand there as it was.
 */
export const checkFinders = (sets: SetOf<RenderedRelease>[]): { index: number; found: Problem }[] => {
  const finders = sets[0]?.site.images.finders ?? []
  if (finders.length === 0) return []
  const objects = sets.flatMap(({ releases }) =>
    releases.flatMap((release) => release.objects.map(({ object }) => object)),
  )
  return unmatchedRules(finders, objects).map((one) => ({
    index: finders.indexOf(one.rule),
    found: problem({
      code: 'rewrite/unmatched-finder',
      severity: 'warning',
      what: `The finder of ${one.rule.kind} at ${one.rule.path} finds nothing: ${words(one)}.`,
      why: 'The images that it is for are not pointed at Harbor, unless they are found in another way.',
      fix: one.meant === undefined ? 'Correct it, or take it out.' : `Did you mean ${one.meant}?`,
    }),
  }))
}
