import { fieldManagerOf, partOf, setIdOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { NotLookedAt, ObjectDrift } from '../../core/drift.ts'
import { isInterrupted } from '../../core/inventory.ts'
import type { Live } from '../../core/live.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import type { Action, Plan } from '../../core/plan.ts'
import { appliedObjects, objectsOf, releaseDigest, wantedDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { actionFor } from './action.ts'
import { linesOf } from './lines.ts'
import { replacedBy } from './origin.ts'

/** What may have drifted of what a bundle has on the cluster. */
export interface DriftPlan {
  /** Puts back all of it, and does nothing else. */
  plan: Plan
  /** By key. */
  compared: string[]
  /** Objects that another set has now. */
  taken: ObjectDrift[]
  notLookedAt: NotLookedAt[]
  /** Releases that are not there in full as this bundle has them: nothing of them is put back. Sorted. */
  unfinished: string[]
  /** By key, where a correction of this was cut short: what it was to make and may have made. It is sent again, so that the inventory knows it. */
  begun: string[] | undefined
}

/**
 * Finds what may have drifted of what was applied: what is not there, is another one, has another label, or another value in a field of ours. Only
 * of objects that were applied as this bundle has them: of all others it is not known what was applied. Pure.
 */
export const planDrift = (wanted: Wanted, live: Live): DriftPlan => {
  const { manifest } = wanted
  const set = { manager: fieldManagerOf(manifest.name), id: setIdOf(manifest.name) }
  const there = live.inventory?.content
  const namespaces = namespacesOf(wanted)
  const notLookedAt: NotLookedAt[] = []
  const taken: ObjectDrift[] = []
  const compared: string[] = []
  const begun: string[] = []
  const resumed = isInterrupted(there, wanted) ? there : undefined

  const act = (id: ObjectId, object: KubeObject, release: string): Action => {
    const skip: Action = { do: 'skip', id }
    const entry = there?.entries.get(keyOf(id))
    const digest = wantedDigest(object, wanted.filled)
    // The UID of what a correction is to make is not known until it has come to its end; all else is as it was.
    const isBegun = resumed !== undefined && entry?.uid === ''
    if (entry === undefined || (entry.uid === '' && !isBegun) || entry.wanted !== digest) {
      notLookedAt.push({ id, release, why: 'it was not applied as the bundle has it' })
      return skip
    }
    if (serviceOf(live.discovery, object.apiVersion, object.kind).served === 'unknown') {
      notLookedAt.push({ id, release, why: 'the server of its API does not answer' })
      return skip
    }
    compared.push(keyOf(id))
    if (isBegun) begun.push(keyOf(id))
    const other = live.others.get(keyOf(id))
    const owner = other && partOf(other)
    if (owner === undefined || owner === set.id || entry.shared)
      return actionFor(id, object, digest, live, set)
    taken.push({
      id,
      release,
      drift: 'disowned',
      why: `it bears the label of another set (${owner})`,
      fields: [],
      correction: 'leaves',
      because: 'another set has it',
    })
    return skip
  }

  const crds = appliedObjects(wanted).filter((one) => one.phase === 'crds')
  const plan: Plan = {
    set: manifest.name,
    bundle: { digest: wanted.digest, version: manifest.version, sequence: manifest.sequence },
    replaces: replacedBy(there, wanted),
    generation: resumed ? resumed.generation : (there?.generation ?? 0) + 1,
    siteValues: wanted.filled?.planned ?? [],
    namespaces: namespaces.map((object) => act(idOf(object), object, '')),
    crds: crds.map((one) => act(one.id, one.object, one.release)),
    waves: manifest.waves.map((names) =>
      wanted.releases
        .filter(({ name }) => names.includes(name))
        .map((release) => ({
          name: release.name,
          mode: 'upgrade',
          changed: false,
          timeoutSeconds: release.timeoutSeconds,
          before: [],
          lines: linesOf(objectsOf(release), (one) => act(one.id, one.object, one.release)),
          after: [],
        })),
    ),
    prune: [],
    only: wanted.releases.map(({ name }) => name).sort(),
    kept: [],
    notes: [],
  }
  const unfinished = wanted.releases
    .filter((one) => there?.releases[one.name] !== releaseDigest(one, wanted.filled))
    .map(({ name }) => name)
    .sort()
  return { plan, compared, taken, notLookedAt, unfinished, begun: resumed && begun }
}

/** A plan with the actions on these objects alone (by key), and of releases those that they are in. */
export const limitedTo = (plan: Plan, keys: ReadonlySet<string>): Plan => {
  const meant = (actions: Action[]): Action[] => actions.filter(({ id }) => keys.has(keyOf(id)))
  const waves = plan.waves
    .map((wave) =>
      wave
        .map((release) => ({
          ...release,
          lines: release.lines
            .map((line) => ({ ...line, actions: meant(line.actions) }))
            .filter(({ actions }) => actions.length > 0),
        }))
        .filter(({ lines }) => lines.length > 0),
    )
    .filter(({ length }) => length > 0)
  const limited = { ...plan, namespaces: meant(plan.namespaces), crds: meant(plan.crds), waves }
  return { ...limited, only: releasesOf(limited, plan) }
}

/** The releases of a plan that something is done for. */
const releasesOf = (limited: Plan, { only = [] }: Plan): string[] => {
  const own = new Set(limited.waves.flat().map(({ name }) => name))
  return limited.crds.length > 0 ? only : only.filter((name) => own.has(name))
}
