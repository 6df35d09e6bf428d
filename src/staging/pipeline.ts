import { sha256 } from '../core/digest.ts'
import type { FileText, ReadFiles } from '../core/effects/files.ts'
import type { Git } from '../core/effects/git.ts'
import type { Helm } from '../core/effects/helm.ts'
import { forgetful } from '../core/effects/memory.ts'
import type { Memory } from '../core/effects/memory.ts'
import type { StandIn } from '../core/effects/stand-in.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem, Problems } from '../core/problem.ts'
import { digestsOf } from '../core/registry/lock.ts'
import type { Declared, RenderedRelease, RewrittenRelease, SetOf, ValidatedRelease } from '../core/records.ts'
import { renderedFilesOf } from '../core/rendered-files.ts'
import { isEverything, select } from '../core/selection.ts'
import type { Selection } from '../core/selection.ts'
import type { Step, Tell } from '../core/stepper.ts'
import type { DescribedTarget } from '../core/target.ts'
import type { Comparison } from '../core/comparison.ts'
import { declare } from './declare/declare.ts'
import { environmentsOf } from './declare/environments.ts'
import { readTarget } from './declare/target.ts'
import { factsOf } from './facts.ts'
import type { Facts } from './facts.ts'
import { requireLocked } from './pin/require-locked.ts'
import type { ExplainedReleases } from './render/explain-release.ts'
import { pointToDeclared } from './render/in-release-file.ts'
import { pointInto, unprinted, withOutputs } from './render/point.ts'
import type { ProposedFor } from './render/propose-release.ts'
import type { RenderSystem } from './render/read-release.ts'
import { render } from './render/render.ts'
import type { RenderInput } from './render/render.ts'
import { placeIn } from './render/values-place.ts'
import { resolve } from './resolve/resolve.ts'
import { checkFinders } from './rewrite/check-finders.ts'
import { rewrite } from './rewrite/rewrite.ts'
import { validate } from './validate/validate.ts'

export interface StagingSystem {
  files: ReadFiles
  git: Git
  openHelm(version: string): Promise<Outcome<Helm>>
  openStandIn(): Promise<StandIn>
  memory: Memory
  openSealing?: NonNullable<RenderSystem['openSealing']>
  loadTarget(version: string): Promise<Outcome<DescribedTarget>>
  tell: Tell
}

/** One environment, rendered and judged; `files` is what belongs into `rendered/ENV`. */
export interface RenderedEnvironment {
  set: SetOf<ValidatedRelease>
  files: Map<string, FileText>
}

/** What is asked for: environments by name, all where none is named, and of each these releases. */
export interface Asked {
  environments: string[]
  selection: Selection
  /** What an image is that nobody has decided on: an error where a release is built, else a warning. */
  undecided?: 'error'
}

/** One environment, ready to be rendered. */
interface Prepared {
  environment: string
  input: RenderInput
  system: RenderSystem
}

/** The helm of the version that the lock names; where there is none, with the line that names it. */
const findHelm = async (
  { lock }: Declared,
  { openHelm, files }: Pick<StagingSystem, 'openHelm' | 'files'>,
): Promise<Outcome<Helm>> => {
  const helm = await openHelm(lock.helm)
  if (helm.ok) return helm
  const place = await placeIn({ file: lock.file, root: [] }, ['helm'], files)
  const pointed = helm.problems.map((one) => ({
    ...one,
    where: one.where.map((where) =>
      where.in === 'file' && where.file === lock.file ? (place ?? where) : where,
    ),
  }))
  return bad(pointed as Problems)
}

/** Prepares the environments that are asked for, and hands each on; the stand-in lasts as long as that takes. */
const forEach = async <T>(
  { environments, selection }: Asked,
  system: StagingSystem,
  step: Step,
  use: (prepared: Prepared) => Promise<T>,
): Promise<T[]> => {
  const names =
    environments.length > 0 ? environments : await step('read the site', () => environmentsOf(system))
  const declared: Declared[] = []
  for (const environment of names)
    declared.push(await step(`declare ${environment}`, () => declare({ environment }, system)))
  const releases = declared.flatMap((one) => one.releases.map(({ name }) => name))
  const wanted = await step('choose the releases', async () => select(releases, selection))
  let standIn: Promise<StandIn> | undefined
  const openStandIn = (): Promise<StandIn> => (standIn ??= system.openStandIn())
  try {
    const done: T[] = []
    for (const one of declared) {
      const { environment } = one
      // A release is told of once for each environment.
      const tell: Tell = (told) =>
        system.tell(told.tell === 'subject' ? { ...told, stage: `${told.stage} ${environment}` } : told)
      const helm = await step('find helm', () => findHelm(one, system))
      const target = await step('know the target', () => readTarget(one, system))
      const set = await step(`resolve ${environment}`, () => resolve(one, { ...system, helm }))
      const input = { set, target, wanted }
      done.push(await use({ environment, input, system: { ...system, openStandIn, helm, tell } }))
    }
    return done
  } finally {
    await (await standIn)?.close()
  }
}

/**
 * A system for a render, and a way to give problems of objects the lines that they are about. Of a release that was recalled nothing is there to point
 * into, so it is rendered once more where something is wrong with it.
 */
const withLines = (input: RenderInput, system: RenderSystem) => {
  const kept = withOutputs(system)
  const { releases } = input.set
  /** In the output of helm, and in the release's own file. */
  const pointed = async (problems: Problem[], outputs: typeof kept.outputs): Promise<Problem[]> =>
    pointToDeclared(await pointInto(problems, releases, outputs, system.files), input.set, system.files)
  const of = async <T>(told: Outcome<T> | Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const outcome = await told
    // What is recalled and what is not has to warn alike.
    if (outcome.ok) return good(outcome.value, await pointed(outcome.warnings, new Map()))
    const wanted = unprinted(outcome.problems, releases, kept.outputs)
    const again = { ...kept.system, memory: forgetful, tell: () => {} }
    if (wanted.size > 0) await render({ ...input, wanted }, again)
    return bad((await pointed(outcome.problems, kept.outputs)) as Problems)
  }
  return { system: kept.system, of }
}

/** Points images at Harbor, each at the digest that is locked for it where the site pins them. */
const rewriteAndPin = (
  rendered: SetOf<RenderedRelease>,
  {
    undecided,
    mustBeLocked = true,
    facts,
  }: Pick<Asked, 'undecided'> & { mustBeLocked?: boolean; facts?: Pick<Facts, 'images'> },
): Outcome<SetOf<RewrittenRelease>> => {
  const { site, lock } = rendered
  const rewritten = rewrite(rendered, {
    ...(site.images.pin === true && { digestOf: digestsOf(site, lock) }),
    ...(undecided && { undecided }),
    ...(facts && { found: facts.images }),
  })
  if (!rewritten.ok || !mustBeLocked) return rewritten
  const locked = requireLocked(rewritten.value)
  return locked.ok ? rewritten : locked
}

/** Warns of finders of the site that find nothing: that can be known only where all is rendered, in all environments. */
const warnOfFinders = async (
  rendered: RenderedEnvironment[],
  { environments, selection }: Asked,
  { files }: Pick<StagingSystem, 'files'>,
  step: Step,
): Promise<void> => {
  const site = rendered[0]?.set.site
  if (site?.images.finders === undefined || environments.length > 0 || !isEverything(selection)) return
  await step('check the finders', async () => {
    const warnings: Problem[] = []
    for (const { index, found } of checkFinders(rendered.map(({ set }) => set))) {
      const place = await placeIn({ file: site.file, root: [] }, ['images', 'finders', `${index}`], files)
      warnings.push({ ...found, where: [place ?? { in: 'file', file: site.file }] })
    }
    return good(undefined, warnings)
  })
}

/**
 * The line of the staging side, from what is declared to what may be bundled, one environment after the other; the releases of each are
 * rendered in parallel. Nothing is written.
 */
export const renderEnvironments = async (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<RenderedEnvironment[]> => {
  const all = await forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => {
    const pointing = withLines(input, renderSystem)
    const rendered = await step(`render ${environment}`, () => pointing.of(render(input, pointing.system)))
    const facts = await factsOf(rendered, input.target, asked.undecided, system.memory)
    const rewritten = await step(`rewrite ${environment}`, () =>
      pointing.of(rewriteAndPin(rendered, { ...asked, facts })),
    )
    const judged = await step(`validate ${environment}`, () =>
      pointing.of(validate(rewritten, input.target, facts.problems)),
    )
    const set = { ...judged, releases: judged.releases.filter(({ name }) => input.wanted.has(name)) }
    const files = renderedFilesOf(set, facts.digests)
    await facts.keep()
    return { set, files }
  })
  await warnOfFinders(all, asked, system, step)
  return all
}

/**
 * The same line up to the images: which ones releases use, where, and what becomes of their names. `mustBeLocked`: where the site pins its images, each has
 * to be locked.
 */
export const rewriteEnvironments = (
  { mustBeLocked, ...asked }: Asked & { mustBeLocked: boolean },
  system: StagingSystem,
  step: Step,
): Promise<SetOf<RewrittenRelease>[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => {
    const pointing = withLines(input, renderSystem)
    const rendered = await step(`render ${environment}`, () => pointing.of(render(input, pointing.system)))
    return await step(`rewrite ${environment}`, () =>
      pointing.of(rewriteAndPin(rendered, { ...asked, mustBeLocked })),
    )
  })

/** What the templates of releases can ask, environment by environment, what they are answered, and why those do not render that don't. */
export const explainReleases = (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<({ environment: string } & ExplainedReleases)[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => ({
    environment,
    ...(await step(`render ${environment}`, async () => {
      const { explainRelease } = await import('./render/explain-release.ts')
      return await explainRelease(input, renderSystem)
    })),
  }))

/** What of site values releases need beside what they declare, environment by environment. */
export const proposeSiteValues = (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<{ environment: string; releases: ProposedFor[] }[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => ({
    environment,
    releases: await step(`render ${environment}`, async () => {
      const { proposeForRelease } = await import('./render/propose-release.ts')
      return await proposeForRelease(input, renderSystem)
    }),
  }))

/** Every file below `rendered/` on disk, text by path below it. */
const renderedOnDisk = async ({ files }: Pick<StagingSystem, 'files'>): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  for (const path of await files.list('rendered')) {
    // What a killed render had not yet put in place; no environment's name begins with a dot.
    if (path.startsWith('rendered/.')) continue
    const text = await files.readText(path)
    if (text !== undefined) found.set(path.slice('rendered/'.length), text)
  }
  return found
}

const ofEnvironment = <T>(files: Map<string, T>, environment: string): Map<string, T> =>
  new Map(
    [...files].flatMap(([path, text]) =>
      path.startsWith(`${environment}/`) ? [[path.slice(environment.length + 1), text] as const] : [],
    ),
  )

/** The first line that two texts do not have in common. */
const firstDifference = (before: string | undefined, after: string | undefined): { line?: number } => {
  if (before === undefined || after === undefined) return {}
  const [lines, others] = [before.split('\n'), after.split('\n')]
  return { line: lines.findIndex((text, index) => text !== others[index]) + 1 || lines.length }
}

/**
 * Refuses a `rendered/` that is not what `releases/` renders to: what would be bundled is then not what was reviewed. Names
 * each file that is missing, stale, or edited by hand.
 */
export const requireFresh = async (
  rendered: RenderedEnvironment[],
  selection: Selection,
  { files }: Pick<StagingSystem, 'files'>,
): Promise<Outcome<void>> => {
  const disk = await renderedOnDisk({ files })
  const found = rendered.flatMap(({ set, files: wanted }) => {
    const { environment } = set
    const all = ofEnvironment(disk, environment)
    const releases = new Set(set.releases.map(({ name }) => name))
    const there = isEverything(selection)
      ? all
      : new Map([...all].filter(([path]) => releases.has(path.slice(0, path.indexOf('/')))))
    return [...new Set([...wanted.keys(), ...there.keys()])].sort().flatMap((path) => {
      const [now, was] = [wanted.get(path), there.get(path)]
      if (now !== undefined && was !== undefined && now.digest === sha256(was)) return []
      const file = `rendered/${environment}/${path}`
      const state =
        was === undefined
          ? 'is missing'
          : now === undefined
            ? 'belongs to nothing that is declared'
            : 'is not what is rendered'
      return [
        problem({
          code: 'validate/stale',
          what: `${file} ${state}.`,
          where: [{ in: 'file', file, ...firstDifference(was, now?.text()) }],
          why: 'What is reviewed and bundled has to be what the releases render to.',
          fix: 'Run `make render` and commit what it writes; change releases/, never rendered/.',
        }),
      ]
    })
  })
  return found.length > 0 ? bad(found as Problems) : good(undefined)
}

export interface ComparedEnvironment {
  environment: string
  comparison: Comparison
}

/** `rendered/` as it was at a git ref, or nothing where `ref` is null. */
const renderedAt = async (
  ref: string | null,
  { git }: Pick<StagingSystem, 'git'>,
): Promise<Outcome<Map<string, string>>> => (ref === null ? good(new Map()) : git.treeAt(ref, 'rendered'))

/** Compares `rendered/` as it is on disk with what it was at `from` (null: with nothing), environment by environment. */
export const compareWith = async (
  from: string | null,
  asked: string[],
  system: Pick<StagingSystem, 'files' | 'git'>,
  step: Step,
): Promise<ComparedEnvironment[]> => {
  const before = await step(`read rendered/ at ${from ?? 'nothing'}`, () => renderedAt(from, system))
  const after = await step('read rendered/', async () => good(await renderedOnDisk(system)))
  const environments = new Set(
    [...before.keys(), ...after.keys()].map((path) => path.split('/')[0] as string),
  )
  const wanted = asked.length > 0 ? asked : [...environments].sort()
  const { compare } = await import('./compare/compare.ts')
  const compared: ComparedEnvironment[] = []
  for (const environment of wanted) {
    const comparison = await step(`compare ${environment}`, async () =>
      environments.has(environment)
        ? compare(ofEnvironment(before, environment), ofEnvironment(after, environment))
        : bad([
            problem({
              code: 'compare/unknown-environment',
              fault: 'usage',
              what: `rendered/ has no environment ${environment}, neither now nor at ${from ?? 'the start'}.`,
              fix: `Use one of ${[...environments].sort().join(', ')}, or run \`make render\` first.`,
            }),
          ]),
    )
    compared.push({ environment, comparison })
  }
  return compared
}
