import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PulledChart, RemoteChart } from '../core/effects/helm.ts'
import { bad, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { cachedChart, cacheChart } from './chart-cache.ts'
import { runHelm } from './helm-run.ts'
import type { Environment, HelmLimits } from './helm-run.ts'
import { inPrivateFolder } from './private-folder.ts'

/** How this machine reaches the network is the user's to say; credentials are not taken from here. */
const networkVariables = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

const networkOf = (environment: Environment): Environment =>
  Object.fromEntries(networkVariables.map((name) => [name, environment[name]]))

const wordsFor = (chart: RemoteChart): string =>
  chart.from === 'oci'
    ? `chart ${chart.url} ${chart.version}`
    : `chart ${chart.name} ${chart.version} of ${chart.repository}`

/** Fetches a chart with `helm pull` into `.cache/charts`; links in the archive are left out, as helm leaves them out. */
export const pullChart = async (
  program: string,
  root: string,
  environment: Environment,
  limits: HelmLimits,
  chart: RemoteChart,
  digest?: string,
): Promise<Outcome<PulledChart>> => {
  const known = digest === undefined ? undefined : await cachedChart(root, digest)
  if (known !== undefined) return known
  return inPrivateFolder(async (home) => {
    const source = chart.from === 'oci' ? ['--', chart.url] : [`--repo=${chart.repository}`, '--', chart.name]
    const args = ['pull', `--destination=${home}`, `--version=${chart.version}`, ...source]
    const ran = await runHelm(program, args, home, limits, networkOf(environment))
    if (ran.ended === 'early') return bad([ran.problem])
    const archive = (await readdir(home)).find((name) => name.endsWith('.tgz'))
    if (ran.ended === 'badly' || archive === undefined)
      return bad([
        problem({
          code: 'resolve/no-chart-fetched',
          fault: 'world',
          what: `helm could not fetch ${wordsFor(chart)}.`,
          fix: 'Check address, name and version, and that this machine reaches the repository.',
          ...(ran.ended === 'badly' ? { raw: ran.words } : {}),
        }),
      ])
    return cacheChart(root, await readFile(join(home, archive)))
  })
}
