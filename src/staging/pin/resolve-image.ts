import type { Registry, RegistryPlace, RegistryRefusal, RegistryReply } from '../../core/effects/registry.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { LockedImage } from '../../core/records.ts'
import type { Architecture } from '../../core/registry/lock.ts'
import {
  manifestFor,
  platformOfConfig,
  platformsOf,
  printPlatform,
  readManifest,
} from '../../core/registry/manifest.ts'
import type { Descriptor, ImageManifest } from '../../core/registry/manifest.ts'
import type { WantedImage } from '../../core/registry/wanted.ts'

/** The digests of an image, or why they are not to be had. */
export type Resolved =
  | { state: 'resolved'; locked: LockedImage }
  | { state: 'refused'; refusal: RegistryRefusal }
  | { state: 'unfit'; problem: Problem }

const unfit = (
  image: WantedImage,
  place: RegistryPlace,
  slug: string,
  says: string,
  fix: string,
): Resolved => ({
  state: 'unfit',
  problem: problem({
    code: `pin/${slug}`,
    what: `${image.name} at https://${place.host} ${says}.`,
    where: image.where,
    why: 'A node could not run it.',
    fix,
  }),
})

const noPlatform = (
  image: WantedImage,
  place: RegistryPlace,
  architecture: string,
  has: string[],
): Resolved =>
  unfit(
    image,
    place,
    'no-platform',
    `is not for linux/${architecture}: it is for ${has.join(', ') || 'no platform at all'}`,
    `Use an image that has linux/${architecture}, or correct target.architecture in releases/site.yaml.`,
  )

const malformed = (image: WantedImage, place: RegistryPlace, why: string): Resolved =>
  unfit(image, place, 'bad-manifest', `cannot be read: ${why}`, 'See what lies there under this name.')

/**
 * What a tag names now: the digest of the image for each architecture, and that of the index where it names one. That an image is for its architecture is
 * read in the image's own config: what an index says of it can be wrong.
 */
export const resolveImage = async (
  image: WantedImage,
  place: RegistryPlace,
  architectures: Architecture[],
  registry: Pick<Registry, 'manifest' | 'blob'>,
): Promise<Resolved> => {
  const read = async (
    reference: string,
  ): Promise<RegistryReply<{ digest: string; content: ImageManifest } | { malformed: string }>> => {
    const fetched = await registry.manifest({ ...place, reference })
    if (!fetched.ok) return fetched
    const content = readManifest(fetched.value)
    return { ok: true, value: 'malformed' in content ? content : { digest: fetched.value.digest, content } }
  }

  /** Undefined where an image's config names the architecture. */
  const misfit = async (config: Descriptor, architecture: string): Promise<Resolved | undefined> => {
    const blob = await registry.blob({ ...place, reference: config.digest }, config.size)
    if (!blob.ok) return { state: 'refused', refusal: blob.refusal }
    const platform = platformOfConfig(blob.value)
    if (platform?.os === 'linux' && platform.architecture === architecture) return undefined
    return noPlatform(image, place, architecture, platform ? [printPlatform(platform)] : [])
  }

  const top = await read(place.reference)
  if (!top.ok) return { state: 'refused', refusal: top.refusal }
  if ('malformed' in top.value) return malformed(image, place, top.value.malformed)
  const { digest, content } = top.value
  const locked: LockedImage = content.kind === 'index' ? { index: digest } : {}
  for (const architecture of architectures) {
    let own = { digest, content }
    if (content.kind === 'index') {
      const found = manifestFor(content.manifests, architecture)
      if (found === undefined) return noPlatform(image, place, architecture, platformsOf(content.manifests))
      const inner = await read(found.digest)
      if (!inner.ok) return { state: 'refused', refusal: inner.refusal }
      if ('malformed' in inner.value) return malformed(image, place, inner.value.malformed)
      own = inner.value
    }
    if (own.content.kind === 'index') return malformed(image, place, 'it is an index of indexes')
    if (!own.digest.startsWith('sha256:'))
      return malformed(image, place, `its index names it by ${own.digest.split(':')[0]}, and not by sha256`)
    const fault = await misfit(own.content.config, architecture)
    if (fault !== undefined) return fault
    locked[architecture] = own.digest
  }
  return { state: 'resolved', locked }
}
