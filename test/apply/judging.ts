import { planBundle } from '../../src/control-plane/pipeline.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { JudgedChange, JudgedPlan } from '../../src/core/judged.ts'
import type { Told } from '../../src/core/stepper.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'

const consent = { prune: new Set<never>(), downgrade: false, empty: false }

/** Plans a bundle as `scout-apply --dry-run` would; `of` finds the change of an object by its name. Throws Refused. */
export const judgedWith = async (
  cluster: Cluster,
  wanted: Wanted,
): Promise<{ plan: JudgedPlan; told: Told[]; of: (name: string) => JudgedChange }> => {
  const told: Told[] = []
  const plan = await planBundle(wanted, { consent }, { cluster, clock, maker, tell: (one) => told.push(one) })
  const of = (name: string): JudgedChange => {
    const found = plan.changes.find(({ id }) => id.name === name)
    if (found === undefined) throw new Error(`no change of ${name}`)
    return found
  }
  return { plan, told, of }
}
