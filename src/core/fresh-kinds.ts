import { groupKindOf, keyOf } from './object.ts'
import type { Plan } from './plan.ts'
import { kindsOfCrd } from './target.ts'
import { appliedObjects } from './wanted.ts'
import type { Wanted } from './wanted.ts'

/** `Kind.group` of what the CRDs define that a plan sends: until then, and for a moment after, the server judges by their old schemas. */
export const freshKindsOf = (plan: Plan, wanted: Pick<Wanted, 'releases'>): Set<string> => {
  const sent = new Set(plan.crds.filter((one) => one.do !== 'skip').map(({ id }) => keyOf(id)))
  return new Set(
    appliedObjects(wanted)
      .filter(({ id }) => sent.has(keyOf(id)))
      .flatMap(({ object }) => kindsOfCrd(object).map(groupKindOf)),
  )
}
