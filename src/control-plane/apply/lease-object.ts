import { inventoryNamespace, parentName, setIdOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Address, Discovery } from '../../core/effects/cluster.ts'
import { labelOf } from '../../core/metadata.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { mapAt, numberAt, textAt } from '../../core/readiness/rule.ts'

/** How long a lock is held without being renewed. */
export const durationSeconds = 30

/** RFC 3339 with exactly six digits after the point: the API takes nothing else for a MicroTime. */
const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z')

/** Who holds a lease; '' where it is free. */
export const holderOf = (lease: KubeObject): string => textAt(mapAt(lease, 'spec'), 'holderIdentity')

/** Until when the holder has it, if it was renewed just now by our clock; undefined where clocks tell nothing: long ago, or in the future. */
export const heldUntil = (lease: KubeObject, now: number): number | undefined => {
  const spec = mapAt(lease, 'spec')
  const renewed = Date.parse(textAt(spec, 'renewTime'))
  const until = renewed + numberAt(spec, 'leaseDurationSeconds', durationSeconds) * 1000
  return renewed <= now && now < until ? until : undefined
}

/** The id of a set's lock. */
export const leaseId = (set: string): ObjectId => ({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  namespace: inventoryNamespace,
  name: parentName(set),
})

/** Where a set's lock is. */
export const leaseAddress = (discovery: Discovery, set: string): Address => {
  const service = serviceOf(discovery, 'coordination.k8s.io/v1', 'Lease')
  if (service.served !== 'yes') throw new Error('the API server serves no Leases')
  return { kind: service.kind, namespace: inventoryNamespace, name: parentName(set) }
}

/** Says of a Lease that it is the lock of a set, whoever wrote its times last. */
const lockLabel = 'scout.airgap/lock-of'

/** Whether a Lease says that it is the lock of this set. */
export const isLockOf = (lease: KubeObject, set: string): boolean =>
  labelOf(lease, lockLabel) === setIdOf(set)

/** The lease of a set as it is to be written; free where nobody is named. `since`: when the holder took it, by its own clock. */
export const leaseFor = (
  set: string,
  holder: string,
  { now, since, resourceVersion }: { now: number; since?: number; resourceVersion?: string },
): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: parentName(set),
    namespace: inventoryNamespace,
    labels: { [lockLabel]: setIdOf(set) },
    ...(resourceVersion !== undefined && { resourceVersion }),
  },
  spec: {
    holderIdentity: holder,
    leaseDurationSeconds: holder === '' ? 1 : durationSeconds,
    renewTime: microTime(now),
    ...(since !== undefined && { acquireTime: microTime(since) }),
  },
})
