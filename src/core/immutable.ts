import { partOf } from './applyset.ts'
import type { Address, Cluster, Refusal } from './effects/cluster.ts'
import type { InventoryEntry } from './inventory.ts'
import { canonicalJson, isObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { isKept } from './kept.ts'
import { uidOf } from './live.ts'
import { groupKindOf, nameOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { isWrittenBy } from './owned-fields.ts'
import { neverRecreated } from './policy.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { detailsOf } from './refusal.ts'
import { shortDigest } from './short-digest.ts'

/**
 * Kinds of which a second one under another name is refused anyway, so that the question tells nothing, with the fields that the server lets nobody
 * change (apiextensions `validation.go`: once it is Established; of an APIService all may be changed).
 */
const unaskable: { [groupKind: string]: RegExp } = {
  'CustomResourceDefinition.apiextensions.k8s.io': /^spec\.(scope|group|names\.(plural|kind))$/,
  'APIService.apiregistration.k8s.io': /^$/,
}

/** What a Service has been given for itself: another one cannot have it, and as it has it, it is sound. */
const withoutOwnAddresses = (service: KubeObject, live: KubeObject): KubeObject => {
  const [wanted, there] = [service['spec'], live['spec']]
  if (!isObject(wanted) || !isObject(there)) return service
  const spec: JsonObject = { ...wanted }
  for (const field of ['clusterIP', 'clusterIPs', 'healthCheckNodePort'])
    if (
      field in spec &&
      canonicalJson(spec[field] ?? null) === canonicalJson(there[field] ?? null) &&
      spec[field] !== 'None'
    )
      delete spec[field]
  const taken = listIn(there['ports']).map((port) => port['nodePort'])
  spec['ports'] = listIn(wanted['ports']).map(({ nodePort, ...port }) =>
    nodePort === undefined || taken.includes(nodePort) ? port : { ...port, nodePort },
  )
  return { ...service, spec }
}

const listIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value : []).filter(isObject)

/**
 * Whether a refused change (422) of an existing object is refused only because it is a change. The server is asked, by a dry run, to
 * make the same object under a fresh name: if it would, then the object is sound and the update is what is forbidden. A Service is asked about without the
 * addresses that it has already. For kinds where that tells nothing, the fields that the refusal names decide.
 */
export const isImmutable = async (
  cluster: Cluster,
  fieldManager: string,
  address: Address,
  object: KubeObject,
  refusal?: Refusal,
): Promise<boolean> => {
  const groupKind = groupKindOf(address.kind)
  const fixed = Object.hasOwn(unaskable, groupKind) ? unaskable[groupKind] : undefined
  if (fixed) {
    const causes = refusal?.causes ?? []
    return causes.length > 0 && causes.every(({ field }) => fixed.test(field))
  }
  const live = groupKind === 'Service' ? await cluster.get(address) : undefined
  const asked = live?.ok && live.value ? withoutOwnAddresses(object, live.value) : object
  const name = `scout-probe-${shortDigest(address.name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`
  const probe = { ...asked, metadata: { ...asked.metadata, name } }
  const reply = await cluster.create({ ...address, name }, probe, { fieldManager, dryRun: true })
  return reply.ok
}

/** Whether policy lets a kind be deleted and made anew: Jobs always (a Job is a run, and a new one is what the change asks for), what holds data never. */
const isRecreatable = (groupKind: string, recreate: string[]): boolean =>
  !neverRecreated.includes(groupKind) && (groupKind === 'Job.batch' || recreate.includes(groupKind))

/**
 * Whether an object may be deleted so that it can be made anew with what cannot be changed: where its kind may (`recreate` is the release's policy), and
 * only the one that we made, which nothing says is to be kept.
 */
export const mayRecreate = (
  live: KubeObject,
  entry: InventoryEntry | undefined,
  set: { id: string; manager: string },
  recreate: string[] = [],
): boolean =>
  entry !== undefined &&
  isRecreatable(groupKindOf(entry.id), recreate) &&
  partOf(live) === set.id &&
  (entry.uid === '' ? isWrittenBy(live, set.manager) : entry.uid === uidOf(live)) &&
  !entry.keep &&
  !isKept(live)

const remedy = (id: ObjectId, release: string, recreate: string[]): string => {
  const groupKind = groupKindOf(id)
  if (neverRecreated.includes(groupKind))
    return `Undo the change, or give the object a new name: a ${id.kind} is never deleted to be made anew.`
  if (isRecreatable(groupKind, recreate))
    return 'It may be made anew, but this one is not provably ours, or is to be kept: undo the change, or delete it by hand and run this again.'
  return `Undo the change; or give the object a new name; or, where it may be deleted and made anew, say so in releases/${release}/release.yaml: apply: { recreate: [${groupKind}] }`
}

/** Says that a change is forbidden, and what would allow it; `recreate` is the release's policy. */
export const immutableProblem = (
  id: ObjectId,
  release: string,
  refusal: Refusal,
  recreate: string[] = [],
): Problem =>
  problem({
    code: 'apply/immutable-field',
    what: `${nameOf(id)} cannot be changed in place: ${detailsOf(refusal)}`,
    where: [{ in: 'object', object: id, release }],
    why: 'The object itself is valid; the API server forbids this change of an existing one.',
    fix: remedy(id, release, recreate),
  })

export const invalidProblem = (id: ObjectId, release: string, refusal: Refusal): Problem =>
  problem({
    code: 'apply/invalid',
    what: `${nameOf(id)}: the API server refuses it: ${detailsOf(refusal)}`,
    where: [{ in: 'object', object: id, release }],
    fix: `Correct release ${release}, and build a new bundle.`,
  })
