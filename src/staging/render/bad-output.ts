import { problem } from '../../core/problem.ts'
import type { Problem, Where } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { readYaml } from '../../core/yaml/read.ts'

/** How places in what helm printed are named: there is no file of it. */
export const labelOf = (release: ResolvedRelease): string => `helm's output of ${release.name}`

interface Rendered {
  template: string
  /** The line in helm's output that names the template. */
  from: number
}

/** The template whose output holds a line (from 1) of helm's. */
const renderedAt = (lines: string[], line: number): Rendered => {
  const named = lines.findLastIndex((text, index) => index < line && text.startsWith('# Source: '))
  return {
    template: lines[named]?.slice('# Source: '.length).trim() ?? 'a template',
    from: named + 1,
  }
}

/** The place as counted in the output of its template: the order of templates in helm's output differs from run to run. */
const placed = (where: Where & { in: 'file' }, file: string, { from }: Rendered): Where => {
  const line = (where.line ?? from) - from
  const { excerpt, ...rest } = where
  return { ...rest, file, line, ...(excerpt ? { excerpt: { ...excerpt, line } } : {}) }
}

/**
 * A problem of a line in what helm printed for a release, as one of the template that the line comes from: with the path of that in the site, as `sourceOf` gives it, and the line as
 * counted in its document.
 */
export const toldOfTemplate = (
  told: Problem,
  text: string,
  release: ResolvedRelease,
  sourceOf: (template: string) => string,
): Problem => {
  const [where] = told.where
  if (where?.in !== 'file' || where.file !== labelOf(release) || where.line === undefined) return told
  const rendered = renderedAt(text.split('\n'), where.line)
  return {
    ...told,
    what: `Release ${release.name}: ${rendered.template}: ${told.what.replace(/^.*?, line \d+: /, '')}`,
    where: [
      placed(where, `${sourceOf(rendered.template)} (as rendered)`, rendered),
      { in: 'release', release: release.name, file: release.file },
    ],
  }
}

/**
 * Every document in helm's output that is not YAML; helm itself names the first it comes upon, and a line that it does not say of
 * what. The line is shown, unless its document is a Secret (`readYaml` sees to that). `sourceOf` gives the path of a template in the site.
 */
export const faultsInOutput = (
  text: string,
  release: ResolvedRelease,
  sourceOf: (template: string) => string,
): Problem[] => {
  const read = readYaml(text, labelOf(release))
  if (read.ok) return []
  const lines = text.split('\n')
  const faults = read.problems.flatMap(({ what, where: [where] }) => {
    if (where?.in !== 'file' || where.line === undefined) return []
    const rendered = renderedAt(lines, where.line)
    const place = placed(where, `${sourceOf(rendered.template)} (as rendered)`, rendered)
    return [
      problem({
        code: 'render/bad-yaml',
        what: `Release ${release.name}: what ${rendered.template} renders to is not YAML: ${what.replace(/^.*?, line \d+: /, '')}`,
        where: [place, { in: 'release', release: release.name, file: release.file }],
        why: 'The line is counted in what is rendered, not in the template.',
        fix: 'Look at the indentation (nindent) and the quotes of the values that the template inserts there.',
      }),
    ]
  })
  return faults.sort((a, b) => (a.what < b.what ? -1 : 1))
}
