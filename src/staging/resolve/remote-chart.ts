import type { ReadFiles } from '../../core/effects/files.ts'
import type { Helm, PulledChart, RemoteChart } from '../../core/effects/helm.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Lock, Release, Resolved } from '../../core/records.ts'
import { readChartFile } from './chart-file.ts'

export interface ResolveSystem {
  files: ReadFiles
  helm: Pick<Helm, 'pull'>
}

const nameOf = (chart: RemoteChart): string =>
  chart.from === 'oci'
    ? `${chart.url} ${chart.version}`
    : `${chart.name} ${chart.version} of ${chart.repository}`

const lockedFor = ({ charts }: Lock, { name }: Release): string | undefined =>
  Object.hasOwn(charts, name) ? charts[name] : undefined

/** What the lock says has to be what came; undefined where it is. */
const judge = (release: Release, chart: RemoteChart, lock: Lock, digest: string): Problem | undefined => {
  const locked = lockedFor(lock, release)
  if (locked === digest) return undefined
  const where: Problem['where'] = [
    { in: 'file', file: lock.file },
    { in: 'release', release: release.name, file: release.file },
  ]
  const line = `"${release.name}: ${digest}"`
  return locked === undefined
    ? problem({
        code: 'resolve/unlocked-chart',
        what: `The chart of release ${release.name}, ${nameOf(chart)}, has no digest in ${lock.file}.`,
        where,
        why: 'Without it, another chart could come under the same version.',
        fix: `Look at the chart, then write ${line} under charts.`,
      })
    : problem({
        code: 'resolve/changed-chart',
        what: `The chart of release ${release.name}, ${nameOf(chart)}, is not the locked one: it has ${digest} instead of ${locked}.`,
        where,
        why: 'Unless the release names a new version, the chart was published anew, or somebody tampers with it.',
        fix: `If the change is wanted, write ${line} under charts.`,
      })
}

const chartIn = async (files: ReadFiles, pulled: PulledChart): Promise<ReturnType<typeof readChartFile>> => {
  const file = `${pulled.directory}/Chart.yaml`
  return readChartFile(file, (await files.readText(file)) ?? '')
}

const plain = (version: string): string => version.replace(/^v/, '')

/** Fetches a chart, reads its Chart.yaml, and refuses it if its archive is not the locked one. */
export const resolveRemoteChart = async (
  release: Release,
  chart: RemoteChart,
  lock: Lock,
  { files, helm }: ResolveSystem,
): Promise<Outcome<Resolved>> => {
  const known = await helm.pull(chart, lockedFor(lock, release))
  if (!known.ok) return known
  const told = await chartIn(files, known.value)
  if (!told.ok) return told
  // The locked chart was at hand, but the release has moved on to another version.
  if (plain(told.value.version) !== plain(chart.version)) {
    const other = await helm.pull(chart)
    if (!other.ok) return other
    const stranger = judge(release, chart, lock, other.value.digest)
    return bad([stranger ?? wrongVersion(release, chart, told.value.version)])
  }
  const { digest, directory } = known.value
  const stranger = judge(release, chart, lock, digest)
  return stranger ? bad([stranger]) : good({ kind: 'chart', directory, ...told.value, digest })
}

const wrongVersion = (release: Release, chart: RemoteChart, found: string): Problem =>
  problem({
    code: 'resolve/wrong-version',
    what: `Release ${release.name} asks for ${nameOf(chart)}, and what came calls itself ${found}.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    fix: `Write version: ${found}, if that is the chart that is wanted.`,
  })
