import { partOf } from './applyset.ts'
import type { Address, Cluster, Refusal } from './effects/cluster.ts'
import type { InventoryEntry } from './inventory.ts'
import { isKept } from './kept.ts'
import { uidOf } from './live.ts'
import { groupKindOf, nameOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { isWrittenBy } from './owned-fields.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { detailsOf } from './refusal.ts'
import { shortDigest } from './short-digest.ts'

/** Kinds of which a second one under another name is refused anyway, so that the question tells nothing. */
const unaskable = new Set([
  'CustomResourceDefinition.apiextensions.k8s.io',
  'APIService.apiregistration.k8s.io',
  'Service',
])

/**
 * Whether a refused change (422) of an existing object is refused only because it is a change. The server is asked, by a dry run, to
 * make the same object under a fresh name: if it would, then the object is sound and the update is what is forbidden.
 */
export const isImmutable = async (
  cluster: Cluster,
  fieldManager: string,
  address: Address,
  object: KubeObject,
): Promise<boolean> => {
  if (unaskable.has(groupKindOf(address.kind))) return false
  const name = `scout-probe-${shortDigest(address.name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`
  const probe = { ...object, metadata: { ...object.metadata, name } }
  const reply = await cluster.create({ ...address, name }, probe, { fieldManager, dryRun: true })
  return reply.ok
}

/**
 * Whether an object may be deleted so that it can be made anew with what cannot be changed: a Job alone (it is a run, and a new one is
 * what the change asks for), and only the one that we made, which nothing says is to be kept.
 */
export const mayRecreate = (
  live: KubeObject,
  entry: InventoryEntry | undefined,
  set: { id: string; manager: string },
): boolean =>
  entry !== undefined &&
  groupKindOf(entry.id) === 'Job.batch' &&
  partOf(live) === set.id &&
  (entry.uid === '' ? isWrittenBy(live, set.manager) : entry.uid === uidOf(live)) &&
  !entry.keep &&
  !isKept(live)

export const immutableProblem = (id: ObjectId, release: string, refusal: Refusal): Problem =>
  problem({
    code: 'apply/immutable-field',
    what: `${nameOf(id)} cannot be changed in place: ${detailsOf(refusal)}`,
    where: [{ in: 'object', object: id, release }],
    why: 'The object itself is valid; the API server forbids this change of an existing one.',
    fix: 'Undo the change; or give the object a new name; or, where it may be lost, delete it by hand and run this again.',
  })

export const invalidProblem = (id: ObjectId, release: string, refusal: Refusal): Problem =>
  problem({
    code: 'apply/invalid',
    what: `${nameOf(id)}: the API server refuses it: ${detailsOf(refusal)}`,
    where: [{ in: 'object', object: id, release }],
    fix: `Correct release ${release}, and build a new bundle.`,
  })
