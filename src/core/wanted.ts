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

/**
 * What the inventory remembers of an object as wanted: a digest of it as the bundle has it; where it holds site values a keyed one of it and of
 * them.
 */
export const wantedDigest = (object: KubeObject, filled?: Filled): string =>
  filled?.digests.get(keyOf(idOf(object))) ?? shortDigest(canonicalJson(object))

/** The digest of all that a release wants, hooks and site values included: as long as it is the same, the release is unchanged. */
export const releaseDigest = (release: VerifiedRelease, filled?: Filled): string =>
  shortDigest(
    canonicalJson(release.objects.map(({ member, object }) => [member, wantedDigest(object, filled)])),
  )
