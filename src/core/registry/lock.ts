import { printReference } from '../images/reference.ts'
import type { ImageReference } from '../images/reference.ts'
import type { Lock, LockedImage, Site } from '../records.ts'

export type Architecture = Exclude<keyof LockedImage, 'index'>

const isArchitecture = (name: string): name is Architecture => name === 'amd64' || name === 'arm64'

/** The digest that a reference is pinned to; undefined where it stays as it is. */
export type DigestOf = (reference: ImageReference) => string | undefined

/** The name of an image in the lock: in full, with its tag (`docker.io/library/nginx:1.25`); undefined where it names a digest itself. */
export const lockName = ({ registry, path, tag = 'latest', digest }: ImageReference): string | undefined =>
  digest === undefined ? printReference({ registry, path, tag }) : undefined

/** The architectures of a site's nodes, the one that is rendered for first. */
export const architecturesOf = ({ target }: Pick<Site, 'target'>): Architecture[] =>
  [...new Set([target.architecture, ...(target.otherArchitectures ?? [])])].filter(isArchitecture)

/**
 * The digests that the lock has for a site: of the image for its architecture, and of the index where its nodes are of more than one. Where the lock lacks
 * one of them it has none.
 */
export const digestsOf = (site: Pick<Site, 'target'>, { images }: Pick<Lock, 'images'>): DigestOf => {
  const architectures = architecturesOf(site)
  return (reference) => {
    const name = lockName(reference)
    const locked = name !== undefined && Object.hasOwn(images, name) ? images[name] : undefined
    if (locked === undefined || architectures.some((one) => locked[one] === undefined)) return undefined
    const [first] = architectures
    return architectures.length > 1 || first === undefined ? locked.index : locked[first]
  }
}
