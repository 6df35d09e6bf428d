import type { Registry } from '../../core/effects/registry.ts'
import type { WarmState } from '../../core/effects/warm-state.ts'
import { good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { Site } from '../../core/records.ts'
import { inTurn } from '../../core/in-turn.ts'
import { architecturesOf } from '../../core/registry/lock.ts'
import { refusalProblems } from '../../core/registry/refusal.ts'
import type { RefusedImage } from '../../core/registry/refusal.ts'
import { placeOf } from '../../core/registry/wanted.ts'
import type { WantedImage } from '../../core/registry/wanted.ts'
import type { Tell } from '../../core/stepper.ts'
import { bytesInWords } from '../../core/registry/bytes.ts'
import { neededOf } from './needed.ts'

export interface ToWarm {
  site: Pick<Site, 'images' | 'target'>
  /** As nodes pull them. */
  wanted: WantedImage[]
}

export interface WarmSystem {
  registry: Pick<Registry, 'manifest' | 'pull'>
  state: WarmState
  tell: Tell
}

export interface Warmed {
  images: number
  blobs: number
  /** Bytes that were read now, and those that a run before had read. */
  bytes: number
  resumed: number
  /** Of images that are not warm: why. */
  failed: Problem[]
}

/** So many images, and so many blobs of all of them, are read at once. */
const atOnce = 4
/** How often progress is told: at each of so many parts of an image. */
const parts = 50

const stage = 'warm'

/** As a queue: at most so many run at a time, whoever asks. */
const queueOf = (most: number) => {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/**
 * Reads through Harbor what nodes will pull, to its end, so that its proxy projects keep it: the index, the images for the site's architectures, their
 * configs and layers. What a run that broke off had read is not read again. An image that fails does not stop the others.
 */
export const warm = async (
  { site, wanted }: ToWarm,
  { registry, state, tell }: WarmSystem,
): Promise<Outcome<Warmed>> => {
  const architectures = architecturesOf(site)
  const done = await state.done()
  const pulling = new Map<string, Promise<RefusedImage['refusal'] | undefined>>()
  const queue = queueOf(atOnce)
  const refused: RefusedImage[] = []
  const told: Warmed = { images: 0, blobs: 0, bytes: 0, resumed: 0, failed: [] }
  for (const { name } of wanted) tell({ tell: 'subject', stage, subject: name, state: 'waiting' })

  const warmImage = async (image: WantedImage): Promise<boolean> => {
    const { name: subject } = image
    tell({ tell: 'subject', stage, subject, state: 'working' })
    const place = placeOf(image.reference, site.images, 'harbor')
    const reading = await neededOf(image, place, architectures, registry)
    if (reading.state === 'refused') {
      refused.push({ image, refusal: reading.refusal })
      return false
    }
    if (reading.state === 'unfit') {
      told.failed.push(reading.problem)
      return false
    }
    const { blobs } = reading.needed
    const total = blobs.reduce((sum, { size }) => sum + size, 0)
    let [bytes, shown] = [0, 0]
    const heard = (count: number): void => {
      bytes += count
      if (bytes !== total && Math.abs(bytes - shown) < total / parts) return
      shown = bytes
      const note = `${bytesInWords(bytes)} of ${bytesInWords(total)}`
      tell({ tell: 'subject', stage, subject, state: 'waiting', note })
    }
    const refusals = await Promise.all(
      blobs.map(async ({ digest, size }) => {
        const key = `${place.host}/${place.repository}@${digest}`
        if (done.has(key)) {
          told.resumed += size
          heard(size)
          return undefined
        }
        const pulled =
          pulling.get(key) ??
          queue(async () => {
            const reply = await registry.pull({ ...place, reference: digest }, size, heard)
            if (!reply.ok) return reply.refusal
            told.blobs += 1
            told.bytes += reply.value.bytes
            await state.note(key)
            return undefined
          })
        pulling.set(key, pulled)
        return await pulled
      }),
    )
    const refusal = refusals.find((one) => one !== undefined)
    if (refusal !== undefined) refused.push({ image, refusal })
    return refusal === undefined
  }

  await inTurn(atOnce, wanted, async (image) => {
    const isWarm = await warmImage(image)
    if (isWarm) told.images += 1
    tell({ tell: 'subject', stage, subject: image.name, state: isWarm ? 'done' : 'failed' })
  })
  told.failed.sort((a, b) => (a.what < b.what ? -1 : 1))
  told.failed.push(...refusalProblems(refused))
  if (told.failed.length === 0) await state.forget()
  return good(told)
}
