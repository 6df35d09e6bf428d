import { labels, partOf, setIdOf } from '../../core/applyset.ts'
import { anyServiceOf, serviceOf } from '../../core/discovery.ts'
import type { Service } from '../../core/discovery.ts'
import type { Cluster, Discovery, Reply } from '../../core/effects/cluster.ts'
import type { Inventory } from '../../core/inventory.ts'
import type { Live } from '../../core/live.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { apiVersionOf } from '../../core/target.ts'
import type { ServedKind } from '../../core/target.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

/** A kind as it will be asked for, and the objects of it that matter. */
interface Asked {
  kind: ServedKind
  ids: ObjectId[]
}

/**
 * The kinds to ask for. An object that is wanted is read in the version in which it is applied, because the record of owned
 * fields speaks of that version; one that is only in the inventory in the version in which it was.
 */
const askedFor = (
  wanted: Wanted | undefined,
  inventory: Inventory | undefined,
  discovery: Discovery,
): Asked[] => {
  const asked = new Map<string, Asked>()
  const seen = new Set<string>()
  const ask = (id: ObjectId, service: Service): void => {
    if (service.served !== 'yes' || seen.has(keyOf(id))) return
    seen.add(keyOf(id))
    const name = `${apiVersionOf(service.kind)}/${service.kind.kind}`
    const known = asked.get(name) ?? { kind: service.kind, ids: [] }
    known.ids.push(id)
    asked.set(name, known)
  }
  if (wanted) {
    for (const object of namespacesOf(wanted)) ask(idOf(object), serviceOf(discovery, 'v1', 'Namespace'))
    for (const { id, object } of appliedObjects(wanted))
      ask(id, serviceOf(discovery, object.apiVersion, object.kind))
  }
  for (const { id, version } of inventory?.entries.values() ?? []) {
    const exact = serviceOf(discovery, apiVersionOf({ group: id.group, version }), id.kind)
    ask(id, exact.served === 'yes' ? exact : anyServiceOf(discovery, id))
  }
  return Array.from(asked.values())
}

const namespacesIn = ({ kind, ids }: Asked): string[] =>
  kind.namespaced ? Array.from(new Set(ids.map((id) => id.namespace))) : ['']

/** All members of one kind: one request for the whole cluster; namespace by namespace where that is not allowed. */
const membersOf = async (cluster: Cluster, asked: Asked, selector: string): Promise<Reply<KubeObject[]>> => {
  const { kind } = asked
  const whole = await cluster.list(kind, { selector })
  if (whole.ok || whole.refusal.status !== 403 || !kind.namespaced) return whole
  const found: KubeObject[] = []
  for (const namespace of namespacesIn(asked)) {
    const reply = await cluster.list(kind, { namespace, selector })
    if (!reply.ok) return reply
    found.push(...reply.value)
  }
  return { ok: true, value: found }
}

/** Of the objects that are no members, those that are there nevertheless: metadata tells whose they are. */
const othersOf = async (
  cluster: Cluster,
  kind: ServedKind,
  ids: ObjectId[],
): Promise<Reply<KubeObject[]>> => {
  const found: KubeObject[] = []
  for (const namespace of namespacesIn({ kind, ids })) {
    const reply = await cluster.list(kind, { namespace, metadataOnly: true })
    if (!reply.ok) return reply
    found.push(...reply.value)
  }
  const keys = new Set(ids.map(keyOf))
  return { ok: true, value: found.filter((object) => keys.has(keyOf(idOf(object)))) }
}

/**
 * Reads what is on the cluster of all that the bundle wants and the inventory knows: a list by label for each kind, and a list of
 * metadata where an object was not among the members. Nothing is written.
 */
export const readLive = async (
  cluster: Cluster,
  set: string,
  wanted: Wanted | undefined,
  discovery: Discovery,
  inventory: Live['inventory'],
): Promise<Outcome<Live>> => {
  const setId = setIdOf(set)
  const selector = `${labels.partOf}=${setId}`
  const members = new Map<string, KubeObject>()
  const others = new Map<string, KubeObject>()
  const read = async (asked: Asked): Promise<Outcome<void>> => {
    const reply = await membersOf(cluster, asked, selector)
    if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
    // Another version of the same kind may be asked for, too: each object is kept in the version that it was asked for in.
    const keys = new Set(asked.ids.map(keyOf))
    for (const object of reply.value)
      if (keys.has(keyOf(idOf(object)))) members.set(keyOf(idOf(object)), object)
    const missing = asked.ids.filter((id) => !members.has(keyOf(id)))
    const rest = missing.length === 0 ? undefined : await othersOf(cluster, asked.kind, missing)
    if (rest?.ok === false) return bad([problemOfRefusal(rest.refusal)])
    for (const object of rest?.value ?? [])
      if (partOf(object) !== setId) others.set(keyOf(idOf(object)), object)
    return good(undefined)
  }
  const outcomes = all(await Promise.all(askedFor(wanted, inventory?.content, discovery).map(read)))
  return outcomes.ok ? good({ discovery, members, others, inventory }) : outcomes
}
