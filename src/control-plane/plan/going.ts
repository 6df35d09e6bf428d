import { beingRemoved } from '../../core/inventory.ts'
import type { Inventory } from '../../core/inventory.ts'
import { inReverse, isCustom } from '../../core/order.ts'
import type { Plan, PlannedRemoval, Removal } from '../../core/plan.ts'
import type { GoingRelease, Wanted } from '../../core/wanted.ts'
import { hooksFor } from './hooks.ts'

/** How long a hook of a release is waited for of which nothing else is known. */
const usualSeconds = 900

/** The releases that are there, in whole or in part, and are wanted no more: of all, or of the part that is meant. Sorted. */
export const goingFrom = (there: Inventory | undefined, { manifest, part }: Wanted): string[] => {
  const wanted = new Set(manifest.releases.map((one) => one.name))
  return Object.keys(there?.releases ?? {})
    .filter((name) => !wanted.has(name) && (part?.releases.has(name) ?? true))
    .sort()
}

const plannedRemoval = (
  name: string,
  there: Inventory,
  known: GoingRelease | undefined,
  resumed: Inventory | undefined,
): PlannedRemoval => {
  const hooks = known?.hooks ?? []
  const begun = there.releases[name] === beingRemoved
  return {
    name,
    timeoutSeconds: known?.timeoutSeconds ?? usualSeconds,
    begun,
    before: hooksFor(hooks, 'pre-delete', resumed).map((one) => ({
      ...one,
      finished: one.finished || begun,
    })),
    after: hooksFor(hooks, 'post-delete', resumed),
  }
}

/**
 * The order in which objects go. Releases that go as a whole are removed wave by wave, the last wave first, those of one wave (or of which nothing is known)
 * together, each wave in the reverse of the order in which it was applied; custom resources of releases that stay go before them, since what goes may
 * be their controller, and all else after them.
 */
export const inRemovalOrder = (
  prunes: { removal: Removal; release: string }[],
  wanted: Wanted,
  there: Inventory | undefined,
  resumed: Inventory | undefined,
): Pick<Plan, 'prune' | 'removals'> => {
  const going = goingFrom(there, wanted)
  if (there === undefined || going.length === 0) return { prune: inReverse(prunes.map((one) => one.removal)) }
  const known = new Map((wanted.going ?? []).map((one) => [one.name, one]))
  const rest = prunes.filter(({ release }) => !going.includes(release)).map((one) => one.removal)
  const waveOf = (name: string): number => known.get(name)?.wave ?? 0
  const waves = Array.from(new Set(going.map(waveOf))).sort((a, b) => b - a)

  const prune = inReverse(rest.filter(({ id }) => isCustom(id)))
  const removals = waves.map((wave) => {
    const names = going.filter((name) => waveOf(name) === wave)
    const own = prunes.filter(({ release }) => names.includes(release)).map((one) => one.removal)
    const from = prune.length
    prune.push(...inReverse(own))
    const releases = names.map((name) => plannedRemoval(name, there, known.get(name), resumed))
    return { releases, from, to: prune.length }
  })
  prune.push(...inReverse(rest.filter(({ id }) => !isCustom(id))))
  return { prune, removals }
}
