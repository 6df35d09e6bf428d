import type { Registry } from '../../core/effects/registry.ts'
import { good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { LockedImage } from '../../core/records.ts'
import { inTurn } from '../../core/registry/in-turn.ts'
import { architecturesOf } from '../../core/registry/lock.ts'
import { manifestFor, readManifest } from '../../core/registry/manifest.ts'
import { refusalProblems } from '../../core/registry/refusal.ts'
import type { RefusedImage } from '../../core/registry/refusal.ts'
import { placeOf } from '../../core/registry/wanted.ts'
import type { WantedImage } from '../../core/registry/wanted.ts'
import type { LockSystem, ToLock } from './lock-images.ts'

/** How the lock stands to what tags name now; names are sorted. */
export interface CheckedLock {
  /** Their tags name something else than what is locked. */
  moved: { name: string; locked: string; now: string }[]
  /** They are used and not locked. */
  unlocked: string[]
  /** They are locked and not used. */
  unused: string[]
  same: number
  /** What could not be asked, images that are gone among it. */
  failed: Problem[]
}

export interface CheckSystem extends LockSystem {
  registry: Pick<Registry, 'manifest' | 'blob' | 'digestOf'>
}

const atOnce = 4

/**
 * Compares the lock with what tags name now. A tag with another index that has the very same images for the site's architectures has not moved: a proxy cache
 * keeps an index trimmed to what was pulled, under another digest.
 */
export const checkLock = async (
  { site, lock, wanted, source }: Omit<ToLock, 'update'>,
  { registry, tell }: CheckSystem,
): Promise<Outcome<CheckedLock>> => {
  const architectures = architecturesOf(site)
  const refused: RefusedImage[] = []
  const told: CheckedLock = { moved: [], unlocked: [], unused: [], same: 0, failed: [] }

  /** What a tag names now: the same as is locked, or another digest; undefined where the registry does not say. */
  const namedNow = async (
    image: WantedImage,
    locked: LockedImage,
    digest: string,
  ): Promise<string | undefined> => {
    const place = placeOf(image.reference, site.images, source)
    const fail = (refusal: RefusedImage['refusal']): undefined => void refused.push({ image, refusal })
    const now = await registry.digestOf(place)
    if (!now.ok) return fail(now.refusal)
    if (now.value === digest || locked.index === undefined) return now.value
    const fetched = await registry.manifest({ ...place, reference: now.value })
    if (!fetched.ok) return fail(fetched.refusal)
    const content = readManifest(fetched.value)
    const isSame =
      !('malformed' in content) &&
      content.kind === 'index' &&
      architectures.every((one) => manifestFor(content.manifests, one)?.digest === locked[one])
    return isSame ? digest : now.value
  }

  await inTurn(atOnce, wanted, async (image) => {
    const { name } = image
    const locked = Object.hasOwn(lock.images, name) ? lock.images[name] : undefined
    if (locked === undefined || architectures.some((one) => locked[one] === undefined)) {
      told.unlocked.push(name)
      return
    }
    const digest = locked.index ?? architectures.map((one) => locked[one]).join()
    tell({ tell: 'subject', stage: 'check the lock', subject: name, state: 'working' })
    const now = await namedNow(image, locked, digest)
    tell({
      tell: 'subject',
      stage: 'check the lock',
      subject: name,
      state: now === digest ? 'done' : 'failed',
    })
    if (now === digest) told.same += 1
    else if (now !== undefined) told.moved.push({ name, locked: digest, now })
  })
  const names = new Set(wanted.map(({ name }) => name))
  told.unused = Object.keys(lock.images)
    .filter((name) => !names.has(name))
    .sort()
  told.unlocked.sort()
  told.moved.sort((a, b) => (a.name < b.name ? -1 : 1))
  told.failed = refusalProblems(refused)
  return good(told)
}
