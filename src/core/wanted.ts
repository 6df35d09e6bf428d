import { shortDigest } from './short-digest.ts'
import { canonicalJson } from './json.ts'
import { idOf, keyOf } from './object.ts'
import type { KubeObject } from './object.ts'
import type { PlannedValue } from './site-values/planned.ts'
import type { VerifiedBundle, VerifiedObject, VerifiedRelease } from './bundle/verified.ts'

/** What a verified bundle says should run: all that planning and applying need of it. */
export interface Wanted extends Pick<VerifiedBundle, 'manifest' | 'digest' | 'releases'> {
  /** Files in SOPS format that site values are sealed in, by path. */
  sealed?: ReadonlyMap<string, string>
  /** Where the bundle has site values: the objects hold them already. */
  filled?: Filled
  /** Where only a part of the set is meant; the releases above are then those of that part. */
  part?: Part
  /** What the run is for, where that is not the whole bundle (`purposeFor`). */
  purpose?: string | undefined
  /** Releases that are there run their hooks for going back. */
  rollback?: boolean
  /** Releases that are to be removed, where it is known what they run then. */
  going?: GoingRelease[]
}

/** What is meant of a set, where that is not all of it. */
interface Part {
  /** Names of releases; '' for what belongs to none. */
  releases: Set<string>
  /** By key: the release that has an object which is not of this part. */
  elsewhere: Map<string, string>
  /** What releases of this part depend on beyond it, and how that is in the bundle. */
  needs: { release: string; of: string; digest: string }[]
}

/** A release that is to be removed. */
export interface GoingRelease {
  name: string
  /** Its wave in the bundle that it came from. */
  wave: number
  timeoutSeconds: number
  /** Those that run before its objects are deleted, and after. They hold their site values already. */
  hooks: WantedObject[]
}

/** What is to be known of objects that hold site values beside themselves. */
export interface Filled {
  planned: PlannedValue[]
  /** For digests of what they hold. */
  key: Uint8Array
  /** Of all values together, keyed. */
  digest: string
  /** By key of the object: what the inventory remembers as wanted, in place of a plain digest. */
  digests: Map<string, string>
  /** By id: how often each value that is kept has been made. */
  generations: { [id: string]: number }
}

/** One object of the set, with the release that it belongs to. */
export interface WantedObject extends VerifiedObject {
  release: string
}

/** The objects of one release. */
export const objectsOf = (release: VerifiedRelease): WantedObject[] =>
  release.objects.map((one) => ({ ...one, release: release.name }))

/** All objects that are applied, hooks included; those that only run when a release goes are not. */
export const appliedObjects = ({ releases }: Pick<Wanted, 'releases'>): WantedObject[] =>
  releases.flatMap(objectsOf).filter((one) => one.phase !== 'delete-hooks')

/** The hooks of releases that are to be removed. */
export const goingHooks = ({ going = [] }: Pick<Wanted, 'going'>): WantedObject[] =>
  going.flatMap((release) => release.hooks)

/** A run asks for each of them three times, and objects are never changed in place. */
const plainDigests = new WeakMap<KubeObject, string>()

const plainDigest = (object: KubeObject): string => {
  const known = plainDigests.get(object)
  if (known !== undefined) return known
  const digest = shortDigest(canonicalJson(object))
  plainDigests.set(object, digest)
  return digest
}

/**
 * What the inventory remembers of an object as wanted: a digest of it as the bundle has it; where it holds site values a keyed one of it and of
 * them.
 */
export const wantedDigest = (object: KubeObject, filled?: Filled): string =>
  filled?.digests.get(keyOf(idOf(object))) ?? plainDigest(object)

/** The digest of all that a release wants, hooks and site values included: as long as it is the same, the release is unchanged. */
export const releaseDigest = (release: VerifiedRelease, filled?: Filled): string =>
  shortDigest(
    canonicalJson(release.objects.map(({ member, object }) => [member, wantedDigest(object, filled)])),
  )
