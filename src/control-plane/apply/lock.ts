import { fieldManagerOf, inventoryNamespace } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Clock } from '../../core/effects/clock.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Tell } from '../../core/stepper.ts'
import { takeLease } from './lease.ts'

/** Makes the namespace of inventories and locks, if it is not there. */
const ensureNamespace = async (cluster: Cluster, discovery: Discovery): Promise<Outcome<void>> => {
  const service = serviceOf(discovery, 'v1', 'Namespace')
  if (service.served !== 'yes') throw new Error('the API server serves no Namespaces')
  const address = { kind: service.kind, namespace: '', name: inventoryNamespace }
  const found = await cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal)])
  if (found.value) return good(undefined)
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inventoryNamespace } }
  const created = await cluster.create(address, object, { fieldManager: 'scout-apply' })
  // 409: another run was a moment faster.
  return created.ok || created.refusal.status === 409
    ? good(undefined)
    : bad([problemOfRefusal(created.refusal)])
}

/**
 * Does work while nobody else writes anything of this set. The lock is given back whatever comes of it; `lost` is aborted when somebody
 * else may have it.
 */
export const underLock = async <T>(
  system: { cluster: Cluster; clock: Clock; tell: Tell; signal?: AbortSignal },
  discovery: Discovery,
  { set, holder }: { set: string; holder: string },
  work: (lost: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> => {
  const ensured = await ensureNamespace(system.cluster, discovery)
  if (!ensured.ok) return ensured
  const lease = await takeLease(system, discovery, set, holder, fieldManagerOf(set))
  if (!lease.ok) return lease
  try {
    return await work(lease.value.lost)
  } finally {
    await lease.value.release()
  }
}

/** Does work while nobody else writes anything of these sets; where one lock is not to be had, those before it are given back. */
export const underLocks = async <T>(
  system: Parameters<typeof underLock>[0],
  discovery: Discovery,
  { sets: [set, ...others], holder }: { sets: [string, ...string[]]; holder: string },
  work: (lost: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> =>
  await underLock(system, discovery, { set, holder }, async (lost) => {
    const [next, ...rest] = others
    return next === undefined
      ? await work(lost)
      : await underLocks(system, discovery, { sets: [next, ...rest], holder }, (also) =>
          work(AbortSignal.any([lost, also])),
        )
  })
