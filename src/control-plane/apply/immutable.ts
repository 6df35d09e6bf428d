import type { Address, Refusal } from '../../core/effects/cluster.ts'
import { groupKindOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { shortDigest } from '../../core/short-digest.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { Run } from './run.ts'

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
export const isImmutable = async (run: Run, address: Address, object: KubeObject): Promise<boolean> => {
  if (unaskable.has(groupKindOf(address.kind))) return false
  const name = `scout-probe-${shortDigest(address.name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`
  const probe = { ...object, metadata: { ...object.metadata, name } }
  const reply = await run.cluster.create({ ...address, name }, probe, {
    fieldManager: run.set.manager,
    dryRun: true,
  })
  return reply.ok
}

const detailsOf = (refusal: Refusal): string =>
  refusal.causes.length === 0
    ? refusal.message
    : refusal.causes
        .map((cause) => (cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`))
        .join('; ')

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
