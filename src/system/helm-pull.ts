import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { extract } from 'tar'
import { sha256 } from '../core/digest.ts'
import type { PulledChart, RemoteChart } from '../core/effects/helm.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { inPrivateFolder, runHelm } from './helm-run.ts'
import type { Environment, HelmLimits } from './helm-run.ts'

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

/** Fetched charts lie below the site, each under the digest of its archive, so a folder never changes once it is there. */
const folderFor = (digest: string): string => `.cache/charts/${digest.replace(':', '-')}`

const isThere = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Unpacks an archive whose one top folder is the chart. */
const unpack = async (archive: string, folder: string): Promise<void> => {
  const part = `${folder}.${randomUUID()}`
  await mkdir(part, { recursive: true })
  try {
    await extract({
      file: archive,
      cwd: part,
      strip: 1,
      strict: true,
      filter: (_path, entry) => 'type' in entry && (entry.type === 'File' || entry.type === 'Directory'),
    })
    await mkdir(dirname(folder), { recursive: true })
    await rename(part, folder)
  } catch (error) {
    // Another process was faster: what it has put there is the same.
    if (!(await isThere(folder))) throw error
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

/** Fetches a chart with `helm pull` into `.cache/charts`; links in the archive are left out, as helm leaves them out. */
export const pullChart = async (
  program: string,
  root: string,
  environment: Environment,
  limits: HelmLimits,
  chart: RemoteChart,
  digest?: string,
): Promise<Outcome<PulledChart>> => {
  if (digest !== undefined && (await isThere(join(root, folderFor(digest)))))
    return good({ digest, directory: folderFor(digest) })
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
    const found = sha256(await readFile(join(home, archive)))
    await unpack(join(home, archive), join(root, folderFor(found)))
    return good({ digest: found, directory: folderFor(found) })
  })
}
