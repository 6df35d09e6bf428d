import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'

const valuesOf = (words: string, form: RegExp): string[] =>
  Array.from(new Set(Array.from(words.matchAll(form), (match) => match[1] ?? ''))).sort()

/**
 * What helm says in passing while it renders, and does all the same: that it leaves out an object whose hook it does not know, and
 * that it followed a link, whose content no digest covers. Both are errors here.
 */
export const explainAsides = (words: string, release: ResolvedRelease): Problem[] => {
  const where: Problem['where'] = [{ in: 'release', release: release.name, file: release.file }]
  const hooks = valuesOf(words, /skipping unknown hooks?"? (?:hookTypes=)?"?([^"\n]*)/g)
  const links = valuesOf(words, /found symbolic link in path.*?(?:path=|: )"?([^"\s]+)/g)
  return [
    ...hooks.map((hook) =>
      problem({
        code: 'render/bad-hook',
        what: `Release ${release.name}: helm leaves out an object, because "${hook}" in its helm.sh/hook is no hook event.`,
        where,
        why: 'It would be missing without a word.',
        fix: 'Correct the annotation in the template: pre-install, post-install, pre-upgrade, post-upgrade, pre-delete, post-delete or test.',
        raw: words,
      }),
    ),
    ...links.map((link) =>
      problem({
        code: 'render/link-in-chart',
        what: `Release ${release.name}: ${link} is a link, and helm renders what it leads to.`,
        where,
        why: "What lies elsewhere is not in the chart's digest and may differ on another machine.",
        fix: 'Replace the link by a copy of the file.',
        raw: words,
      }),
    ),
  ]
}
