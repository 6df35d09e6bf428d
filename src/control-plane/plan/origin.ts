import type { Inventory, Origin } from '../../core/inventory.ts'
import { originOf } from '../../core/origin.ts'
import type { Plan } from '../../core/plan.ts'
import type { Wanted } from '../../core/wanted.ts'

/** All origins that a plan may replace: of the releases that it is limited to, or of the whole set. */
export const originsOf = (there: Inventory, { part }: Pick<Wanted, 'part'>): Origin[] => {
  const { bundle, version, sequence, apart = {} } = there
  if (part === undefined) return [{ bundle, version, sequence }, ...Object.values(apart)]
  return Array.from(part.releases).flatMap((release) => originOf(there, release) ?? [])
}

/** What is there of what a plan is for; of a part with releases of several bundles, the first one that is another than the one that comes. */
export const replacedBy = (there: Inventory | undefined, wanted: Wanted): Plan['replaces'] => {
  const origins = there === undefined ? [] : originsOf(there, wanted)
  const first =
    wanted.part === undefined
      ? origins[0]
      : (origins.find((one) => one.bundle !== wanted.digest) ?? origins[0])
  if (there === undefined || first === undefined || first.bundle === '') return null
  return { digest: first.bundle, version: first.version, sequence: first.sequence, state: there.state }
}
