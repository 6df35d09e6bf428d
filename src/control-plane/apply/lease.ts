import { inventoryNamespace, parentName } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Clock } from '../../core/effects/clock.ts'
import type { Address, Cluster, Discovery, Reply } from '../../core/effects/cluster.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { mapAt, numberAt, textAt } from '../../core/readiness/rule.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Tell } from '../../core/stepper.ts'

const durationSeconds = 30
const renewEvery = 10_000
/** Who lives has renewed within this time. */
const watchFor = renewEvery + 2_000

interface LeaseSystem {
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

/** RFC 3339 with exactly six digits after the point: the API takes nothing else for a MicroTime. */
const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z')

const holderOf = (lease: KubeObject): string => textAt(mapAt(lease, 'spec'), 'holderIdentity')

/** Until when the holder has it, if it was renewed just now by our clock; undefined where clocks tell nothing: long ago, or in the future. */
const heldUntil = (lease: KubeObject, now: number): number | undefined => {
  const spec = mapAt(lease, 'spec')
  const renewed = Date.parse(textAt(spec, 'renewTime'))
  const until = renewed + numberAt(spec, 'leaseDurationSeconds', durationSeconds) * 1000
  return renewed <= now && now < until ? until : undefined
}

const busy = (set: string, holder: string, until?: number): Outcome<never> =>
  bad([
    problem({
      code: 'apply/locked',
      fault: 'world',
      what: `Somebody else applies ${set} now: ${holder || 'another run'}.`,
      where: [
        {
          in: 'object',
          object: {
            group: 'coordination.k8s.io',
            kind: 'Lease',
            namespace: inventoryNamespace,
            name: parentName(set),
          },
        },
      ],
      fix: `Wait until it is done and run this again. If that run was killed, its lock ends by itself${until === undefined ? ' within half a minute' : ` at ${new Date(until).toISOString()}`}.`,
    }),
  ])

/**
 * Takes the lock of a set: the Lease `scout-SET`, renewed every 10 s while it is held, free after 30 s without renewal. Refused where
 * somebody else holds it. A lock that seems to have expired is watched for 12 s first: clocks differ, and who still renews it lives.
 * `holder` says who we are, and must differ between any two runs.
 */
export const takeLease = async (
  { cluster, clock, tell, signal }: LeaseSystem,
  discovery: Discovery,
  set: string,
  holder: string,
  fieldManager: string,
): Promise<Outcome<Held>> => {
  const service = serviceOf(discovery, 'coordination.k8s.io/v1', 'Lease')
  if (service.served !== 'yes') throw new Error('the API server serves no Leases')
  const address: Address = { kind: service.kind, namespace: inventoryNamespace, name: parentName(set) }

  const leaseFor = (identity: string, resourceVersion?: string): KubeObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: address.name,
      namespace: address.namespace,
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: identity === '' ? 1 : durationSeconds,
      renewTime: microTime(clock.now()),
    },
  })
  /** Every write is conditional: of two that take a free lease, the second one gets a 409. */
  const write = async (identity: string, live: KubeObject | undefined): Promise<Reply<KubeObject>> => {
    const reply =
      live === undefined
        ? await cluster.create(address, leaseFor(identity), { fieldManager })
        : await cluster.update(address, leaseFor(identity, resourceVersionOf(live)), { fieldManager })
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
    const note = `${holderOf(before)} held the lock; looking for ${watchFor / 1000} s whether it still does`
    tell({ tell: 'subject', stage: 'apply', subject: 'lock', state: 'waiting', note })
    await clock.sleep(watchFor, signal)
    found = await cluster.get(address)
    if (!found.ok) return bad([problemOfRefusal(found.refusal)])
    const moved = found.value === undefined || resourceVersionOf(found.value) !== resourceVersionOf(before)
    if (moved || signal?.aborted) return busy(set, holderOf(found.value ?? before))
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
