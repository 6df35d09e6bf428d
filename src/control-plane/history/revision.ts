import { beingRemoved } from '../../core/inventory.ts'
import type { Inventory } from '../../core/inventory.ts'
import type { RevisedRelease, Revision } from '../../core/history.ts'
import { nameOf } from '../../core/object.ts'
import { originOf } from '../../core/origin.ts'
import { actionsOf, hooksOf, prunesOf } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { doesOf } from '../../core/purpose.ts'
import { isStored } from '../../core/site-values/planned.ts'
import type { LiveStore } from '../../core/site-values/store.ts'

/** What a run is for, beside its plan. */
export type Purpose = Pick<Revision, 'did' | 'to'>

const releasesOf = (content: Inventory, plan: Plan | undefined): Revision['releases'] => {
  const { bundle, version, sequence } = content
  const of = plan ? { ...plan.bundle, bundle: plan.bundle.digest } : { bundle, version, sequence }
  const coming = (plan?.waves.flat() ?? []).map(({ name }) => name)
  const going = (plan?.removals ?? []).flatMap(({ releases }) => releases.map(({ name }) => name))
  const names = new Set([...Object.keys(content.releases), ...coming, ...going])
  return Object.fromEntries(
    Array.from(names, (name): [string, RevisedRelease] => {
      const digest = Object.hasOwn(content.releases, name) ? content.releases[name] : undefined
      const origin = originOf(content, name) ?? {
        bundle: of.bundle,
        version: of.version,
        sequence: of.sequence,
      }
      const isThere = digest !== undefined && digest !== '' && digest !== beingRemoved
      const isGone = digest === undefined && going.includes(name)
      return [name, { ...origin, state: isThere ? 'there' : isGone ? 'removed' : 'not finished' }]
    }),
  )
}

/** How often each site value in use has been made, once the plan is carried out. */
const generationsOf = (plan: Plan, store: LiveStore | undefined): Revision['siteValues'] =>
  Object.fromEntries(
    plan.siteValues.flatMap((planned) => {
      const before = store?.content.values.get(planned.id)?.generation ?? 0
      const generation = isStored(planned) ? before + 1 : before
      return generation === 0 ? [] : [[planned.id, generation]]
    }),
  )

/** A run as it is remembered. `content` is the inventory as the run has left it. Pure. */
export const revisionOf = (
  plan: Plan,
  purpose: Purpose,
  content: Inventory,
  store: LiveStore | undefined,
  run: { ok: boolean; by: string; now: number },
): Revision => {
  const actions = actionsOf(plan)
  const how = (word: string): number => actions.filter((one) => one.do === word).length
  return {
    revision: plan.generation,
    ...purpose,
    bundle: plan.bundle.digest,
    version: plan.bundle.version,
    sequence: plan.bundle.sequence,
    when: new Date(run.now).toISOString(),
    by: run.by,
    state: run.ok ? 'applied' : 'failed',
    ...(plan.only && { only: plan.only }),
    releases: releasesOf(content, plan),
    changes: { created: how('create'), changed: how('apply'), deleted: prunesOf(plan).length },
    hooks: hooksOf(plan).map(({ event, id }) => `${event} ${nameOf(id)}`),
    siteValues: generationsOf(plan, store),
  }
}

/** The run that an inventory tells of and that was killed before it could be remembered; undefined where there is none. Pure. */
export const cutOffRun = (there: Inventory, known: Revision[], now: number): Revision | undefined => {
  if (there.state === 'applied' || known.some((one) => one.revision === there.generation)) return undefined
  const { purpose, bundle, version, sequence, apart = {} } = there
  const alone = Object.values(apart).find((one) => purpose?.includes(one.bundle))
  return {
    revision: there.generation,
    did: doesOf(purpose),
    ...(alone ?? { bundle, version, sequence }),
    when: new Date(now).toISOString(),
    by: '',
    state: 'cut off',
    releases: releasesOf(there, undefined),
    changes: { created: 0, changed: 0, deleted: 0 },
    hooks: there.hooks,
    siteValues: {},
  }
}
