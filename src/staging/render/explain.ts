import type { ReadFiles } from '../../core/effects/files.ts'
import { problem } from '../../core/problem.ts'
import type { Excerpt, Problem, Problems, Where } from '../../core/problem.ts'
import type { Resolved, ResolvedRelease } from '../../core/records.ts'
import { faultsInOutput } from './bad-output.ts'
import { understand } from './helm-words.ts'
import type { TemplatePlace, Understood } from './helm-words.ts'
import { placeOfValue } from './values-place.ts'

const longestExcerpt = 160

const excerptOf = (text: string | undefined, { line, column, at }: TemplatePlace): Excerpt | undefined => {
  const shown = line === undefined ? undefined : text?.split('\n')[line - 1]?.trimEnd()
  if (shown === undefined || line === undefined || shown.length > longestExcerpt) return undefined
  const found = at === undefined ? -1 : shown.indexOf(at)
  if (at !== undefined && found >= 0) return { line, text: shown, from: found + 1, to: found + 1 + at.length }
  return { line, text: shown, from: (column ?? 0) + 1, to: shown.length + 1 }
}

/** Helm names a template by its chart (`web/templates/x.yaml`); the path that it has in the site. */
const pathOf = (template: string, directory: string): string =>
  `${directory}/${template.slice(template.indexOf('/') + 1)}`

/** Where a value is set that the chart has something against, without showing it; nowhere, where the chart itself sets it. */
const placesOf = async (release: ResolvedRelease, value: string[], files: ReadFiles): Promise<Where[]> => {
  const place = await placeOfValue(release, value, files)
  if (place?.in !== 'file') return []
  const { excerpt: _, ...shown } = place
  return [shown]
}

const placed = async (place: TemplatePlace, directory: string, files: ReadFiles): Promise<Where> => {
  const file = pathOf(place.template, directory)
  const excerpt = excerptOf(await files.readText(file), place)
  return {
    in: 'file',
    file,
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(place.column === undefined ? {} : { column: place.column + 1 }),
    ...(excerpt ? { excerpt } : {}),
  }
}

/**
 * What helm said when it refused to render a release, as problems: with template, line and an excerpt where helm names them, what
 * is wrong in one sentence, and what to do. `text` is the output that is not YAML, where helm stopped at that. Helm's own words stay in
 * `raw`.
 */
export const explainRefusal = async (
  { words, text }: { words: string; text: string },
  release: ResolvedRelease,
  chart: Resolved & { kind: 'chart' },
  files: ReadFiles,
): Promise<Problems> => {
  const [fault, ...faults] = faultsInOutput(text, release, (template) => pathOf(template, chart.directory))
  if (fault) return [{ ...fault, raw: words }, ...faults]
  const inRelease: Where = { in: 'release', release: release.name, file: release.file }
  const explain = async (one: Understood): Promise<Problem> =>
    problem({
      code: one.code,
      what: `Release ${release.name} (chart ${chart.name} ${chart.version}): ${one.what}`,
      where: [
        ...(one.place ? [await placed(one.place, chart.directory, files)] : []),
        ...((one.value && (await placesOf(release, one.value, files))) ?? []),
        inRelease,
      ],
      ...(one.why === undefined ? {} : { why: one.why }),
      fix: one.fix,
      raw: words,
    })
  const [first, ...others] = understand(words, release.file, chart)
  return [await explain(first), ...(await Promise.all(others.map(explain)))]
}
