import type { AdoptedRelease, Fate } from '../../core/adoption.ts'
import { partOf } from '../../core/applyset.ts'
import { canonicalJson, isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { isKept } from '../../core/kept.ts'
import { isNamespace } from '../../core/namespaces.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { entriesOf } from '../../core/ownership/entries.ts'
import { helmReleaseOf } from '../../core/ownership/helm-release.ts'
import { isWrittenBy } from '../../core/owned-fields.ts'
import { pointerOf } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { holdsPlaceholder } from '../../core/site-values/placeholder.ts'
import { withoutStringData } from '../../core/string-data.ts'
import type { StoredRelease } from './stored.ts'

/** All that is to be known of one release to decide about it. */
export interface ToAdopt {
  release: { name: string; namespace: string }
  /** As the bundle wants them; hooks are not among them. */
  wanted: KubeObject[]
  stored: StoredRelease | undefined
  /** By key: what is there of all of them. */
  live: Map<string, KubeObject>
}

/** The places at which two values differ, maps key by key and lists of one length item by item. A site value is what the cluster has. */
const differing = (before: Json | undefined, after: Json | undefined, path: Path = []): string[] => {
  if (typeof after === 'string' && holdsPlaceholder(after)) return []
  if (isObject(before) && isObject(after)) {
    const keys = Array.from(new Set([...Object.keys(before), ...Object.keys(after)])).sort()
    return keys.flatMap((key) => differing(before[key], after[key], [...path, key]))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => differing(item, after[index], [...path, index]))
  const same =
    before === undefined || after === undefined
      ? before === after
      : canonicalJson(before) === canonicalJson(after)
  return same ? [] : [pointerOf(path)]
}

const podTemplates = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])

const taken = (id: ObjectId, before: KubeObject | undefined, after: KubeObject): Fate => {
  const plain = (object: KubeObject): Json => ({ ...withoutStringData(object), apiVersion: '' })
  const differs = before ? differing(plain(before), plain(after)) : null
  const restarts =
    podTemplates.has(id.kind) &&
    (differs ?? []).some((pointer) => /^\/spec(\/template(\/|$)|$)/.test(pointer))
  return { id, will: 'take', differs, restarts }
}

/**
 * Decides what becomes of each object of a release, those first that the bundle has. What belongs to another Helm release or to another set is refused by
 * name: it would be taken from somebody who is still there. Pure.
 */
export const decideRelease = (
  { release, wanted, stored, live }: ToAdopt,
  setId: string,
): Outcome<AdoptedRelease> => {
  const problems: Problem[] = []
  const inManifest = new Map((stored?.objects ?? []).map((one) => [keyOf(idOf(one)), one]))
  const refuse = (id: ObjectId, code: 'adopt/other-release' | 'adopt/other-set', owner: string): void => {
    problems.push(
      problem({
        code,
        fault: 'world',
        what: `${nameOf(id)} belongs to ${owner}.`,
        where: [{ in: 'object', object: id, release: release.name }],
        why: 'Who applies it from there would take it back, or miss it.',
        fix: 'Adopt it with the release that it belongs to, or take it out of one of the two.',
      }),
    )
  }
  /** Whether an object is Helm's, of the very release that is adopted; what is somebody else's by name is refused. */
  const isOfRelease = (id: ObjectId, there: KubeObject): boolean => {
    const set = partOf(there)
    const owner = helmReleaseOf(there)
    if (set !== undefined && set !== setId)
      refuse(id, 'adopt/other-set', `another set on this cluster (${set})`)
    else if (owner && (owner.name !== stored?.name || owner.namespace !== stored.namespace))
      refuse(id, 'adopt/other-release', `the Helm release ${owner.namespace}/${owner.name}`)
    else return owner !== undefined || isWrittenBy(there, 'helm')
    return false
  }
  const fateOf = (object: KubeObject): Fate => {
    const id = idOf(object)
    const there = live.get(keyOf(id))
    if (there === undefined) return { id, will: 'create' }
    if (partOf(there) === setId) return { id, will: 'ours' }
    if (isOfRelease(id, there)) return taken(id, inManifest.get(keyOf(id)), object)
    const managers = entriesOf(there).flatMap(({ manager }) => (typeof manager === 'string' ? [manager] : []))
    return { id, will: 'foreign', managers: Array.from(new Set(managers)).sort() }
  }
  const wantedKeys = new Set(wanted.map((one) => keyOf(idOf(one))))
  const leftover = (object: KubeObject): Fate[] => {
    const id = idOf(object)
    const there = live.get(keyOf(id))
    if (there === undefined || wantedKeys.has(keyOf(id)) || isNamespace(id)) return []
    if (partOf(there) !== undefined || helmReleaseOf(there)?.name !== stored?.name) return []
    if (helmReleaseOf(there)?.namespace !== stored?.namespace) return []
    return [{ id, will: isKept(there) || isKept(object) ? 'keep' : 'remove' }]
  }
  const objects = [
    ...wanted.filter((one) => !isNamespace(idOf(one))).map(fateOf),
    ...(stored?.objects ?? []).flatMap(leftover),
  ]
  const helm = stored ? { name: stored.name, namespace: stored.namespace, revision: stored.revision } : null
  return unless(problems, () => ({ release: release.name, helm, objects }))
}
