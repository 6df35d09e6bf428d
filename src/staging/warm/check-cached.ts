import type { HarborArtifacts, HarborRefusal } from '../../core/effects/harbor.ts'
import type { Registry } from '../../core/effects/registry.ts'
import type { HarborArtifact } from '../../core/harbor/artifact.ts'
import { good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { inTurn } from '../../core/in-turn.ts'
import { architecturesOf } from '../../core/registry/lock.ts'
import { refusalProblems } from '../../core/registry/refusal.ts'
import type { RefusedImage } from '../../core/registry/refusal.ts'
import { placeOf } from '../../core/registry/wanted.ts'
import type { WantedImage } from '../../core/registry/wanted.ts'
import type { Tell } from '../../core/stepper.ts'
import { neededOf } from './needed.ts'
import type { ToWarm } from './warm.ts'

/**
 * `cached`: Harbor itself says that all of it is stored. `reachable`: a node would get it now, perhaps from upstream. `missing`: Harbor does not have it, and
 * nobody gives it. `unknown`: Harbor could not be asked.
 */
type CacheState = 'cached' | 'reachable' | 'missing' | 'unknown'

interface CachedImage {
  name: string
  state: CacheState
  /** Digests that Harbor does not have. */
  lacking: string[]
}

export interface CheckedCache {
  images: CachedImage[]
  /** Why images are missing or unknown. */
  failed: Problem[]
}

export interface CacheSystem {
  registry: Pick<Registry, 'manifest' | 'digestOf'>
  harbor: HarborArtifacts
  tell: Tell
}

const atOnce = 4
const stage = 'check the cache'

const unasked = ({ asked, server, message, code }: HarborRefusal, images: string[]): Problem =>
  problem({
    code: 'warm/harbor-not-asked',
    fault: 'world',
    what: `${server} does not say what it has cached: ${message}${code === '' ? '' : ` (${code})`}. It is asked for ${images.length === 1 ? images[0] : `${images.length} images, such as ${images[0]}`}.`,
    why: 'That an image can be pulled does not prove that it is cached: a proxy project may have asked upstream.',
    fix: `Check the address, the certificate and the login for ${asked}; the login has to be allowed to list artifacts.`,
  })

/**
 * Proves by Harbor's own API that each image is stored there: every document that nodes read, so the index as well where a tag or an index's digest is named.
 * A success on the registry's API alone may have been proxied live, and counts as reachable. Of an image that is pinned to its own digest nothing is
 * pulled; of the others the documents are.
 */
export const checkCached = async (
  { site, wanted }: ToWarm,
  { registry, harbor, tell }: CacheSystem,
): Promise<Outcome<CheckedCache>> => {
  const architectures = architecturesOf(site)
  const refused: RefusedImage[] = []
  const failed: Problem[] = []
  const notSaid: { refusal: HarborRefusal; name: string }[] = []

  const stateOf = async (image: WantedImage): Promise<CachedImage> => {
    const { name } = image
    const place = placeOf(image.reference, site.images, 'harbor')
    const [project = '', ...path] = place.repository.split('/')
    const found = (state: CacheState, lacking: string[] = []): CachedImage => ({ name, state, lacking })

    /** What Harbor has of a digest; null where it does not say. */
    const stored = async (digest: string): Promise<HarborArtifact | undefined | null> => {
      const reply = await harbor.artifact({ project, repository: path.join('/'), digest })
      if (reply.ok) return reply.value
      notSaid.push({ refusal: reply.refusal, name })
      return null
    }

    const { digest } = image.reference
    if (digest !== undefined) {
      const artifact = await stored(digest)
      if (artifact === null) return found('unknown')
      if (artifact?.references.length === 0) return found('cached')
      if (artifact === undefined) {
        // Asked so that a proxy project caches nothing.
        const reply = await registry.digestOf(place)
        if (reply.ok) return found('reachable', [digest])
        refused.push({ image, refusal: reply.refusal })
        return found('missing', [digest])
      }
    }
    const reading = await neededOf(image, place, architectures, registry)
    if (reading.state === 'refused') {
      refused.push({ image, refusal: reading.refusal })
      return found(reading.refusal.kind === 'gone' ? 'missing' : 'unknown')
    }
    if (reading.state === 'unfit') {
      failed.push(reading.problem)
      return found('unknown')
    }
    const lacking: string[] = []
    for (const one of reading.needed.documents) {
      const artifact = await stored(one)
      if (artifact === null) return found('unknown')
      if (artifact === undefined) lacking.push(one)
    }
    return found(lacking.length === 0 ? 'cached' : 'reachable', lacking)
  }

  const images = await inTurn(atOnce, wanted, async (image) => {
    tell({ tell: 'subject', stage, subject: image.name, state: 'working' })
    const found = await stateOf(image)
    tell({ tell: 'subject', stage, subject: image.name, state: found.state === 'cached' ? 'done' : 'failed' })
    return found
  })
  failed.sort((a, b) => (a.what < b.what ? -1 : 1))
  notSaid.sort((a, b) => (a.name < b.name ? -1 : 1))
  const silent = Map.groupBy(notSaid, ({ refusal: { message, code } }) => `${code} ${message}`)
  failed.push(
    ...refusalProblems(refused),
    ...[...silent.values()].map((same) =>
      unasked(
        same[0]!.refusal,
        same.map(({ name }) => name),
      ),
    ),
  )
  return good({ images, failed })
}
