import { labels } from '../../core/applyset.ts'
import type { Address, Reply } from '../../core/effects/cluster.ts'
import { goesByItself } from '../../core/brief-job.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { readinessOf } from '../../core/readiness/readiness.ts'
import { changeNotSeen, waiting } from '../../core/readiness/rule.ts'
import type { Readiness } from '../../core/readiness/rule.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { eventInWords } from '../../core/why/evidence.ts'
import { fixOf } from '../../core/why/fix.ts'
import { endOfGoneJob } from './gone-job.ts'
import type { Why } from '../../core/why/look.ts'
import { findTrouble, showLogs } from './trouble.ts'
import { addressOf, policyFor, unlessStopped } from './run.ts'
import type { Run } from './run.ts'
import { isUnheard } from './unheard.ts'

const firstPause = 250
const longestPause = 1000
/** From so many of one kind in one namespace, one list is cheaper than asking for each. */
const manyOfAKind = 5
/** When it is first looked below what is not ready, and how long until it is looked again, in milliseconds. */
const firstLook = 3000
const lookEvery = 5000
/** So many objects are looked into while it is waited, and so many at the end. */
const mostLookedAt = 3
const mostLookedInto = 20
/** So many of its last events are shown with --verbose. */
const mostEvents = 5

/** Who waits, in words, and how long it may. */
export interface Waiting {
  release: string
  timeoutSeconds: number
}

const judge = async (run: Run, id: ObjectId, release: string): Promise<Readiness> => {
  const live = run.live.get(keyOf(id))
  if (live) {
    const readiness = readinessOf(live, policyFor(run, release))
    // Neither ready nor failed by what was said of the object before.
    return readiness.state !== 'waiting' && isUnheard(run, live) ? waiting(changeNotSeen) : readiness
  }
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

type Unready = { id: ObjectId; readiness: Exclude<Readiness, { state: 'ready' }> }

const notReady = async (
  run: Run,
  { id, readiness }: Unready,
  { release, timeoutSeconds }: Waiting,
  found: Why,
): Promise<Problem> => {
  const why = found.words === '' ? readiness.why : `${readiness.why}; ${found.words}`
  await showLogs(run, found)
  return problem({
    code: readiness.state === 'failed' ? 'apply/failed' : 'apply/not-ready',
    fault: 'world',
    what:
      readiness.state === 'failed'
        ? `${nameOf(id)} has failed: ${why}.`
        : `${nameOf(id)} is not ready after ${timeoutSeconds} s: ${why}.`,
    where: [{ in: 'object', object: id, ...(release !== '' && { release }) }],
    why: 'Nothing that depends on it is applied, and nothing is pruned.',
    fix: `${fixOf(id, found.reasons)} Then run this again.`,
    ...(found.warnings.length > 0 && { raw: found.warnings.slice(-mostEvents).map(eventInWords).join('\n') }),
  })
}

/** One after the other, so that logs don't mix; of many the first ones are looked into, as they mostly wait for the same. */
const allNotReady = async (run: Run, unready: Unready[], waiting: Waiting): Promise<Problem[]> => {
  const problems: Problem[] = []
  for (const [at, one] of unready.entries()) {
    const found =
      at < mostLookedInto ? await findTrouble(run, one.id) : { words: '', reasons: [], warnings: [] }
    problems.push(await notReady(run, one, waiting, found))
  }
  return problems
}

/** Tells of each object what it waits for, when that changes, and looks below the first ones now and then. */
const watch = (run: Run, waiting: Waiting) => {
  const said = new Map<string, string>()
  const troubles = new Map<string, string>()
  let lookAt = run.clock.now() + firstLook
  const tellObject = (id: ObjectId, state: 'waiting' | 'done' | 'failed', note?: string): void =>
    run.tell({
      tell: 'object',
      stage: 'apply',
      subject: waiting.release,
      object: nameOf(id),
      state,
      ...(note !== undefined && { note }),
    })
  const wordsOf = ({ id, readiness }: Unready): string => {
    const trouble = troubles.get(keyOf(id)) ?? ''
    return trouble === '' ? readiness.why : `${readiness.why}; ${trouble}`
  }
  return async (ids: ObjectId[], unready: Unready[]): Promise<void> => {
    if (run.clock.now() >= lookAt) {
      for (const { id } of unready.slice(0, mostLookedAt))
        troubles.set(keyOf(id), (await findTrouble(run, id)).words)
      lookAt = run.clock.now() + lookEvery
    }
    const waits = new Set(unready.map(({ id }) => keyOf(id)))
    for (const id of ids) if (!waits.has(keyOf(id)) && said.delete(keyOf(id))) tellObject(id, 'done')
    for (const one of unready) {
      const words = wordsOf(one)
      if (said.get(keyOf(one.id)) === words) continue
      said.set(keyOf(one.id), words)
      tellObject(one.id, one.readiness.state, words)
    }
    const [first] = unready
    if (first)
      run.tell({
        tell: 'subject',
        stage: 'apply',
        subject: waiting.release,
        state: 'waiting',
        note: `${nameOf(first.id)}: ${wordsOf(first)}`,
        ready: { done: ids.length - unready.length, of: ids.length },
      })
  }
}

/**
 * Waits until all of these are ready. What `run.live` knows is judged first, so that what is ready already costs no request. Ends at
 * once when something has failed for good, and at the timeout; both name every object that is not ready, and what it waits for.
 */
export const waitReady = async (run: Run, ids: ObjectId[], waiting: Waiting): Promise<Outcome<void>> => {
  const end = run.clock.now() + waiting.timeoutSeconds * 1000
  const tellOf = watch(run, waiting)
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const judged = await Promise.all(
      ids.map(async (id) => ({ id, readiness: await judge(run, id, waiting.release) })),
    )
    const unready = judged.flatMap(({ id, readiness }) =>
      readiness.state === 'ready' ? [] : [{ id, readiness }],
    )
    await tellOf(ids, unready)
    if (unready.length === 0) return good(undefined)
    const over = run.clock.now() >= end
    if (over || unready.some((one) => one.readiness.state === 'failed'))
      return bad((await allNotReady(run, unready, waiting)) as Problems)
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
