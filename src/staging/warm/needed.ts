import type { FetchedManifest, RegistryPlace, RegistryRefusal } from '../../core/effects/registry.ts'
import type { Registry } from '../../core/effects/registry.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { Architecture } from '../../core/registry/lock.ts'
import { manifestFor, platformsOf, readManifest } from '../../core/registry/manifest.ts'
import type { Descriptor } from '../../core/registry/manifest.ts'
import type { WantedImage } from '../../core/registry/wanted.ts'

/** What nodes pull of one image: the digests of its documents (index first), and its blobs. */
interface Needed {
  documents: string[]
  blobs: Descriptor[]
}

export type Reading =
  | { state: 'read'; needed: Needed }
  | { state: 'refused'; refusal: RegistryRefusal }
  | { state: 'unfit'; problem: Problem }

const unfit = (image: WantedImage, place: RegistryPlace, says: string): Reading => ({
  state: 'unfit',
  problem: problem({
    code: 'warm/unfit-image',
    what: `${image.name} at https://${place.host} ${says}.`,
    where: image.where,
    why: 'A node could not run it.',
    fix: 'Use another image, or correct target.architecture in releases/site.yaml.',
  }),
})

/**
 * Reads what nodes of these architectures would: the document that the reference names, where that is an index the image for each architecture, and what
 * blobs they name. An image that is named by its own digest is taken as it is.
 */
export const neededOf = async (
  image: WantedImage,
  place: RegistryPlace,
  architectures: Architecture[],
  registry: Pick<Registry, 'manifest'>,
): Promise<Reading> => {
  const documents: string[] = []
  const blobs = new Map<string, Descriptor>()
  const wanted: string[] = [place.reference]
  for (let depth = 0; wanted.length > 0; depth += 1) {
    const reference = wanted.shift() as string
    const fetched = await registry.manifest({ ...place, reference })
    if (!fetched.ok) return { state: 'refused', refusal: fetched.refusal }
    const { digest }: FetchedManifest = fetched.value
    const content = readManifest(fetched.value)
    if ('malformed' in content) return unfit(image, place, `cannot be read: ${content.malformed}`)
    documents.push(digest)
    if (content.kind === 'image') {
      for (const blob of [content.config, ...content.layers]) if (!blob.foreign) blobs.set(blob.digest, blob)
      continue
    }
    if (depth > 0) return unfit(image, place, 'is an index of indexes')
    for (const architecture of architectures) {
      const found = manifestFor(content.manifests, architecture)
      if (found === undefined)
        return unfit(
          image,
          place,
          `is not for linux/${architecture}: it is for ${platformsOf(content.manifests).join(', ') || 'no platform at all'}`,
        )
      if (!wanted.includes(found.digest)) wanted.push(found.digest)
    }
  }
  return { state: 'read', needed: { documents, blobs: [...blobs.values()] } }
}
