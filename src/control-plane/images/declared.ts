import type { BundleManifest } from '../../core/bundle/format.ts'
import { parseReference } from '../../core/images/reference.ts'
import type { ImageReference } from '../../core/images/reference.ts'

export type DeclaredImage = BundleManifest['images'][number]

/** How well a name fits one that was declared. */
export interface Match {
  declared: DeclaredImage
  /** By which of its names. */
  by: 'rewritten' | 'original'
  /** The digest that is pinned in that name. */
  pinned: string | undefined
}

const referenceOf = (text: string): ImageReference | undefined => {
  const reference = parseReference(text)
  return 'malformed' in reference ? undefined : reference
}

/** A name without tag and digest means `latest`. */
const tagOf = ({ tag, digest }: ImageReference): string | undefined =>
  tag ?? (digest === undefined ? 'latest' : undefined)

export const repositoryOf = ({ registry, path }: ImageReference): string => `${registry}/${path}`

/** Whether both name one thing: by tag where both have one, else by digest. A tag that a digest was put to still names what was declared. */
const isSame = (asked: ImageReference, declared: ImageReference): boolean => {
  const [one, other] = [tagOf(asked), tagOf(declared)]
  return one !== undefined && other !== undefined ? one === other : asked.digest === declared.digest
}

interface Entry {
  match: Match
  reference: ImageReference
}

/** Finds what was declared under a name that Pods ask for: under its rewritten name first, then under its own. */
export const finderOf = (images: DeclaredImage[]): ((text: string) => Match | undefined) => {
  const entries = new Map<string, Entry[]>()
  for (const by of ['rewritten', 'original'] as const)
    for (const declared of images) {
      const reference = referenceOf(declared[by])
      if (reference === undefined) continue
      const known = entries.get(repositoryOf(reference)) ?? []
      known.push({ match: { declared, by, pinned: reference.digest }, reference })
      entries.set(repositoryOf(reference), known)
    }
  return (text) => {
    const asked = referenceOf(text)
    if (asked === undefined) return undefined
    const same = (entries.get(repositoryOf(asked)) ?? []).filter(({ reference }) => isSame(asked, reference))
    // One tag may be declared with more than one digest.
    const exact = same.find(({ reference }) => reference.digest === asked.digest)
    return (exact ?? same[0])?.match
  }
}

/** The host that images are rewritten to; null where none is: their names stay, and the nodes know the way. */
export const harborOf = (images: DeclaredImage[]): string | null => {
  for (const { original, rewritten } of images) {
    const [from, to] = [referenceOf(original)?.registry, referenceOf(rewritten)?.registry]
    if (to !== undefined && to !== from) return to
  }
  return null
}

/** The host of the registry that a name means; '' where it means none. */
export const registryOf = (text: string): string => referenceOf(text)?.registry ?? ''

/** The digest that a name has itself. */
export const digestOf = (text: string): string | undefined => referenceOf(text)?.digest
