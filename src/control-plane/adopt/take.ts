import { labels, partOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { isObject } from '../../core/json.ts'
import { resourceVersionOf, uidOf } from '../../core/live.ts'
import { idOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { entriesOf, fieldsOf, isAppliedBy } from '../../core/ownership/entries.ts'
import type { FieldSet } from '../../core/ownership/field-set.ts'
import { isServedIn, settledFields } from '../../core/ownership/settle.ts'
import { pointerOf } from '../../core/pointer.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'

const tries = 5

/** Whom an object is to belong to. */
interface NewOwner {
  id: string
  manager: string
}

/**
 * The fields that Helm's manifest sets, as the server sees them: what Helm 3 patched are only the differences between two revisions, so that
 * a field which had its value already is nobody's. None where the server does not take the manifest (any more).
 */
const fieldsOfManifest = async (
  cluster: Cluster,
  address: Address,
  manifest: KubeObject,
  { manager }: NewOwner,
): Promise<FieldSet> => {
  const reply = await cluster.apply(address, manifest, { fieldManager: manager, force: true, dryRun: true })
  const ours = reply.ok ? entriesOf(reply.value).find((entry) => isAppliedBy(entry, manager)) : undefined
  return ours ? fieldsOf(ours) : {}
}

const changed = (object: KubeObject): Outcome<never> =>
  bad([
    problem({
      code: 'adopt/changed-meanwhile',
      fault: 'world',
      what: `${nameOf(idOf(object))} was changed or made anew while it was looked at.`,
      where: [{ in: 'object', object: idOf(object) }],
      fix: 'See that nobody else works on it, and run this again: it goes on with what is not ours yet.',
    }),
  ])

/**
 * Moves what Helm owns in an object to its new owner and labels it as a member, in one request and on exactly what was looked at. No value changes but
 * that label, so nothing restarts. `manifest` is Helm's of it, where Helm has one.
 */
export const takeObject = async (
  cluster: Cluster,
  discovery: Discovery,
  found: KubeObject,
  manifest: KubeObject | undefined,
  owner: NewOwner,
): Promise<Outcome<void>> => {
  const id = idOf(found)
  const service = serviceOf(discovery, found.apiVersion, found.kind)
  if (service.served !== 'yes') throw new Error(`${nameOf(id)} was read, and is of a kind that is not served`)
  const address = { kind: service.kind, namespace: id.namespace, name: id.name }
  const besides = manifest ? await fieldsOfManifest(cluster, address, manifest, owner) : {}
  let live = found
  for (let tried = 0; ; tried++) {
    const managedFields = settledFields(live, {
      manager: owner.manager,
      apiVersion: found.apiVersion,
      isServed: (version) => isServedIn(discovery, id.kind, version),
      giveUp: [],
      take: true,
      besides,
    })
    const reply = await cluster.patch(
      address,
      [
        ...(managedFields ? [{ op: 'replace', path: '/metadata/managedFields', value: managedFields }] : []),
        ...(isObject(live.metadata.labels) ? [] : [{ op: 'add', path: '/metadata/labels', value: {} }]),
        { op: 'add', path: pointerOf(['metadata', 'labels', labels.partOf]), value: owner.id },
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersionOf(live) },
      ],
      { fieldManager: owner.manager },
    )
    if (reply.ok) return good(undefined)
    if (reply.refusal.status !== 409 || tried === tries) return bad([problemOfRefusal(reply.refusal, id)])
    const now = await cluster.get(address)
    if (!now.ok) return bad([problemOfRefusal(now.refusal, id)])
    if (now.value === undefined || uidOf(now.value) !== uidOf(found)) return changed(found)
    // Another set was faster.
    if (![undefined, owner.id].includes(partOf(now.value))) return changed(found)
    live = now.value
  }
}
