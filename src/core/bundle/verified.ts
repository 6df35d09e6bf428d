import type { KubeObject } from '../object.ts'
import type { BundledObject, BundledRelease, BundleManifest } from './format.ts'

export interface VerifiedObject extends BundledObject {
  object: KubeObject
}

export type VerifiedRelease = Omit<BundledRelease, 'objects'> & { objects: VerifiedObject[] }

/** A bundle that has been checked wholly: only the verify stage makes one. */
export interface VerifiedBundle {
  manifest: BundleManifest
  /** Of bundle.json, `sha256:…`: what `previous` of the next bundle names. */
  digest: string
  /** Names of the keys that signed; [] where that was not checked, on explicit demand. */
  signedBy: string[]
  /** As in the manifest, with the objects themselves. */
  releases: VerifiedRelease[]
  /** By member: each object's text, exactly as it was rendered and reviewed. */
  texts: Map<string, string>
  /** Files in SOPS format that site values are sealed in, by their path from the site's root. */
  sealed: Map<string, string>
}
