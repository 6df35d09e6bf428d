import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'

const unknownHook = /skipping unknown hooks?"? (?:hookTypes=)?"?([^"\n]*)/g

/**
 * What helm says in passing while it renders, and does all the same: that it leaves out an object whose hook it does not know.
 * That is an error here.
 */
export const explainAsides = (words: string, release: ResolvedRelease): Problem[] => {
  const where: Problem['where'] = [{ in: 'release', release: release.name, file: release.file }]
  const hooks = new Set(Array.from(words.matchAll(unknownHook), (match) => match[1] ?? ''))
  return [...hooks].sort().map((hook) =>
    problem({
      code: 'render/bad-hook',
      what: `Release ${release.name}: helm leaves out an object, because "${hook}" in its helm.sh/hook is no hook event.`,
      where,
      why: 'It would be missing without a word.',
      fix: 'Correct the annotation in the template: pre-install, post-install, pre-upgrade, post-upgrade, pre-delete, post-delete or test.',
      raw: words,
    }),
  )
}
