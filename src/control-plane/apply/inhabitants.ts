import { isGoingByItself } from '../../core/inhabitant.ts'
import { isBeingDeleted } from '../../core/live.ts'
import { isNamespace } from '../../core/namespaces.ts'
import { groupKindOf, idOf, isCrd, keyOf, nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { ServedKind } from '../../core/target.ts'
import { rediscover } from './run.ts'
import type { Run } from './run.ts'

/** How many are named in a message. */
const named = 5
/** How often it is asked what is served, while kinds come and go. */
const mostTries = 3

/** The kinds whose objects a deletion of this one would take along, each once. */
const kindsWithin = (run: Run, id: ObjectId): ServedKind[] => {
  const live = run.live.get(keyOf(id))
  const spec = live ? mapAt(live, 'spec') : {}
  const isWithin = (kind: ServedKind): boolean =>
    isNamespace(id)
      ? kind.namespaced
      : kind.group === textAt(spec, 'group') && kind.kind === textAt(mapAt(spec, 'names'), 'kind')
  const byKind = new Map(
    run.discovery.kinds
      .filter(isWithin)
      .toReversed()
      .map((kind) => [groupKindOf(kind), kind]),
  )
  return Array.from(byKind.values())
}

type Inside = { ids: ObjectId[]; moved: boolean }

const within = async (run: Run, id: ObjectId, kind: ServedKind): Promise<Outcome<Inside>> => {
  const namespace = isNamespace(id) ? { namespace: id.name } : {}
  const reply = await run.cluster.list(kind, { ...namespace, metadataOnly: true })
  if (reply.ok)
    return good({ ids: reply.value.filter((one) => !isGoingByItself(one)).map(idOf), moved: false })
  // Served when it was asked what is, and no more: it is to be asked again.
  if (reply.refusal.status === 404) return good({ ids: [], moved: true })
  // What cannot be listed is not stored: reviews of access, bindings, evictions.
  return reply.refusal.status === 405
    ? good({ ids: [], moved: false })
    : bad([problemOfRefusal(reply.refusal, id)])
}

/** All objects within, of the kinds that are served now. */
const everythingWithin = async (run: Run, id: ObjectId): Promise<Outcome<ObjectId[]>> => {
  for (let tries = 1; ; tries++) {
    const served = await rediscover(run)
    if (!served.ok) return served
    const found = all(await Promise.all(kindsWithin(run, id).map((kind) => within(run, id, kind))))
    if (!found.ok) return found
    if (tries === mostTries || !found.value.some((one) => one.moved))
      return good(found.value.flatMap((one) => one.ids))
  }
}

/**
 * Refuses to delete a Namespace that still has anything in it (other sets' objects, people's, volume claims with data, what is to be kept),
 * and a CRD that still has custom resources: they would go along, and nobody has agreed to that. All other kinds are free to go.
 */
export const unlessInhabited = async (run: Run, id: ObjectId): Promise<Outcome<void>> => {
  if (!isNamespace(id) && !isCrd(id)) return good(undefined)
  // Somebody has decided already; nothing can stop it.
  const live = run.live.get(keyOf(id))
  if (live && isBeingDeleted(live)) return good(undefined)
  const found = await everythingWithin(run, id)
  if (!found.ok) return found
  const left = found.value
  const silent = isNamespace(id) ? run.discovery.silent : []
  if (left.length === 0 && silent.length === 0) return good(undefined)
  const names = left.slice(0, named).map(nameOf).sort().join(', ')
  return bad([
    problem({
      code: 'apply/inhabited',
      fault: 'world',
      what:
        left.length === 0
          ? `${nameOf(id)} is not deleted: nothing can be learned of the objects of ${silent.join(', ')} in it.`
          : `${nameOf(id)} is not deleted: ${left.length} objects would go along: ${names}${left.length > named ? ', …' : ''}.`,
      where: [{ in: 'object', object: id }],
      why: 'Consent to delete it is no consent to delete what others have put there, or what holds data.',
      fix: 'Move or delete them by hand and run this again; or leave it, and run this without consent for its kind.',
    }),
  ])
}
