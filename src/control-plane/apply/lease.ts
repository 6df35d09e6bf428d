import type { Clock } from '../../core/effects/clock.ts'
import type { Address, Cluster, Discovery, Reply } from '../../core/effects/cluster.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Tell } from '../../core/stepper.ts'
import { durationSeconds, heldUntil, holderOf, leaseAddress, leaseFor, leaseId } from './lease-object.ts'

const renewEvery = 10_000
/** Who lives has renewed within this time. */
const watchFor = renewEvery + 2_000

export interface LeaseSystem {
  cluster: Cluster
  clock: Clock
  tell: Tell
  signal?: AbortSignal
}

/** A held lock. */
export interface Held {
  /** Aborted when somebody else has it, or when it could not be renewed for so long that somebody may. */
  readonly lost: AbortSignal
  /** Gives it back, so that the next run need not wait until it expires. */
  release(): Promise<void>
}

/** Somebody else holds the lock, and may live. */
const busy = (set: string, holder: string, until?: number): Outcome<never> =>
  bad([
    problem({
      code: 'apply/locked',
      fault: 'world',
      what: `Somebody else applies ${set} now: ${holder || 'another run'}.`,
      where: [{ in: 'object', object: leaseId(set) }],
      fix: `Wait until it is done and run this again. If that run was killed, its lock ends by itself${until === undefined ? ' within half a minute' : ` at ${new Date(until).toISOString()}`}; \`scout-apply unlock --set ${set}\` shows more.`,
    }),
  ])

/**
 * The lock after it was watched for 12 s, and whether anybody has written it meanwhile: clocks differ, and who still renews it lives, whatever
 * its times say.
 */
export const watchLease = async (
  { cluster, clock, tell, signal }: LeaseSystem,
  address: Address,
  before: KubeObject,
): Promise<Outcome<{ live: KubeObject | undefined; moved: boolean }>> => {
  const note = `${holderOf(before)} held the lock; looking for ${watchFor / 1000} s whether it still does`
  tell({ tell: 'subject', stage: 'apply', subject: 'lock', state: 'waiting', note })
  await clock.sleep(watchFor, signal)
  const found = await cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal)])
  const moved = found.value === undefined || resourceVersionOf(found.value) !== resourceVersionOf(before)
  return good({ live: found.value, moved })
}

/**
 * Takes the lock of a set: the Lease `scout-SET`, renewed every 10 s while it is held, free after 30 s without renewal. Refused where
 * somebody else holds it. A lock that seems to have expired is watched for 12 s first: clocks differ, and who still renews it lives.
 * `holder` says who we are, and must differ between any two runs.
 */
export const takeLease = async (
  system: LeaseSystem,
  discovery: Discovery,
  set: string,
  holder: string,
  fieldManager: string,
): Promise<Outcome<Held>> => {
  const { cluster, clock, signal } = system
  const address = leaseAddress(discovery, set)
  const since = clock.now()

  /** Every write is conditional: of two that take a free lease, the second one gets a 409. */
  const write = async (identity: string, live: KubeObject | undefined): Promise<Reply<KubeObject>> => {
    const times = { now: clock.now(), ...(identity !== '' && { since }) }
    const reply =
      live === undefined
        ? await cluster.create(address, leaseFor(set, identity, times), { fieldManager })
        : await cluster.update(
            address,
            leaseFor(set, identity, { ...times, resourceVersion: resourceVersionOf(live) }),
            { fieldManager },
          )
    if (reply.ok || reply.refusal.status !== 409) return reply
    // Ours all the same, where the first answer was lost on the way and the request was sent again.
    const now = await cluster.get(address)
    return now.ok && now.value && holderOf(now.value) === identity ? { ok: true, value: now.value } : reply
  }

  let found = await cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal)])
  if (found.value && holderOf(found.value) !== '') {
    const before = found.value
    const until = heldUntil(before, clock.now())
    if (until !== undefined) return busy(set, holderOf(before), until)
    const watched = await watchLease(system, address, before)
    if (!watched.ok) return watched
    const { live, moved } = watched.value
    if (moved || signal?.aborted) return busy(set, holderOf(live ?? before))
    found = { ok: true, value: live }
  }
  const taken = await write(holder, found.value)
  if (!taken.ok) return taken.refusal.status === 409 ? busy(set, '') : bad([problemOfRefusal(taken.refusal)])

  let live = taken.value
  let renewed = clock.now()
  const lost = new AbortController()
  const done = new AbortController()
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(renewEvery, done.signal)
      if (done.signal.aborted) return
      const sent = clock.now()
      const late = new AbortController()
      const reply = await Promise.race([
        write(holder, live),
        clock.sleep(renewed + durationSeconds * 1000 - sent, late.signal),
      ])
      late.abort()
      if (reply?.ok) {
        live = reply.value
        renewed = sent
      } else if (!reply || reply.refusal.status === 409 || clock.now() - renewed > durationSeconds * 1000) {
        lost.abort('the lock could not be renewed, or another run has taken it')
        return
      }
    }
  })()
  return good({
    lost: lost.signal,
    release: async () => {
      done.abort()
      await renewing
      // A lock that cannot be given back ends by itself; the run is done either way.
      if (!lost.signal.aborted) await write('', live)
    },
  })
}
