import type { ReadFiles } from '../core/effects/files.ts'
import type { Git } from '../core/effects/git.ts'
import type { Helm } from '../core/effects/helm.ts'
import type { Memory } from '../core/effects/memory.ts'
import type { StandIn } from '../core/effects/stand-in.ts'
import type { Explained } from '../core/explained.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problems } from '../core/problem.ts'
import type { Declared, SetOf, ValidatedRelease } from '../core/records.ts'
import { renderedFilesOf } from '../core/rendered-files.ts'
import { isEverything, select } from '../core/selection.ts'
import type { Selection } from '../core/selection.ts'
import type { Step, Tell } from '../core/stepper.ts'
import type { DescribedTarget } from '../core/target.ts'
import type { Comparison } from '../core/comparison.ts'
import { compare } from './compare/compare.ts'
import { declare } from './declare/declare.ts'
import { environmentsOf } from './declare/environments.ts'
import { readTarget } from './declare/target.ts'
import { explainRelease } from './render/explain-release.ts'
import { proposeForRelease } from './render/propose-release.ts'
import type { ProposedFor } from './render/propose-release.ts'
import type { RenderSystem } from './render/read-release.ts'
import { render } from './render/render.ts'
import type { RenderInput } from './render/render.ts'
import { resolve } from './resolve/resolve.ts'
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
  files: Map<string, string>
}

/** What is asked for: environments by name, all where none is named, and of each these releases. */
export interface Asked {
  environments: string[]
  selection: Selection
}

/** One environment, ready to be rendered. */
interface Prepared {
  environment: string
  input: RenderInput
  system: RenderSystem
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
  const standIn = await system.openStandIn()
  try {
    const done: T[] = []
    for (const one of declared) {
      const { environment } = one
      // A release is told of once for each environment.
      const tell: Tell = (told) =>
        system.tell(told.tell === 'subject' ? { ...told, stage: `${told.stage} ${environment}` } : told)
      const helm = await step('find helm', () => system.openHelm(one.lock.helm))
      const target = await step('know the target', () => readTarget(one, system))
      const set = await step(`resolve ${environment}`, () => resolve(one, { ...system, helm }))
      const input = { set, target, wanted }
      done.push(await use({ environment, input, system: { ...system, standIn, helm, tell } }))
    }
    return done
  } finally {
    await standIn.close()
  }
}

/**
 * The line of the staging side, from what is declared to what may be bundled, one environment after the other; the releases of each are
 * rendered in parallel. Nothing is written.
 */
export const renderEnvironments = (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<RenderedEnvironment[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => {
    const rendered = await step(`render ${environment}`, () => render(input, renderSystem))
    const rewritten = await step(`rewrite ${environment}`, async () => rewrite(rendered))
    const judged = await step(`validate ${environment}`, async () => validate(rewritten, input.target))
    const set = { ...judged, releases: judged.releases.filter(({ name }) => input.wanted.has(name)) }
    return { set, files: renderedFilesOf(set) }
  })

/** What the templates of releases can ask, environment by environment, and what they are answered. */
export const explainReleases = (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<{ environment: string; releases: Explained[] }[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => ({
    environment,
    releases: await step(`render ${environment}`, () => explainRelease(input, renderSystem)),
  }))

/** What of site values releases need beside what they declare, environment by environment. */
export const proposeSiteValues = (
  asked: Asked,
  system: StagingSystem,
  step: Step,
): Promise<{ environment: string; releases: ProposedFor[] }[]> =>
  forEach(asked, system, step, async ({ environment, input, system: renderSystem }) => ({
    environment,
    releases: await step(`render ${environment}`, () => proposeForRelease(input, renderSystem)),
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

const ofEnvironment = (files: Map<string, string>, environment: string): Map<string, string> =>
  new Map(
    [...files].flatMap(([path, text]) =>
      path.startsWith(`${environment}/`) ? [[path.slice(environment.length + 1), text] as const] : [],
    ),
  )

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
      if (now === was) return []
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
          where: [{ in: 'file', file }],
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
