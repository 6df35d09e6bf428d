import { asMember, fieldManagerOf, setIdOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import { immutableProblem, invalidProblem, isImmutable, mayRecreate } from '../../core/immutable.ts'
import { freshKindsOf } from '../../core/fresh-kinds.ts'
import type { Live } from '../../core/live.ts'
import { groupKindOf, keyOf, nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { actionsOf } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

/** So many objects are named; a first apply of a platform has hundreds. */
const mostNamed = 5

const named = (ids: ObjectId[]): string => {
  const more = ids.length - mostNamed
  return `${ids.slice(0, mostNamed).map(nameOf).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const unchecked = (ids: ObjectId[]): Problem[] =>
  ids.length === 0
    ? []
    : [
        problem({
          code: 'plan/not-checked',
          severity: 'warning',
          fault: 'world',
          what: `${ids.length} objects are not checked by the server, because their namespace, kind or its schema is yet to come: ${named(ids)}.`,
          why: 'A server-side dry run needs them to be there.',
          fix: 'Nothing needs to be done; the apply itself checks them.',
        }),
      ]

/**
 * Asks the server, by dry runs, what it would say to each change of a plan. What it would refuse is an error, but for conflicts with
 * other managers, which are a warning here: some of them are settled during the apply. What it cannot judge is named.
 */
export const checkPlan = async (
  plan: Plan,
  wanted: Wanted,
  live: Live,
  cluster: Cluster,
): Promise<Problem[]> => {
  const set = { id: setIdOf(plan.set), manager: fieldManagerOf(plan.set) }
  const objects = new Map(appliedObjects(wanted).map((one) => [keyOf(one.id), one.object]))
  const releases = new Map(appliedObjects(wanted).map((one) => [keyOf(one.id), one.release]))
  const missingNamespaces = new Set(
    plan.namespaces.filter((one) => one.do === 'create').map((one) => one.id.name),
  )
  const changes = actionsOf(plan).filter((one) => one.do !== 'skip' && objects.has(keyOf(one.id)))
  const fresh = freshKindsOf(plan, wanted)
  const skipped: ObjectId[] = []
  const check = async (id: ObjectId): Promise<Problem[]> => {
    const object = objects.get(keyOf(id))
    const service = object && serviceOf(live.discovery, object.apiVersion, object.kind)
    const judged =
      service?.served === 'yes' && !fresh.has(groupKindOf(id)) && !missingNamespaces.has(id.namespace)
    if (object === undefined || !judged) {
      skipped.push(id)
      return []
    }
    const address = { kind: service.kind, namespace: id.namespace, name: id.name }
    const body = asMember(object, set.id)
    const reply = await cluster.apply(address, body, {
      fieldManager: set.manager,
      force: false,
      dryRun: true,
    })
    if (reply.ok) return []
    if (reply.refusal.status === 422) {
      const release = releases.get(keyOf(id)) ?? ''
      if (!(await isImmutable(cluster, set.manager, address, body)))
        return [invalidProblem(id, release, reply.refusal)]
      const there = live.members.get(keyOf(id))
      const entry = live.inventory?.content.entries.get(keyOf(id))
      return there && mayRecreate(there, entry, set) ? [] : [immutableProblem(id, release, reply.refusal)]
    }
    const found = problemOfRefusal(reply.refusal, id)
    return [reply.refusal.status === 409 ? { ...found, severity: 'warning' } : found]
  }
  const found = await Promise.all(changes.map((one) => check(one.id)))
  return [...found.flat(), ...unchecked(skipped)]
}
