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

const durationSeconds = 30
const renewEvery = 10_000

/** A held lock. */
export interface Held {
  /** Aborted when somebody else has it, or when it could not be renewed for so long that somebody may. */
  readonly lost: AbortSignal
  /** Gives it back, so that the next run need not wait until it expires. */
  release(): Promise<void>
}

/** RFC 3339 with exactly six digits after the point: the API takes nothing else for a MicroTime. */
const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z')

/** Until when the holder has it, in milliseconds; 0 where nobody has. Clocks that differ by more than a lease's duration defeat it. */
const heldUntil = (lease: KubeObject): number => {
  const spec = mapAt(lease, 'spec')
  const renewed = Date.parse(textAt(spec, 'renewTime'))
  if (textAt(spec, 'holderIdentity') === '' || Number.isNaN(renewed)) return 0
  return renewed + numberAt(spec, 'leaseDurationSeconds', durationSeconds) * 1000
}

const busy = (set: string, holder: string, until: number): Outcome<never> =>
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
      fix: `Wait until it is done and run this again. If that run was killed, its lock ends by itself${until > 0 ? ` at ${new Date(until).toISOString()}` : ' within half a minute'}.`,
    }),
  ])

/**
 * Takes the lock of a set: the Lease `scout-SET`, renewed every 10 s while it is held, free after 30 s without renewal. Refused where
 * somebody else holds it. `holder` says who we are, and must differ between any two runs.
 */
export const takeLease = async (
  { cluster, clock }: { cluster: Cluster; clock: Clock },
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
  const write = async (identity: string, live: KubeObject | undefined): Promise<Reply<KubeObject>> =>
    live === undefined
      ? await cluster.create(address, leaseFor(identity), { fieldManager })
      : await cluster.update(address, leaseFor(identity, resourceVersionOf(live)), {
          fieldManager,
        })

  const found = await cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal)])
  const until = found.value ? heldUntil(found.value) : 0
  if (found.value && until > clock.now())
    return busy(set, textAt(mapAt(found.value, 'spec'), 'holderIdentity'), until)
  const taken = await write(holder, found.value)
  if (!taken.ok)
    return taken.refusal.status === 409 ? busy(set, '', 0) : bad([problemOfRefusal(taken.refusal)])

  let live = taken.value
  let renewed = clock.now()
  const lost = new AbortController()
  const done = new AbortController()
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(renewEvery, done.signal)
      if (done.signal.aborted) return
      const reply = await write(holder, live)
      if (reply.ok) {
        live = reply.value
        renewed = clock.now()
      } else if (reply.refusal.status === 409 || clock.now() - renewed > durationSeconds * 1000) {
        lost.abort('another run has taken the lock')
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
