import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { serviceOf } from '../../core/discovery.ts'
import { journalOf, parentId, secretOf } from '../../core/inventory.ts'
import type { Inventory, InventoryEntry } from '../../core/inventory.ts'
import { printJson } from '../../core/json.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'

/** The inventory while a run goes on: changed in memory, written where a step ends. */
export interface Journal {
  readonly content: Inventory
  /** Refused where somebody has written since the inventory was read: the plan was made for what is no more. */
  confirm(): Promise<Outcome<void>>
  /** Writes what has changed since the last write; nothing where nothing has. Each write is conditional on the one before. */
  save(): Promise<Outcome<void>>
}

/** The address of the inventory Secret. */
const addressOf = (discovery: Discovery, id: ObjectId): Address => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  return { kind: service.kind, namespace: id.namespace, name: id.name }
}

/**
 * Takes up the inventory of a set for writing. `found` is what was read when the plan was made: if somebody has written since,
 * the first save is refused.
 */
export const openJournal = (
  cluster: Cluster,
  discovery: Discovery,
  set: { name: string; manager: string; tooling: string },
  found: Live['inventory'],
  content: Inventory,
): Journal => {
  const id = parentId(set.name)
  const address = addressOf(discovery, id)
  let resourceVersion = found?.resourceVersion
  let written = found ? journalOf(found.content) : ''
  let turn: Promise<unknown> = Promise.resolve()

  const moved = (): Outcome<never> =>
    bad([
      problem({
        code: 'apply/inventory-moved',
        fault: 'world',
        what: `Somebody else has written the inventory of ${set.name} since it was read.`,
        where: [{ in: 'object', object: id }],
        fix: 'See that nobody else applies this set, and run it again.',
      }),
    ])

  /** Whether a refused write is ours all the same: its first answer was lost on the way, and it was sent again. */
  const isWritten = async (secret: KubeObject): Promise<Outcome<boolean>> => {
    const live = await cluster.get(address)
    if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
    if (live.value === undefined || printJson(live.value['data']) !== printJson(secret['data']))
      return good(false)
    resourceVersion = resourceVersionOf(live.value)
    return good(true)
  }

  const write = async (): Promise<Outcome<void>> => {
    const text = journalOf(content)
    if (text === written) return good(undefined)
    const secret = secretOf(content, set.name, set.tooling, resourceVersion)
    if (!secret.ok) return secret
    const options = { fieldManager: set.manager }
    const reply =
      resourceVersion === undefined
        ? await cluster.create(address, secret.value, options)
        : await cluster.update(address, secret.value, options)
    if (reply.ok) {
      written = text
      resourceVersion = resourceVersionOf(reply.value)
      return good(undefined)
    }
    if (reply.refusal.status !== 409) return bad([problemOfRefusal(reply.refusal, id)])
    const ours = await isWritten(secret.value)
    if (!ours.ok) return ours
    if (!ours.value) return moved()
    written = text
    return good(undefined)
  }
  return {
    content,
    confirm: async () => {
      const live = await cluster.get(address)
      if (!live.ok) return bad([problemOfRefusal(live.refusal, id)])
      const now = live.value && resourceVersionOf(live.value)
      return now === resourceVersion ? good(undefined) : moved()
    },
    // Releases of a wave end at the same time; their writes go one after the other.
    save: async () => {
      const mine = turn.then(write)
      turn = mine.catch(() => undefined)
      return await mine
    },
  }
}

/** Notes what is now known of an object. */
export const note = (journal: Journal, id: ObjectId, known: Partial<InventoryEntry>): void => {
  const key = keyOf(id)
  const before = journal.content.entries.get(key)
  if (before) journal.content.entries.set(key, { ...before, ...known })
}
