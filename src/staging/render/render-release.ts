import { placeholdersIn } from '../../core/site-values/placeholder.ts'
import { foundBy } from '../../core/stand-in/answer.ts'
import type { Lookup } from '../../core/stand-in/answer.ts'
import type { Knowledge } from '../../core/stand-in/knowledge.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { isInValues } from '../../core/site-values/recipe.ts'
import type { Target } from '../../core/target.ts'
import { pointToDeclared } from './in-release-file.ts'
import { mask } from './mask/mask.ts'
import { readRelease } from './read-release.ts'
import type { FoundObject, RenderSystem } from './read-release.ts'
import type { Dices } from './scan-release.ts'
import type { Salting } from './salting.ts'
import { unanswered } from './unanswered.ts'

/**
 * How a release learns about the cluster. `list`: what `.Capabilities.APIVersions.Has` is true for, beside helm's compiled-in list;
 * `server`: what the stand-in knows.
 */
export type Telling = { by: 'list'; apiVersions: string[] } | { by: 'server'; knowledge: Knowledge }

/** A release as the objects that it comes to, with placeholders for site values, in the order of helm's output, test hooks among them. */
export interface ReleaseDocuments {
  release: ResolvedRelease
  objects: FoundObject[]
  /** The version of helm; 'none' for plain manifests. */
  renderedBy: string
  /** What its templates looked up. */
  lookups: Lookup[]
  /** The digest of all this as it lies in memory. */
  kept?: string | undefined
}

type Read = Outcome<{ objects: FoundObject[]; lookups: Lookup[] }>

/** Helm, when it asks a server, refuses kinds that the server lacks, and less clearly than we do further on. */
const lacksKind = (outcome: Outcome<unknown>): boolean =>
  !outcome.ok && outcome.problems.some(({ raw }) => raw?.includes('no matches for kind') ?? false)

/**
 * Renders a release once, as its chart makes it: random values stand in it in clear, placeholders with this salt where its values name site
 * values. Those of salt '' and of any other salt are the same in what comes out.
 */
export const readUnmasked = async (
  release: ResolvedRelease,
  target: Target,
  telling: Telling,
  salt: string,
  { salting, ...system }: RenderSystem & { salting: Salting },
): Promise<Read> => {
  const byList = async (apiVersions: string[]): Promise<Read> => {
    const read = await readRelease(release, target, { by: 'list', apiVersions }, salt, system)
    return read.ok ? good({ objects: salting.unsalted(read.value, salt), lookups: [] }, read.warnings) : read
  }
  if (telling.by === 'list') return await byList(telling.apiVersions)
  const { discovered, objects } = telling.knowledge
  const standIn = await system.openStandIn()
  const visit = standIn.visit({ discovered, objects: salting.salted(objects, salt) })
  const told = { by: 'server', kubeconfig: visit.kubeconfig } as const
  const read = await readRelease(release, target, told, salt, system)
  visit.end()
  if (visit.unknown.length > 0) return bad(await unanswered(release, visit.unknown, discovered, system))
  // By list, a lookup would find nothing: only where none was made is the output the same.
  if (lacksKind(read) && visit.lookups.length === 0) return await byList([])
  if (!read.ok) return read
  return good({ objects: salting.unsalted(read.value, salt), lookups: visit.lookups }, read.warnings)
}

/** How a release is rendered; a proposal is made another way. */
export type RenderOne = typeof renderRelease

/** Whether templates looked up something that holds a placeholder. */
const foundPlaceholders = (telling: Telling, lookups: Lookup[]): boolean =>
  telling.by === 'server' &&
  lookups.some((lookup) =>
    foundBy(telling.knowledge.objects, lookup).some((object) => placeholdersIn(object).size > 0),
  )

/** Waits until a release may be rendered again by `laterIn`: where it asks the clock, until the first render has ended. */
export const whenLater = async ({ clock }: Dices, first: Promise<unknown>): Promise<void> => {
  if (clock) await first
}

/** The same system with a helm whose clock is in another zone, and in a later second than it is asked in: what a chart makes of the time then differs. */
export const laterIn = <S extends RenderSystem>(system: S, { clock }: Dices): S =>
  clock
    ? {
        ...system,
        helm: {
          version: system.helm.version,
          template: (request) => system.helm.template({ ...request, clock: 'later' }),
        },
      }
    : system

/**
 * Renders one release with what it is told, and puts placeholders where site values would stand. What may come out differently each time
 * (`dice`), or may make something else of a placeholder, is rendered twice, with two salts: what then differs is either declared or refused.
 */
export const renderRelease = async (
  release: ResolvedRelease,
  target: Target,
  telling: Telling,
  dice: Dices,
  system: RenderSystem & { salting: Salting },
): Promise<Outcome<ReleaseDocuments>> => {
  const { resolved } = release
  const subject = (state: 'working' | 'done' | 'failed'): void =>
    system.tell({ tell: 'subject', stage: 'render', subject: release.name, state })
  const twin = (): Promise<Read> => readUnmasked(release, target, telling, 'twin', laterIn(system, dice))
  subject('working')
  const reading = readUnmasked(release, target, telling, '', system)
  const twice = dice.any || Object.keys(release.tokens).length > 0 || release.siteValues.some(isInValues)
  const [first, parallel] = await Promise.all([
    reading,
    resolved.kind === 'chart' && twice ? whenLater(dice, reading).then(twin) : undefined,
  ])
  const second =
    parallel ?? (first.ok && foundPlaceholders(telling, first.value.lookups) ? await twin() : undefined)
  const masked = !first.ok
    ? first
    : second !== undefined && !second.ok
      ? second
      : mask(release, first.value.objects, second?.value.objects)
  subject(masked.ok ? 'done' : 'failed')
  if (!first.ok) return first
  if (!masked.ok) return bad((await pointToDeclared(masked.problems, release, system.files)) as Problems)
  const renderedBy = resolved.kind === 'chart' ? system.helm.version : 'none'
  return good({ release, objects: masked.value, renderedBy, lookups: first.value.lookups }, [
    ...first.warnings,
    ...masked.warnings,
  ])
}
