import { sha256 } from '../core/digest.ts'
import type { Memory } from '../core/effects/memory.ts'
import type { FoundImage } from '../core/images/found.ts'
import { printJson } from '../core/json.ts'
import type { Json } from '../core/json.ts'
import { isCrd } from '../core/object.ts'
import type { Once } from '../core/once.ts'
import type { Problem } from '../core/problem.ts'
import type { RenderedRelease, SetOf } from '../core/records.ts'
import type { DescribedTarget } from '../core/target.ts'

/** What is found out about the objects of a release when it is rendered; images and digests by object, in their order. */
interface Found {
  images: FoundImage[][]
  problems: Problem[]
  digests: string[]
}

/** What is found out about releases, worked out where no earlier run did. */
export type Facts = { [F in keyof Found]: Once<Found[F]> } & {
  /** Keeps what was worked out anew, of those releases of which everything was. */
  keep(): Promise<void>
}

const withoutObjects = (release: RenderedRelease): string => sha256(printJson({ ...release, objects: null }))

/**
 * All that decides what a release comes to, by the release's name: what it was rendered to and what is declared of it; and, as they are judged and
 * rewritten by it, the site, the lock, the target and everything that brings a CustomResourceDefinition. Of what memory does not hold, nothing is known.
 */
const keysFor = (
  { site, lock, releases }: SetOf<RenderedRelease>,
  target: DescribedTarget,
  undecided: Problem['severity'] | undefined,
): Map<string, string> => {
  const bringers = releases.filter(({ objects }) => objects.some(({ id }) => isCrd(id)))
  if (bringers.some(({ kept }) => kept === undefined)) return new Map()
  const declared = new Map(releases.map((release) => [release, withoutObjects(release)]))
  const common = sha256(
    printJson([site, lock, target, undecided ?? null, bringers.map((release) => declared.get(release))]),
  )
  return new Map(
    [...declared].flatMap(([{ name, kept }, digest]) =>
      kept === undefined ? [] : [[name, `facts ${common} ${digest}`] as const],
    ),
  )
}

/** What earlier runs found out about the releases of a set. `undecided` is how it is rewritten. */
export const factsOf = async (
  set: SetOf<RenderedRelease>,
  target: DescribedTarget,
  undecided: Problem['severity'] | undefined,
  memory: Memory,
): Promise<Facts> => {
  const keys = keysFor(set, target, undecided)
  const known = new Map<string, Found>()
  for (const [name, key] of keys) {
    const found = (await memory.recall(key)) as Found | undefined
    if (found !== undefined) known.set(name, found)
  }
  const fresh = new Map<string, Partial<Found>>()
  const once =
    <F extends keyof Found>(field: F): Once<Found[F]> =>
    ({ name }, work) => {
      const found = known.get(name)?.[field]
      if (found !== undefined) return found
      const made = work()
      fresh.set(name, { ...fresh.get(name), [field]: made })
      return made
    }
  return {
    images: once('images'),
    problems: once('problems'),
    digests: once('digests'),
    keep: async () => {
      for (const [name, { images, problems, digests }] of fresh) {
        const key = keys.get(name)
        if (key !== undefined && images && problems && digests)
          await memory.keep(key, { images, problems, digests } as unknown as Json)
      }
    },
  }
}
