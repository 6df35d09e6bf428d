import { isGoingByItself } from '../../core/inhabitant.ts'
import { isBeingDeleted } from '../../core/live.ts'
import { isNamespace } from '../../core/namespaces.ts'
import { groupKindOf, idOf, isCrd, keyOf, nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { conditionOf, mapAt, textAt } from '../../core/readiness/rule.ts'
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

/** What was found of one kind; `owned`: of these nobody knows yet whether their owners take them along. */
type Inside = { ids: ObjectId[]; owned: number; moved: boolean }

/** How long what is owned is given to go with its owner, in milliseconds. */
const patience = 15_000
const pause = 500

const within = async (run: Run, id: ObjectId, kind: ServedKind): Promise<Outcome<Inside>> => {
  const namespace = isNamespace(id) ? { namespace: id.name } : {}
  const reply = await run.cluster.list(kind, { ...namespace, metadataOnly: true })
  if (reply.ok) {
    const staying = reply.value.filter((one) => !isBeingDeleted(one))
    const alone = staying.filter((one) => !isGoingByItself(one))
    // Within a Namespace their owners are found as well; a CRD takes along what others own and need.
    const ids = (isNamespace(id) ? alone : staying).map(idOf)
    return good({ ids, owned: isNamespace(id) ? 0 : staying.length - alone.length, moved: false })
  }
  // Served when it was asked what is, and no more: it is to be asked again.
  if (reply.refusal.status === 404) return good({ ids: [], owned: 0, moved: true })
  // What cannot be listed is not stored: reviews of access, bindings, evictions.
  return reply.refusal.status === 405
    ? good({ ids: [], owned: 0, moved: false })
    : bad([problemOfRefusal(reply.refusal, id)])
}

/** All objects within, of the kinds that are served now. */
const everythingWithin = async (run: Run, id: ObjectId): Promise<Outcome<ObjectId[]>> => {
  const end = run.clock.now() + patience
  for (let tries = 1; ; tries++) {
    const served = await rediscover(run)
    if (!served.ok) return served
    const found = all(await Promise.all(kindsWithin(run, id).map((kind) => within(run, id, kind))))
    if (!found.ok) return found
    const ids = found.value.flatMap((one) => one.ids)
    const owned = found.value.reduce((sum, one) => sum + one.owned, 0)
    if (ids.length > 0 && owned === ids.length && run.clock.now() < end && !run.signal.aborted)
      await run.clock.sleep(pause, run.signal)
    else if (tries >= mostTries || !found.value.some((one) => one.moved)) return good(ids)
  }
}

/** The CRD itself, where it was served once and is not now (none of its versions is): what is stored of it cannot be seen, and would go along. */
const unseenOf = (run: Run, id: ObjectId): string[] => {
  const live = run.live.get(keyOf(id))
  const isEstablished = live !== undefined && conditionOf(live, 'Established')?.status === 'True'
  return isEstablished && kindsWithin(run, id).length === 0 ? [id.name] : []
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
  const silent = isNamespace(id) ? run.discovery.silent : unseenOf(run, id)
  if (left.length === 0 && silent.length === 0) return good(undefined)
  const names = left.slice(0, named).map(nameOf).sort().join(', ')
  return bad([
    problem({
      code: 'apply/inhabited',
      fault: 'world',
      what:
        left.length === 0
          ? `${nameOf(id)} is not deleted: nothing can be learned of the objects of ${silent.join(', ')}, which would go along.`
          : `${nameOf(id)} is not deleted: ${left.length} objects would go along: ${names}${left.length > named ? ', …' : ''}.`,
      where: [{ in: 'object', object: id }],
      why: 'Consent to delete it is no consent to delete what others have put there, or what holds data.',
      fix: 'Move or delete them by hand and run this again; or leave it, and run this without consent for its kind.',
    }),
  ])
}
