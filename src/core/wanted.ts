import { shortDigest } from './short-digest.ts'
import { canonicalJson } from './json.ts'
import type { KubeObject } from './object.ts'
import type { VerifiedBundle, VerifiedObject, VerifiedRelease } from './bundle/verified.ts'

/** What a verified bundle says should run: all that planning and applying need of it. */
export type Wanted = Pick<VerifiedBundle, 'manifest' | 'digest' | 'releases'>

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

/** The digest of an object as the bundle has it: what the inventory remembers as wanted. */
export const wantedDigest = (object: KubeObject): string => shortDigest(canonicalJson(object))

/** The digest of all that a release wants, hooks included: as long as it is the same, the release is unchanged. */
export const releaseDigest = (release: VerifiedRelease): string =>
  shortDigest(canonicalJson(release.objects.map(({ member, object }) => [member, wantedDigest(object)])))
