import type { Hook } from './hook.ts'
import type { JsonObject } from './json.ts'
import type { KubeObject, ObjectId } from './object.ts'

/**
 * The records of the staging side. Each is the one before plus what its stage learned, so a stage cannot be skipped:
 * Release → ResolvedRelease → RenderedRelease → RewrittenRelease → ValidatedRelease. All paths are relative to the site's
 * root, with `/`.
 */

/** `releases/site.yaml`, checked. */
export interface Site {
  file: string
  name: string
  target: { kubernetes: string; architecture: string }
  images: { harbor: string; mode: 'harbor' | 'mirror'; projects: { [registry: string]: string } }
  /** By environment: the identity of the cluster that it is for, as the cluster's own trust file names it. */
  environments: { [environment: string]: { cluster: string } }
  /** Labels and annotations of namespaces that releases live in; they are made before anything else. */
  namespaces: {
    [namespace: string]: { labels: { [key: string]: string }; annotations: { [key: string]: string } }
  }
}

/** `releases/lock.yaml`, checked: what must not change without a commit. */
export interface Lock {
  file: string
  helm: string
  /** By release and chart source: the digest of the fetched chart archive, `sha256:…`. */
  charts: { [chart: string]: string }
}

export type ChartSource =
  | { from: 'path'; path: string }
  | { from: 'repository'; repository: string; name: string; version: string }
  | { from: 'oci'; url: string; version: string }

export type ReleaseSource = { kind: 'chart'; chart: ChartSource } | { kind: 'manifests'; paths: string[] }

/** One layer of values, lowest first: a file, or values written into the release file itself. */
export type ValuesLayer =
  | { from: 'file'; file: string }
  | { from: 'release'; file: string; values: JsonObject }

/** A Secret that people make on the control plane; it is never in git, and the applier checks that it is there. */
export interface SuppliedSecret {
  name: string
  namespace: string
  keys: string[]
}

/** One release as it is declared for one environment, overlays applied. */
export interface Release {
  name: string
  environment: string
  namespace: string
  /** `releases/NAME/release.yaml` */
  file: string
  source: ReleaseSource
  values: ValuesLayer[]
  /** Names of releases that must be ready before this one starts. */
  dependsOn: string[]
  timeoutSeconds: number
  /** What `.Release.IsInstall` answers. */
  renderedAs: 'install' | 'upgrade'
  supplied: SuppliedSecret[]
}

/** All of one environment, its releases sorted by name. */
export interface Declared {
  site: Site
  lock: Lock
  environment: string
  /** Names of releases by wave: those of wave n depend only on waves before n. */
  waves: string[][]
  releases: Release[]
}

/** A local directory with the chart, whose content has this digest; or the manifest files of a release without a chart. */
export type Resolved =
  | { kind: 'chart'; directory: string; name: string; version: string; digest: string }
  | { kind: 'manifests'; files: string[]; digest: string }

export interface ResolvedRelease extends Release {
  resolved: Resolved
}

/** Where an object came from: the chart's template (or manifest file), and the line at which its document starts in it or in helm's output of it. */
export interface Origin {
  template: string
  line: number
}

/**
 * `crds` are all CustomResourceDefinitions, from `crds/` and from templates; `hooks` run around an apply;
 * `delete-hooks` run only when a release is removed and are never applied with it.
 */
export type Phase = 'crds' | 'main' | 'hooks' | 'delete-hooks'
export const phases: Phase[] = ['crds', 'main', 'hooks', 'delete-hooks']

export interface RenderedObject {
  id: ObjectId
  object: KubeObject
  phase: Phase
  hook?: Hook
  origin: Origin
}

export interface RenderedRelease extends ResolvedRelease {
  objects: RenderedObject[]
  /** The version of helm that rendered it; 'none' for plain manifests. */
  renderedBy: string
}

/** One image reference, where it stands and what became of it. */
export interface ImageUse {
  object: ObjectId
  pointer: string
  original: string
  rewritten: string
}

export interface RewrittenRelease extends RenderedRelease {
  images: ImageUse[]
}

/** Every object has been judged by the target version's schemas and by the CRDs of the set. */
export interface ValidatedRelease extends RewrittenRelease {
  validatedFor: string
}

/** A whole environment at one stage. */
export type SetOf<R extends Release> = Omit<Declared, 'releases'> & { releases: R[] }
