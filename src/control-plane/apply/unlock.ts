import { fieldManagerOf, inventoryNamespace, parentName } from '../../core/applyset.ts'
import type { Discovery } from '../../core/effects/cluster.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { LockState } from '../../core/lock.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { watchLease } from './lease.ts'
import type { LeaseSystem } from './lease.ts'
import { heldUntil, holderOf, isLockOf, leaseAddress, leaseFor, leaseId } from './lease-object.ts'

const foreign = (set: string): Outcome<never> =>
  bad([
    problem({
      code: 'apply/foreign-lock',
      fault: 'world',
      what: `The Lease ${inventoryNamespace}/${parentName(set)} is not the lock of ${set}: it lacks the label that each run of that set puts on it.`,
      where: [{ in: 'object', object: leaseId(set) }],
      fix: 'Check the name of the set; if the Lease is in the way, find out whose it is, and delete it by hand.',
    }),
  ])

const held = ({ set, holder, since, renewed }: LockState): Outcome<never> =>
  bad([
    problem({
      code: 'apply/locked',
      fault: 'world',
      what: `${holder} holds the lock of ${set}${since === '' ? '' : ` since ${since}`}, and renewed it at ${renewed}.`,
      where: [{ in: 'object', object: leaseId(set) }],
      why: 'A run that lives and loses its lock stops half-way.',
      fix: `Wait, or end that run. If it is surely dead, its lock ends 30 s after that time by itself; at once with: scout-apply unlock --set ${set} --force`,
    }),
  ])

const stateOf = (set: string, lease: KubeObject, now: number): LockState => {
  const spec = mapAt(lease, 'spec')
  const holder = holderOf(lease)
  const state = holder === '' ? 'free' : heldUntil(lease, now) === undefined ? 'expired' : 'held'
  return {
    set,
    state,
    holder,
    since: textAt(spec, 'acquireTime'),
    renewed: textAt(spec, 'renewTime'),
    freed: false,
  }
}

/**
 * Frees the lock of a set, and tells who held it. Only the set's own Lease; only one that has expired and is not renewed for 12 s more, or any with `force`: a run that lives then finds that out within 10 s, and stops.
 */
export const unlock = async (
  system: LeaseSystem,
  discovery: Discovery,
  { set, force }: { set: string; force: boolean },
): Promise<Outcome<LockState>> => {
  const { cluster, clock } = system
  const address = leaseAddress(discovery, set)
  const found = await cluster.get(address)
  if (!found.ok) return bad([problemOfRefusal(found.refusal, leaseId(set))])
  const lease = found.value
  if (lease === undefined)
    return good({ set, state: 'free', holder: '', since: '', renewed: '', freed: false })
  if (!isLockOf(lease, set)) return foreign(set)
  const state = stateOf(set, lease, clock.now())
  if (state.state === 'free') return good(state)
  if (!force) {
    if (state.state === 'held') return held(state)
    const watched = await watchLease(system, address, lease)
    if (!watched.ok) return watched
    if (watched.value.moved) return held(stateOf(set, watched.value.live ?? lease, clock.now()))
  }
  const resourceVersion = resourceVersionOf(lease)
  const freed = await cluster.update(address, leaseFor(set, '', { now: clock.now(), resourceVersion }), {
    fieldManager: fieldManagerOf(set),
  })
  return freed.ok ? good({ ...state, freed: true }) : bad([problemOfRefusal(freed.refusal, leaseId(set))])
}
