import { beingRemoved } from '../../core/inventory.ts'
import type { Inventory } from '../../core/inventory.ts'
import type { RevisedRelease, Revision } from '../../core/history.ts'
import { nameOf } from '../../core/object.ts'
import { originOf } from '../../core/origin.ts'
import { hooksOf } from '../../core/plan.ts'
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

/** The runs of a revision as one: what they did, in numbers. Of those that were killed it is not known. */
const runsOf = (
  done: Revision['changes'],
  begun: number,
  earlier: Revision | undefined,
): Pick<Revision, 'changes' | 'runs'> => {
  const before = earlier?.changes ?? { created: 0, changed: 0, deleted: 0 }
  const { all, cutOff } = earlier?.runs ?? { all: earlier ? 1 : 0, cutOff: 0 }
  return {
    changes: {
      created: before.created + done.created,
      changed: before.changed + done.changed,
      deleted: before.deleted + done.deleted,
    },
    ...(begun > 1 && { runs: { all: begun, cutOff: Math.max(0, begun - 1 - (all - cutOff)) } }),
  }
}

/**
 * A run as it is remembered. `content` is the inventory as the run has left it, `done` what it did; `earlier` is what is remembered of this revision
 * already, where the run took it up. Pure.
 */
export const revisionOf = (
  plan: Plan,
  purpose: Purpose,
  content: Inventory,
  store: LiveStore | undefined,
  run: { ok: boolean; by: string; now: number; done: Revision['changes'] },
  earlier: Revision | undefined,
): Revision => {
  const hooks = hooksOf(plan).map(({ event, id }) => `${event} ${nameOf(id)}`)
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
    ...runsOf(run.done, content.runs ?? 1, earlier),
    hooks: Array.from(new Set([...(earlier?.hooks ?? []), ...hooks])),
    siteValues: generationsOf(plan, store),
  }
}

/**
 * The run that an inventory tells of and that was killed before it could be remembered, in the middle of it or right at its end; undefined where there
 * is none. Pure.
 */
export const cutOffRun = (
  there: Inventory,
  known: Revision[],
  store: LiveStore | undefined,
  now: number,
): Revision | undefined => {
  if (there.generation === 0 || known.some((one) => one.revision === there.generation)) return undefined
  const { purpose, bundle, version, sequence, apart = {} } = there
  const generations = there.siteValues.map(
    (id) => [id, store?.content.values.get(id)?.generation ?? 0] as const,
  )
  const alone = Object.values(apart).find((one) => purpose?.includes(one.bundle))
  return {
    revision: there.generation,
    did: doesOf(purpose),
    ...(alone ?? { bundle, version, sequence }),
    when: new Date(now).toISOString(),
    by: '',
    state: there.state === 'applied' ? 'applied' : 'cut off',
    releases: releasesOf(there, undefined),
    changes: { created: 0, changed: 0, deleted: 0 },
    hooks: there.hooks,
    siteValues: Object.fromEntries(generations.filter(([, generation]) => generation > 0)),
  }
}
