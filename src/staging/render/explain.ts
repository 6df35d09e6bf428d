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
export const pathOf = (template: string, directory: string): string =>
  `${directory}/${template.slice(template.indexOf('/') + 1)}`

/** Where values are set that the chart has something against, without showing them. */
const placesOf = async (
  release: ResolvedRelease,
  directory: string,
  values: string[][],
  files: ReadFiles,
): Promise<Where[]> => {
  const places = await Promise.all(values.map((value) => placeOfValue(release, directory, value, files)))
  const shown = places.flatMap((place) => {
    if (place?.in !== 'file') return []
    const { excerpt: _, ...rest } = place
    return [rest]
  })
  return Array.from(new Map(shown.map((place) => [JSON.stringify(place), place])).values())
}

/** The first line of a file of the chart that says something; the file alone where none does, or nothing where it is not there. */
const placeOfLine = async (
  { file, says }: NonNullable<Understood['line']>,
  directory: string,
  files: ReadFiles,
): Promise<Where[]> => {
  const path = `${directory}/${file}`
  const lines = (await files.readText(path))?.split('\n')
  if (lines === undefined) return []
  const at = lines.findIndex((text) => text.includes(says))
  if (at < 0) return [{ in: 'file', file: path }]
  const from = lines[at]!.indexOf(says)
  const excerpt = excerptOf(lines.join('\n'), { template: file, line: at + 1, at: says })
  return [{ in: 'file', file: path, line: at + 1, column: from + 1, ...(excerpt ? { excerpt } : {}) }]
}

/** A template on the way, without its line's text: the innermost one shows what is meant. */
const passed = ({ template, line }: TemplatePlace, directory: string): Where => ({
  in: 'file',
  file: pathOf(template, directory),
  ...(line === undefined ? {} : { line }),
})

/** The keys under which the values of a chart below this one stand, by how deep its folder lies; one that lies in an archive is taken for a child. */
const waysBelow = async (directory: string, files: ReadFiles): Promise<(chart: string) => string[]> => {
  const ways = (await files.list(directory)).flatMap((path) => {
    const [, folders] = /^((?:charts\/[^/]+\/)+)Chart\.yaml$/.exec(path.slice(directory.length + 1)) ?? []
    return folders === undefined ? [] : [folders.split('/').filter((_, index) => index % 2 === 1)]
  })
  return (chart) =>
    ways.filter((way) => way.at(-1) === chart).sort((a, b) => a.length - b.length)[0] ?? [chart]
}

const placed = async (place: TemplatePlace, directory: string, files: ReadFiles): Promise<Where> => {
  const file = pathOf(place.template, directory)
  const excerpt = excerptOf(await files.readText(file), place)
  return {
    in: 'file',
    file,
    ...(place.line === undefined ? {} : { line: place.line }),
    // Go counts to somewhere within the expression.
    ...(place.column === undefined ? {} : { column: excerpt?.from ?? place.column + 1 }),
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
        ...(one.via ?? []).map((place) => passed(place, chart.directory)),
        ...(one.line ? await placeOfLine(one.line, chart.directory, files) : []),
        ...((one.values && (await placesOf(release, chart.directory, one.values, files))) ?? []),
        inRelease,
      ],
      ...(one.fault && { fault: one.fault }),
      ...(one.why === undefined ? {} : { why: one.why }),
      fix: one.fix,
      raw: words,
    })
  const [first, ...others] = understand(words, release.file, {
    ...chart,
    wayTo: await waysBelow(chart.directory, files),
  })
  return [await explain(first), ...(await Promise.all(others.map(explain)))]
}
