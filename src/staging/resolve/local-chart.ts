import type { ReadFiles } from '../../core/effects/files.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Release, Resolved } from '../../core/records.ts'
import { readChartFile } from './chart-file.ts'
import { treeDigest } from './tree-digest.ts'

/** The folders below a release's own that hold a chart, outermost only. */
const chartsNear = async (files: ReadFiles, release: Release): Promise<string[]> => {
  const own = release.file.slice(0, release.file.lastIndexOf('/'))
  const found = (await files.list(own))
    .filter((path) => path.endsWith('/Chart.yaml'))
    .map((path) => path.slice(0, -'/Chart.yaml'.length))
  return found
    .filter((folder) => !found.some((other) => folder.startsWith(`${other}/`)))
    .map((folder) => (folder === own ? '.' : folder.slice(own.length + 1)))
}

/** The chart in a folder of the site, with the digest of all of its files. */
export const resolveLocalChart = async (
  release: Release,
  directory: string,
  files: ReadFiles,
): Promise<Outcome<Resolved>> => {
  const file = `${directory}/Chart.yaml`
  const text = await files.readText(file)
  if (text === undefined) {
    const near = await chartsNear(files, release)
    return bad([
      problem({
        code: 'resolve/missing-chart',
        what: `Release ${release.name} has no chart: there is no ${file}.`,
        where: [{ in: 'release', release: release.name, file: release.file }],
        fix:
          near.length > 0
            ? `Did you mean ${near.map((path) => `"path: ${path}"`).join(' or ')}?`
            : `Put the chart into ${directory}, or name its folder in chart.path, relative to ${release.file}.`,
      }),
    ])
  }
  const chart = readChartFile(file, text)
  if (!chart.ok) return chart
  const digest = await treeDigest(files, await files.list(directory), `${directory}/`)
  return good({ kind: 'chart', directory, ...chart.value, digest })
}
