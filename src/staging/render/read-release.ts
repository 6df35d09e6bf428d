import type { ReadFiles } from '../../core/effects/files.ts'
import type { Helm, Told } from '../../core/effects/helm.ts'
import type { Memory } from '../../core/effects/memory.ts'
import type { Sealer } from '../../core/effects/sealer.ts'
import type { StandIn } from '../../core/effects/stand-in.ts'
import { readObjects } from '../../core/manifest.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { Origin, Resolved, ResolvedRelease } from '../../core/records.ts'
import type { Tell } from '../../core/stepper.ts'
import { withPlaceholders } from '../../core/site-values/token.ts'
import type { Target } from '../../core/target.ts'
import { explainAsides } from './asides.ts'
import { labelOf, toldOfTemplate } from './bad-output.ts'
import { withEncodedData } from './encoded-data.ts'
import { explainRefusal, pathOf } from './explain.ts'
import { helmValuesOf } from './values.ts'

/** `insisted`: a person named the key for this run, so it must fit; else one that fits nothing counts as none. */
export interface Sealing {
  sealer: Pick<Sealer, 'openSealed' | 'seal'>
  insisted: boolean
}

export interface RenderSystem {
  helm: Pick<Helm, 'version' | 'template'>
  /** The stand-in of the run, opened when it is first asked for. */
  openStandIn(): Promise<Pick<StandIn, 'visit'>>
  files: ReadFiles
  memory: Memory
  tell: Tell
  /** Gives the key to what is sealed, where one is at hand; it is asked for only where something is sealed. */
  openSealing?(): Promise<Outcome<Sealing | undefined>>
}

export interface FoundObject {
  object: KubeObject
  origin: Origin
}

/** Helm takes `1.36` as it is, but charts compare it with versions of three numbers, and no server calls itself so. */
export const wholeVersion = (kubernetes: string): string =>
  /^v?\d+\.\d+$/.test(kubernetes) ? `${kubernetes}.0` : kubernetes

const fromChart = async (
  release: ResolvedRelease,
  chart: Resolved & { kind: 'chart' },
  target: Target,
  told: Told,
  salt: string,
  { helm, files }: RenderSystem,
): Promise<Outcome<FoundObject[]>> => {
  const answered = await helm.template({
    release: release.name,
    namespace: release.namespace,
    directory: chart.directory,
    kubernetes: wholeVersion(target.kubernetes),
    told,
    upgrade: release.renderedAs === 'upgrade',
    values: await helmValuesOf(release, salt, files),
  })
  if (answered.answer === 'refused') return bad(await explainRefusal(answered, release, chart, files))
  if (answered.answer === 'failed')
    return bad([
      {
        ...answered.problem,
        what: `Release ${release.name}: ${answered.problem.what}`,
        where: [{ in: 'release', release: release.name, file: release.file }, ...answered.problem.where],
      },
    ])
  const asides = explainAsides(answered.words, release)
  const read = readObjects(answered.text, labelOf(release))
  const said = (read.ok ? read.warnings : read.problems).map((one) =>
    toldOfTemplate(one, answered.text, release, (template) => pathOf(template, chart.directory)),
  )
  if (!read.ok) return bad([...asides, ...said] as Problems)
  return unless([...asides, ...said], () => read.value)
}

const fromManifest = async (
  file: string,
  { tokens }: ResolvedRelease,
  salt: string,
  files: ReadFiles,
): Promise<Outcome<FoundObject[]>> => {
  const text = await files.readText(file)
  if (text === undefined)
    return bad([
      problem({
        code: 'render/missing-manifest',
        what: `${file} went away while the site was read.`,
        where: [{ in: 'file', file }],
        fix: 'Run again when nobody else is at work in the folder.',
      }),
    ])
  const read = readObjects(withPlaceholders(text, tokens, salt), file)
  if (!read.ok) return read
  const encoded = withEncodedData(read.value, file)
  return encoded.ok ? good(encoded.value, [...read.warnings, ...encoded.warnings]) : encoded
}

const fromManifests = async (
  paths: string[],
  release: ResolvedRelease,
  salt: string,
  files: ReadFiles,
): Promise<Outcome<FoundObject[]>> => {
  const read = all(await Promise.all(paths.map((file) => fromManifest(file, release, salt, files))))
  return read.ok ? good(read.value.flat(), read.warnings) : read
}

/**
 * The objects of one release, in the order of helm's output, test hooks among them: rendered with what it is told about the target, and
 * with placeholders of this salt where its values name site values.
 */
export const readRelease = (
  release: ResolvedRelease,
  target: Target,
  told: Told,
  salt: string,
  system: RenderSystem,
): Promise<Outcome<FoundObject[]>> => {
  const { resolved } = release
  return resolved.kind === 'chart'
    ? fromChart(release, resolved, target, told, salt, system)
    : fromManifests(resolved.files, release, salt, system.files)
}
