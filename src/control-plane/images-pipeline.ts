import type { BundleManifest } from '../core/bundle/format.ts'
import type { Cluster, Discovery } from '../core/effects/cluster.ts'
import { isReserved } from '../core/namespaces.ts'
import { keyOf } from '../core/object.ts'
import { all, bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import type { SetImages } from '../core/running-images.ts'
import { stepper } from '../core/stepper.ts'
import type { Tell } from '../core/stepper.ts'
import { cameFrom } from './came-from.ts'
import { compareImages } from './images/compare.ts'
import { readRuns } from './images/runs.ts'
import type { Territory } from './images/runs.ts'
import type { Keeping } from './lifecycle.ts'

interface ToLookAt {
  /** The name of the set, where no bundle is given and it is not the only one. */
  set: string | undefined
  /** The bundle that people give is in `given`; else those are read again that were applied. */
  keeping: Keeping
}

const nothingApplied = (set: string): Problem =>
  problem({
    code: 'images/nothing-applied',
    fault: 'usage',
    what: `There is no inventory of ${set} on this cluster, so it is not known what was declared.`,
    fix: 'Check the name of the set: scout-apply history; or name the bundle.',
  })

/** What a bundle speaks for: of one from which only some releases are there, these alone. */
type Speaking = Pick<BundleManifest, 'name' | 'version' | 'sequence' | 'namespaces' | 'images' | 'releases'>

/** The bundle that is given, or those that the set's releases came from, verified anew. */
const findBundles = async (
  { set, keeping }: ToLookAt,
  { cluster, discovery }: { cluster: Cluster; discovery: Discovery },
): Promise<Outcome<Speaking[]>> => {
  if (keeping.given && keeping.given.length > 0) return good(keeping.given.map(({ manifest }) => manifest))
  // Of a run that did not come to its end there may be Pods, and no release in full.
  const found = await cameFrom(
    { set, keeping, unfinished: 'all', nothing: nothingApplied },
    { cluster, discovery },
  )
  if (!found.ok) return found
  const { origins, read } = found.value
  if (origins.length === 0) return bad([nothingApplied(found.value.set)])
  const bundles = all(await Promise.all(origins.map(({ origin }) => read(origin))))
  return bundles.ok ? good(bundles.value.map(({ manifest }) => manifest)) : bundles
}

/** Namespaces such as kube-system hold Pods of everybody: there only those count that the set has made. */
const territoryOf = (bundles: Speaking[]): Territory => {
  const releases = bundles.flatMap((one) => one.releases)
  const ids = releases.flatMap(({ objects }) => objects.map(({ id }) => id))
  const lived = new Set([
    ...bundles.flatMap(({ namespaces }) => Object.keys(namespaces)),
    ...releases.map(({ namespace }) => namespace),
  ])
  const all = new Set([...lived, ...ids.map(({ namespace }) => namespace).filter((name) => name !== '')])
  const isOwn = (name: string): boolean => lived.has(name) && !isReserved(name)
  const names = [...all].sort()
  return {
    own: names.filter(isOwn),
    others: names.filter((name) => !isOwn(name)),
    keys: new Set(ids.map(keyOf)),
  }
}

const unread = (notLookedAt: SetImages['notLookedAt']) =>
  notLookedAt.map(({ namespace, why }) =>
    problem({
      code: 'images/not-looked-at',
      severity: 'warning',
      fault: 'world',
      what: `Not all that runs in ${namespace} can be looked at: ${why}`,
      why: 'Images there may be missed, or their Pods not known as those of the set.',
      fix: 'Ask for the right to list Pods there, and what makes them.',
    }),
  )

/**
 * Compares what Pods run with what was declared: strangers, what is not from Harbor, digests that are not the pinned ones, and what is declared and
 * does not run. Only reads. Throws Refused.
 */
export const imagesOfSet = async (
  input: ToLookAt,
  { cluster, tell }: { cluster: Cluster; tell: Tell },
): Promise<SetImages> => {
  const step = stepper(tell)
  const discovery = await step('discover', async () => {
    const reply = await cluster.discover()
    return reply.ok ? good(reply.value) : bad([problemOfRefusal(reply.refusal)])
  })
  const bundles = await step('read what was declared', () => findBundles(input, { cluster, discovery }))
  const declared = new Map(
    bundles.flatMap(({ images }) => images).map((one) => [`${one.original} ${one.rewritten}`, one]),
  )
  return await step('look at the Pods', async () => {
    const { runs, pods, notLookedAt } = await readRuns(territoryOf(bundles), { cluster, discovery })
    return good(
      {
        set: bundles[0]?.name ?? '',
        bundles: bundles.map(({ version, sequence }) => ({ version, sequence })),
        pods,
        ...compareImages(Array.from(declared.values()), runs),
        notLookedAt,
      },
      unread(notLookedAt),
    )
  })
}
