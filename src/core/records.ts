import type { Hook } from './hook.ts'
import type { FoundImage } from './images/found.ts'
import type { ImageRule } from './images/rule.ts'
import type { JsonObject } from './json.ts'
import type { KubeObject, ObjectId } from './object.ts'
import type { Path } from './pointer.ts'
import type { Policy } from './policy.ts'
import type { SiteValue } from './site-values/recipe.ts'
import type { Tokens } from './site-values/token.ts'

/**
 * The records of the staging side. Each is the one before plus what its stage learned, so a stage cannot be skipped:
 * Release → ResolvedRelease → RenderedRelease → RewrittenRelease → ValidatedRelease. All paths are relative to the site's
 * root, with `/`.
 */

/** `releases/site.yaml`, checked. */
export interface Site {
  file: string
  name: string
  target: { kubernetes: string; architecture: string; otherArchitectures?: string[] }
  images: {
    harbor: string
    mode: 'harbor' | 'mirror'
    projects: { [registry: string]: string }
    /** Projects of Harbor that hold images of the site's own: what is named there is Harbor's already. */
    hosted?: string[]
    /** Every image has the digest that the lock has for its tag. */
    pin?: boolean
    /** Where images stand that no form gives away. */
    finders?: ImageRule[]
    /** The Secret that every pod gets to pull with. */
    pullSecret?: string
  }
  /**
   * By environment: the identity of the cluster that it is for, as the cluster's own trust file names it; and the file that tells what the
   * cluster serves, by its path from the site's root; and who can open what is kept sealed for it (`age1…`).
   */
  environments: {
    [environment: string]: { cluster: string; snapshot?: string; recipients?: string[] }
  }
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
  /** By reference in full, with its tag: what the tag named when it was asked. */
  images: { [reference: string]: LockedImage }
}

/** The digests (`sha256:…`) of one tag: by architecture that of the image for it, and that of the index, where the tag named one. */
export interface LockedImage {
  index?: string
  amd64?: string
  arm64?: string
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
  /** Secrets and what else the chart would make up anew: it stands in nothing that is rendered but as a placeholder. */
  siteValues: SiteValue[]
  /** The site values, also of other releases, that its values name. */
  tokens: Tokens
  /** What `lookup` finds of the release's own objects: nothing, as at its first install, or what it last rendered to. */
  lookup: 'nothing' | 'last-render'
  /** How it is applied. */
  policy: Policy
  /** What people say of images: those that stand nowhere (or where they are suspects alone), and what only looks like one. */
  imageDecisions?: { extra: string[]; ignore: { image: string; reason: string }[] }
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

/** The fields that a release keeps sealed (docs/declare.md), and whether they were made anew. */
export interface SealedFields {
  /** The file in SOPS format that holds them. */
  file: string
  /** What it is to hold; it is not written yet. */
  text: string
  names: string[]
  /**
   * `sealed`: the text is a new one. `same`: they were made anew, and are what they were. `not re-made`: the key is not at hand, and
   * nothing that they are made of has changed.
   */
  state: 'sealed' | 'same' | 'not re-made'
}

export interface RenderedRelease extends ResolvedRelease {
  objects: RenderedObject[]
  /** The version of helm that rendered it; 'none' for plain manifests. */
  renderedBy: string
  /** The digest of what it was rendered to as it lies in memory; none where nothing is kept of it. */
  kept?: string
  sealed?: SealedFields
}

/**
 * One change of one string: at this offset of it (of what it encodes, where it is base64) `from` became `to`. Offsets are those of the
 * string before any change.
 */
export interface ImageEdit {
  path: Path
  base64?: true
  at: number
  from: string
  to: string
}

/** One image, where it stands, by which rule it was found, and what became of it. */
export interface ImageUse extends FoundImage {
  object: ObjectId
  /** The first of the strings that it stands in. */
  pointer: string
  original: string
  rewritten: string
  edits: ImageEdit[]
}

/** An image that stands in no object: an operator makes it up at run time, and people declare it. */
export interface DeclaredImage {
  original: string
  reference: string
  rewritten: string
}

/** What looks like an image, and nobody has said whether it is one. */
export interface ImageSuspect extends FoundImage {
  object: ObjectId
  pointer: string
}

export interface RewrittenRelease extends RenderedRelease {
  images: ImageUse[]
  declaredImages?: DeclaredImage[]
  suspects?: ImageSuspect[]
  /** Pod specs that were given the site's pull secret. */
  pullSecretsAt?: { object: ObjectId; path: Path }[]
}

/** Every object has been judged by the target version's schemas and by the CRDs of the set. */
export interface ValidatedRelease extends RewrittenRelease {
  validatedFor: string
}

/** A whole environment at one stage. */
export type SetOf<R extends Release> = Omit<Declared, 'releases'> & { releases: R[] }
