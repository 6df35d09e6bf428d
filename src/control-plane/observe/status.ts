import { fieldManagerOf } from '../../core/applyset.ts'
import { anyServiceOf } from '../../core/discovery.ts'
import type { InventoryEntry } from '../../core/inventory.ts'
import { isKeyed } from '../../core/keyed-digest.ts'
import { uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { isAsLeft } from '../../core/owned-fields.ts'
import { policyOf, usualPolicy } from '../../core/policy.ts'
import type { Policy } from '../../core/policy.ts'
import { readinessOf } from '../../core/readiness/readiness.ts'
import { releasesOf } from '../../core/status.ts'
import type { ObjectStatus, SetStatus } from '../../core/status.ts'

/** What a bundle says of how a release's objects are judged. */
export interface ReleaseRules {
  name: string
  policy?: Policy
}

/** A finished hook is often deleted by its own policy, and a finished Job by its time to live: then nothing is missing. */
const mayBeGone = ({ id, phase }: InventoryEntry): boolean => phase === 'hooks' || id.kind === 'Job'

const statusOf = (entry: InventoryEntry, live: Live, manager: string, policy: Policy): ObjectStatus => {
  const { id, release, phase } = entry
  const told = (state: ObjectStatus['state'], why: string, drifted = false): ObjectStatus => ({
    id,
    release,
    phase,
    state,
    why,
    drifted,
    events: [],
  })
  const key = live.store?.content.key
  // Without the key nothing can be said of what holds site values.
  const isDrifted = (object: KubeObject): boolean =>
    (key !== undefined || !isKeyed(entry.owned)) && !isAsLeft(entry.owned, object, manager, key)
  if (anyServiceOf(live.discovery, id).served === 'unknown')
    return told('unknown', 'the server of its API does not answer')
  const object = live.members.get(keyOf(id))
  if (object === undefined) {
    const other = live.others.get(keyOf(id))
    if (other && entry.shared) return told('ready', '', isDrifted(other))
    if (other) return told('replaced', 'it no longer bears the label of the set')
    return mayBeGone(entry) ? told('ready', '') : told('missing', 'it is not there')
  }
  if (entry.uid !== '' && uidOf(object) !== entry.uid)
    return told('replaced', 'somebody else has made it anew')
  const drifted = entry.owned !== '' && isDrifted(object)
  const readiness = readinessOf(object, policy)
  return told(readiness.state, readiness.state === 'ready' ? '' : readiness.why, drifted)
}

/** How every object of a set is, from what was read of the cluster and by the releases' own rules. Pure. */
export const statusOfSet = (set: string, live: Live, releases: ReleaseRules[] = []): SetStatus => {
  const there = live.inventory?.content
  if (there === undefined) return { set, applied: null, lastRun: null, releases: [], objects: [] }
  const { bundle, version, sequence, generation, state } = there
  const place = (entry: InventoryEntry): string => `${entry.release}\n${keyOf(entry.id)}`
  const entries = Array.from(there.entries.values()).sort((a, b) => (place(a) < place(b) ? -1 : 1))
  const policies = new Map(releases.map((release) => [release.name, policyOf(release)]))
  const objects = entries.map((entry) =>
    statusOf(entry, live, fieldManagerOf(set), policies.get(entry.release) ?? usualPolicy),
  )
  return {
    set,
    applied: { bundle, version, sequence, generation, state },
    lastRun: null,
    releases: releasesOf(objects),
    objects,
  }
}
