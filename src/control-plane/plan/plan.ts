import { fieldManagerOf, setIdOf } from '../../core/applyset.ts'
import { isInterrupted } from '../../core/inventory.ts'
import { uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { isNamespace, namespacesOf } from '../../core/namespaces.ts'
import { groupKindOf, idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { inOrder, inReverse } from '../../core/order.ts'
import type { Action, Plan, PlannedRelease, Removal } from '../../core/plan.ts'
import { unless } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { kindsOfCrd } from '../../core/target.ts'
import { appliedObjects, objectsOf, releaseDigest, wantedDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { actionFor } from './action.ts'
import type { Consent } from './consent.ts'
import { hooksFor } from './hooks.ts'
import { refusalsOf } from './refusals.ts'
import { removalOf } from './removal.ts'

/**
 * Decides everything that an apply will do, from what is wanted and what is there. Pure. What stands in the way is
 * refused as a whole, before anything is written.
 */
export const planApply = (wanted: Wanted, live: Live, consent: Consent): Outcome<Plan> => {
  const { manifest } = wanted
  const set = { manager: fieldManagerOf(manifest.name), id: setIdOf(manifest.name) }
  const there = live.inventory?.content
  const resumed = isInterrupted(there, wanted) ? there : undefined
  const act = (id: ObjectId, object: KubeObject): Action =>
    actionFor(id, object, wantedDigest(object, wanted.filled), live, set)

  const planRelease = (name: string): PlannedRelease => {
    const release = wanted.releases.find((one) => one.name === name)
    if (release === undefined) throw new Error(`the bundle's waves name a release that it has not: ${name}`)
    const objects = objectsOf(release)
    const mode = there && Object.hasOwn(there.releases, name) ? 'upgrade' : 'install'
    const changed = there?.releases[name] !== releaseDigest(release, wanted.filled)
    const hooks = changed ? objects.filter((one) => one.phase === 'hooks') : []
    const main = objects.filter((one) => one.phase === 'main' && !isNamespace(one.id))
    const ownKinds = new Set(
      objects.filter((one) => one.phase === 'crds').flatMap((one) => kindsOfCrd(one.object).map(groupKindOf)),
    )
    return {
      name,
      mode,
      changed,
      timeoutSeconds: release.timeoutSeconds,
      before: hooksFor(hooks, `pre-${mode}`, resumed),
      lines: inOrder(main, ownKinds).map((line) => ({
        name: line.name,
        afterWorkloads: line.afterWorkloads,
        actions: line.objects.map((one) => act(one.id, one.object)),
      })),
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
    const removals = Array.from(there?.entries.values() ?? [])
      .filter((entry) => !keys.has(keyOf(entry.id)))
      .map((entry) => removalOf(entry, live, set.manager, consent.prune, wantedUids))
    const isPrune = (one: Removal): boolean => one.do === 'prune'
    return {
      set: manifest.name,
      bundle: { digest: wanted.digest, version: manifest.version, sequence: manifest.sequence },
      replaces: there
        ? { digest: there.bundle, version: there.version, sequence: there.sequence, state: there.state }
        : null,
      generation: resumed ? resumed.generation : (there?.generation ?? 0) + 1,
      siteValues: wanted.filled?.planned ?? [],
      namespaces: namespaces.map((object) => act(idOf(object), object)),
      crds: objects.filter((one) => one.phase === 'crds').map((one) => act(one.id, one.object)),
      waves: manifest.waves.map((names) => names.map(planRelease)),
      prune: inReverse(removals.filter(isPrune)),
      kept: removals.filter((one) => !isPrune(one)),
    }
  }
  return unless(refusalsOf(wanted, live, consent), planned)
}
