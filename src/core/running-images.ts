import type { ObjectId } from './object.ts'

/** What is not as it was declared: nobody declared it; it is not from Harbor while the set's images are; its digest is not the pinned one. */
export type ImageFault = 'stranger' | 'outside' | 'digest'

/** One container of a Pod (or a volume that is an image), with what runs in it. */
export interface ImageRun {
  pod: ObjectId
  /** `container web`, `init container migrate`, `volume models`. */
  place: string
  /** As the Pod asks for it. */
  image: string
  /** The digest of what the node has pulled, `sha256:…`, and the repository that it says it is of; '' where it does not say. */
  digest: string
  repository: string
  /** What the Pod was made by, the nearest first. */
  owners: ObjectId[]
  /** Whether the Pod, or what it was made by, is an object of the set. */
  ofSet: boolean
}

/** One image as Pods ask for it, and where. */
export interface RunningImage {
  image: string
  faults: ImageFault[]
  /** What was declared, where it is that; as the chart has it. */
  declared?: string
  /** Of another digest: the one that is pinned, and those that run. */
  pinned?: string
  found?: string[]
  runs: Pick<ImageRun, 'pod' | 'place' | 'owners' | 'ofSet'>[]
}

/** What runs of a set beside what was declared. */
export interface SetImages {
  set: string
  bundles: { version: string; sequence: number }[]
  /** The host that the set's images are rewritten to; null where their names stay (or there are none), and nothing is known of where they are from. */
  harbor: string | null
  pods: number
  /** Those with faults first, then by name. */
  images: RunningImage[]
  /** Declared, and no Pod runs it: an operator may, when it is asked to. */
  missing: { original: string; rewritten: string }[]
  /** Namespaces of which Pods, or what made them, may not be listed. */
  notLookedAt: { namespace: string; why: string }[]
}
