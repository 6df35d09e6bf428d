import { fieldManagerOf, partOf, setIdOf } from '../../core/applyset.ts'
import { beingRemoved, isInterrupted } from '../../core/inventory.ts'
import type { InventoryEntry } from '../../core/inventory.ts'
import { uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { changesNothing } from '../../core/plan.ts'
import type { Action, Plan, PlannedRelease, Removal } from '../../core/plan.ts'
import { good, unless } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { appliedObjects, goingHooks, objectsOf, releaseDigest, wantedDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { actionFor } from './action.ts'
import type { Consent } from './consent.ts'
import { earlyPrunes } from './early.ts'
import { inRemovalOrder } from './going.ts'
import { hooksFor } from './hooks.ts'
import { inTheWay } from './in-the-way.ts'
import { linesOf } from './lines.ts'
import { needsOf } from './needs.ts'
import { replacedBy } from './origin.ts'
import { refusalsOf } from './refusals.ts'
import { removalOf } from './removal.ts'

/** A plan in which a value is no news that has been rolled out already, by runs that were limited to those who hold it. */
const withoutStaleNews = (plan: Plan): Plan =>
  changesNothing(plan)
    ? {
        ...plan,
        siteValues: plan.siteValues.map((one) => (one.do === 'rotate' ? { ...one, do: 'keep' } : one)),
      }
    : plan

/**
 * Decides everything that an apply will do, from what is wanted and what is there. Pure. What stands in the way is
 * refused as a whole, before anything is written.
 */
export const planApply = (wanted: Wanted, live: Live, consent: Consent): Outcome<Plan> => {
  const { manifest, part, rollback = false } = wanted
  const set = { manager: fieldManagerOf(manifest.name), id: setIdOf(manifest.name) }
  const there = live.inventory?.content
  const resumed = isInterrupted(there, wanted) ? there : undefined
  const act = (id: ObjectId, object: KubeObject): Action =>
    actionFor(id, object, wantedDigest(object, wanted.filled), live, set, consent.takeFrom)

  const planRelease = (name: string): PlannedRelease => {
    const release = wanted.releases.find((one) => one.name === name)
    if (release === undefined) throw new Error(`the bundle's waves name a release that it has not: ${name}`)
    const objects = objectsOf(release)
    const before = there && Object.hasOwn(there.releases, name) ? there.releases[name] : undefined
    const isThere = before !== undefined && before !== beingRemoved
    const mode = isThere ? (rollback ? 'rollback' : 'upgrade') : 'install'
    const changed = before !== releaseDigest(release, wanted.filled)
    const hooks = changed ? objects.filter((one) => one.phase === 'hooks') : []
    return {
      name,
      mode,
      changed,
      timeoutSeconds: release.timeoutSeconds,
      before: hooksFor(hooks, `pre-${mode}`, resumed),
      lines: linesOf(objects, (one) => act(one.id, one.object)),
      after: hooksFor(hooks, `post-${mode}`, resumed),
    }
  }

  const planned = (): Plan => {
    const namespaces = namespacesOf(wanted)
    const objects = appliedObjects(wanted)
    const keys = new Set([...namespaces.map(idOf), ...objects.map((one) => one.id)].map(keyOf))
    const wantedUids = new Set(
      Array.from(keys, (key) => live.members.get(key) ?? live.others.get(key)).flatMap((one) =>
        one ? [uidOf(one)] : [],
      ),
    )
    const decide = (entry: InventoryEntry): Removal => {
      const other = part?.elsewhere.get(keyOf(entry.id))
      if (other !== undefined) return { do: 'keep', id: entry.id, because: `release ${other} has it now` }
      return removalOf(entry, live, set.manager, consent.prune, wantedUids)
    }
    const hooks = new Set(goingHooks(wanted).map(({ id }) => keyOf(id)))
    const isMeant = ({ id }: InventoryEntry): boolean => !keys.has(keyOf(id)) && !hooks.has(keyOf(id))
    const removals = Array.from(there?.entries.values() ?? [])
      .filter((entry) => isMeant(entry) && (part?.releases.has(entry.release) ?? true))
      .map((entry) => ({ release: entry.release, phase: entry.phase, removal: decide(entry) }))
    const isPrune = ({ removal }: { removal: Removal }): boolean => removal.do === 'prune'
    const { late, withEarly } = earlyPrunes(removals.filter(isPrune), wanted)
    const takesFrom = Array.from(consent.takeFrom ?? []).filter((name) =>
      objects.some(({ id }) => {
        const other = live.others.get(keyOf(id))
        return other !== undefined && partOf(other) === setIdOf(name)
      }),
    )
    return {
      set: manifest.name,
      bundle: { digest: wanted.digest, version: manifest.version, sequence: manifest.sequence },
      replaces: replacedBy(there, wanted),
      generation: resumed ? resumed.generation : (there?.generation ?? 0) + 1,
      siteValues: wanted.filled?.planned ?? [],
      namespaces: namespaces.map((object) => act(idOf(object), object)),
      crds: objects.filter((one) => one.phase === 'crds').map((one) => act(one.id, one.object)),
      waves: manifest.waves.map((names) => names.map((name) => withEarly(planRelease(name)))),
      ...(takesFrom.length > 0 && { takesFrom: takesFrom.sort() }),
      ...inRemovalOrder(late, wanted, there, resumed),
      ...(part && {
        only: Array.from(part.releases)
          .filter((name) => name !== '')
          .sort(),
      }),
      ...(Object.keys(there?.apart ?? {}).length > 0 && { apart: Object.keys(there?.apart ?? {}).sort() }),
      kept: removals.filter((one) => !isPrune(one)).map(({ removal }) => removal),
      notes: [],
    }
  }
  const outcome = unless([...refusalsOf(wanted, live, consent), ...needsOf(wanted, live)], () =>
    withoutStaleNews(planned()),
  )
  return outcome.ok
    ? good(outcome.value, [...outcome.warnings, ...inTheWay(outcome.value, wanted, live)])
    : outcome
}
