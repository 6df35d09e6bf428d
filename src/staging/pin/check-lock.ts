import type { Registry } from '../../core/effects/registry.ts'
import { good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { LockedImage } from '../../core/records.ts'
import { inTurn } from '../../core/in-turn.ts'
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
  /** The registry does not say what they name. */
  untold: string[]
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
  const told: CheckedLock = { moved: [], unlocked: [], unused: [], same: 0, untold: [], failed: [] }

  /** What a tag names now beside what is locked; undefined where the registry does not say. */
  const comparison = async (
    image: WantedImage,
    locked: LockedImage,
    digest: string,
  ): Promise<{ locked: string; now: string } | undefined> => {
    const place = placeOf(image.reference, site.images, source)
    const fail = (refusal: RefusedImage['refusal']): undefined => void refused.push({ image, refusal })
    const now = await registry.digestOf(place)
    if (!now.ok) return fail(now.refusal)
    if (locked.index === undefined) return { locked: digest, now: now.value }
    // Also where the index is the same: what is pinned is the image, and somebody may have written another one beside its index.
    const fetched = await registry.manifest({ ...place, reference: now.value })
    if (!fetched.ok) return fail(fetched.refusal)
    const content = readManifest(fetched.value)
    const manifests = !('malformed' in content) && content.kind === 'index' ? content.manifests : []
    const other = architectures.find((one) => manifestFor(manifests, one)?.digest !== locked[one])
    if (other === undefined) return { locked: digest, now: digest }
    if (now.value !== digest) return { locked: digest, now: now.value }
    return { locked: locked[other] ?? '', now: manifestFor(manifests, other)?.digest ?? 'nothing' }
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
    const found = await comparison(image, locked, digest)
    const isSame = found !== undefined && found.locked === found.now
    tell({
      tell: 'subject',
      stage: 'check the lock',
      subject: name,
      state: isSame ? 'done' : 'failed',
    })
    if (isSame) told.same += 1
    else if (found === undefined) told.untold.push(name)
    else told.moved.push({ name, ...found })
  })
  const names = new Set(wanted.map(({ name }) => name))
  told.unused = Object.keys(lock.images)
    .filter((name) => !names.has(name))
    .sort()
  told.unlocked.sort()
  told.untold.sort()
  told.moved.sort((a, b) => (a.name < b.name ? -1 : 1))
  told.failed = refusalProblems(refused)
  return good(told)
}
