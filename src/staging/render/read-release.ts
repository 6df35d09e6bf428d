import type { ReadFiles } from '../../core/effects/files.ts'
import type { Helm, Told } from '../../core/effects/helm.ts'
import type { StandIn } from '../../core/effects/stand-in.ts'
import { readObjects } from '../../core/manifest.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { Origin, Resolved, ResolvedRelease } from '../../core/records.ts'
import type { Tell } from '../../core/stepper.ts'
import type { Target } from '../../core/target.ts'
import { explainAsides } from './asides.ts'
import { labelOf } from './bad-output.ts'
import { explainRefusal } from './explain.ts'

export interface RenderSystem {
  helm: Pick<Helm, 'version' | 'template'>
  standIn: Pick<StandIn, 'visit'>
  files: ReadFiles
  tell: Tell
}

export interface FoundObject {
  object: KubeObject
  origin: Origin
}

/** A release as the objects that it comes to, in the order of helm's output, test hooks among them. */
export interface ReleaseDocuments {
  release: ResolvedRelease
  objects: FoundObject[]
  /** The version of helm; 'none' for plain manifests. */
  renderedBy: string
}

/** Helm takes `1.36` as it is, but charts compare it with versions of three numbers, and no server calls itself so. */
export const wholeVersion = (kubernetes: string): string =>
  /^v?\d+\.\d+$/.test(kubernetes) ? `${kubernetes}.0` : kubernetes

const fromChart = async (
  release: ResolvedRelease,
  chart: Resolved & { kind: 'chart' },
  target: Target,
  told: Told,
  { helm, files }: RenderSystem,
): Promise<Outcome<FoundObject[]>> => {
  const answered = await helm.template({
    release: release.name,
    namespace: release.namespace,
    directory: chart.directory,
    kubernetes: wholeVersion(target.kubernetes),
    told,
    upgrade: release.renderedAs === 'upgrade',
    values: release.values,
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
  if (!read.ok) return bad([...asides, ...read.problems] as Problems)
  return unless([...asides, ...read.warnings], () => read.value)
}

const fromManifest = async (file: string, files: ReadFiles): Promise<Outcome<FoundObject[]>> => {
  const text = await files.readText(file)
  return text === undefined
    ? bad([
        problem({
          code: 'render/missing-manifest',
          what: `${file} went away while the site was read.`,
          where: [{ in: 'file', file }],
          fix: 'Run again when nobody else is at work in the folder.',
        }),
      ])
    : readObjects(text, file)
}

const fromManifests = async (paths: string[], files: ReadFiles): Promise<Outcome<FoundObject[]>> => {
  const read = all(await Promise.all(paths.map((file) => fromManifest(file, files))))
  return read.ok ? good(read.value.flat(), read.warnings) : read
}

/** Renders one release with what it is told about the target, and reads the result as objects. */
export const readRelease = async (
  release: ResolvedRelease,
  target: Target,
  told: Told,
  system: RenderSystem,
): Promise<Outcome<ReleaseDocuments>> => {
  const { resolved } = release
  const subject = (state: 'working' | 'done' | 'failed'): void =>
    system.tell({ tell: 'subject', stage: 'render', subject: release.name, state })
  subject('working')
  const objects =
    resolved.kind === 'chart'
      ? await fromChart(release, resolved, target, told, system)
      : await fromManifests(resolved.files, system.files)
  subject(objects.ok ? 'done' : 'failed')
  if (!objects.ok) return objects
  const renderedBy = resolved.kind === 'chart' ? system.helm.version : 'none'
  return good({ release, objects: objects.value, renderedBy }, objects.warnings)
}
