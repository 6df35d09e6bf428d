import { labels } from '../../core/applyset.ts'
import type { Address, Reply } from '../../core/effects/cluster.ts'
import { goesByItself } from '../../core/brief-job.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { readinessOf } from '../../core/readiness/readiness.ts'
import type { Readiness } from '../../core/readiness/rule.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { endOfGoneJob } from './gone-job.ts'
import { findTrouble } from './trouble.ts'
import { addressOf, unlessStopped } from './run.ts'
import type { Run } from './run.ts'

const firstPause = 250
const longestPause = 1000
/** From so many of one kind in one namespace, one list is cheaper than asking for each. */
const manyOfAKind = 5

/** Who waits, in words, and how long it may. */
export interface Waiting {
  release: string
  timeoutSeconds: number
}

const judge = async (run: Run, id: ObjectId): Promise<Readiness> => {
  const live = run.live.get(keyOf(id))
  if (live) return readinessOf(live)
  const wanted = run.wanted.get(keyOf(id))
  return wanted && goesByItself(wanted)
    ? await endOfGoneJob(run, id)
    : { state: 'waiting', why: 'it is not there' }
}

/** Reads objects of one kind and namespace anew. */
const refreshGroup = async (run: Run, address: Address, ids: ObjectId[]): Promise<Reply<void>> => {
  const keep = (id: ObjectId, object: KubeObject | undefined): void => {
    if (object) run.live.set(keyOf(id), object)
    else run.live.delete(keyOf(id))
  }
  if (ids.length >= manyOfAKind) {
    const { kind, namespace } = address
    const reply = await run.cluster.list(kind, { namespace, selector: `${labels.partOf}=${run.set.id}` })
    if (!reply.ok) return reply
    const found = new Map(reply.value.map((object) => [keyOf(idOf(object)), object]))
    for (const id of ids) keep(id, found.get(keyOf(id)))
    return { ok: true, value: undefined }
  }
  for (const id of ids) {
    const reply = await run.cluster.get({ ...address, name: id.name })
    if (!reply.ok) return reply
    keep(id, reply.value)
  }
  return { ok: true, value: undefined }
}

const refresh = async (run: Run, ids: ObjectId[]): Promise<Outcome<void>> => {
  const groups = new Map<string, { address: Address; ids: ObjectId[] }>()
  for (const id of ids) {
    const address = addressOf(run, id)
    if (address === undefined) continue
    const name = `${id.group}/${id.kind}/${id.namespace}`
    const group = groups.get(name) ?? { address, ids: [] }
    group.ids.push(id)
    groups.set(name, group)
  }
  const replies = await Promise.all(
    Array.from(groups.values(), (group) => refreshGroup(run, group.address, group.ids)),
  )
  const refused = replies.find((reply) => !reply.ok)
  return refused ? bad([problemOfRefusal(refused.refusal)]) : good(undefined)
}

const notReady = async (
  run: Run,
  id: ObjectId,
  { release, timeoutSeconds }: Waiting,
  readiness: Exclude<Readiness, { state: 'ready' }>,
): Promise<Problem> => {
  const trouble = await findTrouble(run, id)
  const why = trouble === '' ? readiness.why : `${readiness.why}; ${trouble}`
  return problem({
    code: readiness.state === 'failed' ? 'apply/failed' : 'apply/not-ready',
    fault: 'world',
    what:
      readiness.state === 'failed'
        ? `${nameOf(id)} has failed: ${why}.`
        : `${nameOf(id)} is not ready after ${timeoutSeconds} s: ${why}.`,
    where: [{ in: 'object', object: id, ...(release !== '' && { release }) }],
    why: 'Nothing that depends on it is applied, and nothing is pruned.',
    fix: `Look at it with: kubectl describe ${id.kind.toLowerCase()} ${id.name}${id.namespace === '' ? '' : ` -n ${id.namespace}`}; then run this again.`,
  })
}

/**
 * Waits until all of these are ready. What `run.live` knows is judged first, so that what is ready already costs no request. Ends at
 * once when something has failed for good, and at the timeout; both name every object that is not ready, and what it waits for.
 */
export const waitReady = async (run: Run, ids: ObjectId[], waiting: Waiting): Promise<Outcome<void>> => {
  const end = run.clock.now() + waiting.timeoutSeconds * 1000
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const judged = await Promise.all(ids.map(async (id) => ({ id, readiness: await judge(run, id) })))
    const unready = judged.flatMap(({ id, readiness }) =>
      readiness.state === 'ready' ? [] : [{ id, readiness }],
    )
    if (unready.length === 0) return good(undefined)
    const first = unready[0] as (typeof unready)[number]
    run.tell({
      tell: 'subject',
      stage: 'apply',
      subject: waiting.release,
      state: 'waiting',
      note: `${ids.length - unready.length} of ${ids.length} ready; ${nameOf(first.id)}: ${first.readiness.why}`,
    })
    const over = run.clock.now() >= end
    if (over || unready.some((one) => one.readiness.state === 'failed'))
      return bad(
        (await Promise.all(unready.map((one) => notReady(run, one.id, waiting, one.readiness)))) as Problems,
      )
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    await run.clock.sleep(pause, run.signal)
    const refreshed = await refresh(
      run,
      unready.map((one) => one.id),
    )
    if (!refreshed.ok) return refreshed
  }
}
