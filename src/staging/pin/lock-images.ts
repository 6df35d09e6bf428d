import type { Registry, RegistryPlace } from '../../core/effects/registry.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Lock, LockedImage, Site } from '../../core/records.ts'
import { inTurn } from '../../core/in-turn.ts'
import { architecturesOf } from '../../core/registry/lock.ts'
import { refusalProblems } from '../../core/registry/refusal.ts'
import type { RefusedImage } from '../../core/registry/refusal.ts'
import { placeOf } from '../../core/registry/wanted.ts'
import type { Source, WantedImage } from '../../core/registry/wanted.ts'
import { suggest } from '../../core/suggest.ts'
import type { Tell } from '../../core/stepper.ts'
import { resolveImage } from './resolve-image.ts'

export interface ToLock {
  site: Site
  lock: Lock
  /** By their names in the lock: the images of all environments. */
  wanted: WantedImage[]
  /** Names of images whose tags are asked again; `all` is all of them. */
  update: string[]
  source: Source
}

export interface LockSystem {
  registry: Pick<Registry, 'manifest' | 'blob'>
  tell: Tell
}

/** A lock as it is to be written; names are sorted. */
export interface LockedImages {
  images: Lock['images']
  added: string[]
  /** Those that were asked again and named something else. */
  changed: { name: string; before: LockedImage; after: LockedImage }[]
  /** Nothing wants them any more. */
  dropped: string[]
  kept: number
  /** They were asked for and could not be resolved; the lock has of these what it had before. */
  unresolved: string[]
  /** Why. */
  failed: Problem[]
}

const atOnce = 4

const unknownUpdates = ({ update, wanted }: ToLock): Problem[] => {
  const names = wanted.map(({ name }) => name)
  return update
    .filter((name) => name !== 'all' && !names.includes(name))
    .map((name) => {
      const near = suggest(name, names)
      return problem({
        code: 'pin/unknown-image',
        fault: 'usage',
        what: `Nothing that is rendered uses an image ${name}.`,
        fix:
          near === undefined
            ? 'Give a name as releases/lock.yaml has it, or `all`.'
            : `Did you mean \`${near}\`?`,
      })
    })
}

const isSame = (a: LockedImage, b: LockedImage): boolean =>
  a.index === b.index && a.amd64 === b.amd64 && a.arm64 === b.arm64

/**
 * Asks what tags name: those that the lock does not have, and those that are to be updated; no others. An architecture that is new to the site is looked for
 * in the index that is locked. What nothing uses any more is dropped. An image that cannot be resolved does not stop the others.
 */
export const lockImages = async (
  input: ToLock,
  { registry, tell }: LockSystem,
): Promise<Outcome<LockedImages>> => {
  const { site, lock, wanted, update, source } = input
  const unknown = unknownUpdates(input)
  if (unknown.length > 0) return bad(unknown as [Problem, ...Problem[]])
  const architectures = architecturesOf(site)
  const before = (name: string): LockedImage | undefined =>
    Object.hasOwn(lock.images, name) ? lock.images[name] : undefined
  const isUpdated = (name: string): boolean => update.includes('all') || update.includes(name)
  const isAsked = (name: string): boolean =>
    isUpdated(name) || architectures.some((one) => before(name)?.[one] === undefined)
  /** Where the tag is asked for; of what lacks an architecture, the index that is locked: its tag may have moved. */
  const placeToAsk = ({ name, reference }: WantedImage): RegistryPlace => {
    const place = placeOf(reference, site.images, source)
    const index = isUpdated(name) ? undefined : before(name)?.index
    return index === undefined ? place : { ...place, reference: index }
  }

  const refused: RefusedImage[] = []
  const failed: Problem[] = []
  const unresolved: string[] = []
  const resolved = await inTurn(
    atOnce,
    wanted,
    async (image): Promise<[WantedImage, LockedImage | undefined]> => {
      const { name } = image
      if (!isAsked(name)) return [image, before(name)]
      tell({ tell: 'subject', stage: 'lock images', subject: name, state: 'working' })
      const found = await resolveImage(image, placeToAsk(image), architectures, registry)
      const state = found.state === 'resolved' ? 'done' : 'failed'
      tell({ tell: 'subject', stage: 'lock images', subject: name, state })
      if (found.state === 'resolved') return [image, found.locked]
      unresolved.push(name)
      if (found.state === 'refused') refused.push({ image, refusal: found.refusal })
      else failed.push(found.problem)
      return [image, before(name)]
    },
  )

  const images: Lock['images'] = {}
  const told: LockedImages = {
    images,
    added: [],
    changed: [],
    dropped: [],
    kept: 0,
    unresolved: unresolved.sort(),
    failed: [],
  }
  for (const [{ name }, locked] of resolved) {
    if (locked === undefined) continue
    images[name] = locked
    const old = before(name)
    if (old === undefined) told.added.push(name)
    else if (unresolved.includes(name)) continue
    else if (isSame(old, locked)) told.kept += 1
    else told.changed.push({ name, before: old, after: locked })
  }
  const names = new Set(wanted.map(({ name }) => name))
  told.dropped = Object.keys(lock.images)
    .filter((name) => !names.has(name))
    .sort()
  told.failed = [...refusalProblems(refused), ...failed.sort((a, b) => (a.what < b.what ? -1 : 1))]
  return good(told)
}
