import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Helm, TemplateAnswer, TemplateRequest } from '../core/effects/helm.ts'
import { good } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { findHelm } from './helm-program.ts'
import { runHelm, usualLimits } from './helm-run.ts'
import type { Environment, HelmLimits } from './helm-run.ts'
import { inPrivateFolder } from './private-folder.ts'

/** Helm reads a list of files as a line of CSV: a path with a comma would be two. */
const asCsv = (path: string): string => `"${path.replaceAll('"', '""')}"`

/** A values schema can name another one on the network, and helm would fetch it: a render must not depend on that. */
const noNetwork = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }

/**
 * Runs no more than `most` at once; of the others who came last goes first. What many releases wait for is asked when what nobody waits for has been asked
 * already.
 */
const turnstile = (most: number): (<T>(run: () => Promise<T>) => Promise<T>) => {
  let inside = 0
  const waiting: (() => void)[] = []
  return async (run) => {
    if (inside >= most) await new Promise<void>((enter) => waiting.push(enter))
    else inside += 1
    try {
      return await run()
    } finally {
      const next = waiting.pop()
      if (next) next()
      else inside -= 1
    }
  }
}

/** Values that are no file of the site go to helm as files, too: an argument list is there for every user of the machine to see. */
const valuesFiles = (request: TemplateRequest, root: string, folder: string): Promise<string[]> =>
  Promise.all(
    request.values.map(async (layer, index) => {
      if (layer.from === 'file') return join(root, layer.file)
      const file = join(folder, `values-${index}.yaml`)
      writeFileSync(file, layer.text, { mode: 0o600 })
      return file
    }),
  )

/** Under `--dry-run=server` helm asks whom the kubeconfig names, and silently ignores versions that flags name. */
const toldFlags = async ({ told, kubernetes }: TemplateRequest, folder: string): Promise<string[]> => {
  if (told.by === 'list')
    return [
      `--kube-version=${kubernetes}`,
      ...(told.apiVersions.length > 0 ? [`--api-versions=${told.apiVersions.join(',')}`] : []),
    ]
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, told.kubeconfig, { mode: 0o600 })
  return [`--kubeconfig=${file}`, '--dry-run=server', '--disable-openapi-validation', '--take-ownership']
}

/** A time zone as Go reads it from a file (TZif, version 1, RFC 8536): one offset, no transitions. */
const zoneFile = (offsetSeconds: number): Buffer => {
  const header = Buffer.alloc(44)
  header.write('TZif')
  header.writeInt32BE(1, 36)
  header.writeInt32BE(4, 40)
  const zone = Buffer.alloc(10)
  zone.writeInt32BE(offsetSeconds, 0)
  zone.write('OUR\0', 6)
  return Buffer.concat([header, zone])
}

/** So far to the east or to the west of UTC that it is another day there, and another minute of another hour. */
const farAway = (now: Date): number => (now.getUTCHours() < 12 ? -1 : 1) * (14 * 60 - 1) * 60

/** What TZ says: the machine's own zone is nothing that a render may depend on. */
const zoneFor = async ({ clock }: TemplateRequest, folder: string): Promise<string> => {
  if (clock === undefined) return 'UTC'
  const file = join(folder, 'zone')
  writeFileSync(file, zoneFile(farAway(new Date())))
  return file
}

/** Waits until the clock shows another second; a timer can be some milliseconds early. */
const nextSecond = (): Promise<void> => sleep(1020 - (Date.now() % 1000))

const template = (program: string, root: string, limits: HelmLimits, request: TemplateRequest) =>
  inPrivateFolder(async (home): Promise<TemplateAnswer> => {
    const values = await valuesFiles(request, root, home)
    const args = [
      'template',
      `--namespace=${request.namespace}`,
      '--include-crds',
      ...(await toldFlags(request, home)),
      ...(request.upgrade ? ['--is-upgrade'] : []),
      ...values.map((file) => `--values=${asCsv(file)}`),
      '--',
      request.release,
      join(root, request.directory),
    ]
    const environment = { ...noNetwork, TZ: await zoneFor(request, home) }
    const ran = await runHelm(program, args, home, limits, environment)
    if (ran.ended === 'early') return { answer: 'failed', problem: ran.problem }
    const words = ran.words.replaceAll(`${root}/`, '')
    if (ran.ended === 'well') return { answer: 'rendered', text: ran.output, words }
    if (!words.includes('YAML parse error')) return { answer: 'refused', text: '', words }
    // Only then does helm show what it could not read.
    const shown = await runHelm(program, ['--debug', ...args], home, limits, environment)
    return { answer: 'refused', text: shown.ended === 'early' ? '' : shown.output, words }
  }, 'small')

/**
 * Helm for the site at `root`, of exactly this version; a problem of the world where that is not to be had. Each run gets
 * an environment and a home of its own, and nothing of what a run writes stays.
 */
export const openHelm = async (
  root: string,
  version: string,
  environment: Environment = process.env,
  limits: HelmLimits = usualLimits,
): Promise<Outcome<Helm>> => {
  const program = await findHelm(version, environment)
  if (!program.ok) return program
  const home = resolve(root)
  // One more than there are cores: what has ended waits for this process to read it.
  const inTurn = turnstile(availableParallelism() + 1)
  return good({
    version,
    template: async (request) => {
      if (request.clock === 'later') await nextSecond()
      return await inTurn(() => template(program.value, home, limits, request))
    },
    pull: (chart, digest) =>
      inTurn(async () => {
        const { pullChart } = await import('./helm-pull.ts')
        return await pullChart(program.value, home, environment, limits, chart, digest)
      }),
  })
}
