import { setIdOf } from '../../core/applyset.ts'
import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { serviceOf } from '../../core/discovery.ts'
import { parentId } from '../../core/inventory.ts'
import { isShard, journalOf } from '../../core/inventory-journal.ts'
import { layoutOf, secretsOf, shardLabel } from '../../core/inventory-secrets.ts'
import type { Layout } from '../../core/inventory-secrets.ts'
import type { Inventory, InventoryEntry } from '../../core/inventory.ts'
import { printJson } from '../../core/json.ts'
import { resourceVersionOf, uidOf } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { isWrittenBy } from '../../core/owned-fields.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
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

interface JournalSystem {
  cluster: Cluster
  discovery: Discovery
  /** Refuses once the lock is lost: nothing is written then. */
  unlessLost(): Outcome<void>
}

interface JournalOf {
  name: string
  manager: string
  tooling: string
  /** How large a Secret of it may become. */
  largest: number
  /** Whether parts may lie about that no parent names. */
  mayHaveLeftovers?: boolean
}

/** Whether an inventory was rebuilt, and nothing was applied since: a repair that was killed has not swept behind itself. */
const isRebuilt = ({ entries }: Inventory): boolean =>
  Array.from(entries.values()).every(({ wanted }) => wanted === '')

/**
 * Takes up the inventory of a set for writing. `found` is what was read when the plan was made: if somebody has written since,
 * the first save is refused, as is every save once `unlessLost` says so. Where one Secret cannot hold it, its parts are written first, under names
 * that nobody has yet; then the parent, which names them; then the parts are deleted that it names no more. Killed at any point, the parent names a
 * whole set.
 */
export const openJournal = (
  { cluster, discovery, unlessLost }: JournalSystem,
  set: JournalOf,
  found: Live['inventory'],
  content: Inventory,
): Journal => {
  const id = parentId(set.name)
  const secrets = serviceOf(discovery, 'v1', 'Secret')
  if (secrets.served !== 'yes') throw new Error('the API server serves no Secrets')
  const addressOf = (name: string): Address => ({ kind: secrets.kind, namespace: id.namespace, name })
  const address = addressOf(id.name)
  const options = { fieldManager: set.manager }
  let resourceVersion = found?.resourceVersion
  let written = found ? journalOf(found.content) : ''
  let turn: Promise<unknown> = Promise.resolve()
  let layout: Layout = []
  /** How many entries there were when they were laid out: that is done anew only where less than half of them are left. */
  let laidOut = Infinity
  let named = new Set(found?.shards)
  /** A run that was killed may have left parts that no parent names. */
  let mayHaveLeftovers =
    set.mayHaveLeftovers === true ||
    named.size > 0 ||
    (found !== undefined && (found.content.state === 'applying' || isRebuilt(found.content)))

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

  /** A part is named by what it holds: one that is there already, from a run that was killed, is the one. */
  const writeShard = async (shard: KubeObject): Promise<Outcome<void>> => {
    const { name } = shard.metadata
    if (named.has(name)) return good(undefined)
    const reply = await cluster.create(addressOf(name), shard, options)
    if (reply.ok) return good(undefined)
    if (reply.refusal.status !== 409) return bad([problemOfRefusal(reply.refusal, { ...id, name })])
    const live = await cluster.get(addressOf(name))
    if (!live.ok) return bad([problemOfRefusal(live.refusal, { ...id, name })])
    return live.value && isShard(live.value, set.name) ? good(undefined) : moved()
  }

  const writeParent = async (secret: KubeObject): Promise<Outcome<void>> => {
    const reply =
      resourceVersion === undefined
        ? await cluster.create(address, secret, options)
        : await cluster.update(address, secret, options)
    if (reply.ok) {
      resourceVersion = resourceVersionOf(reply.value)
      return good(undefined)
    }
    if (reply.refusal.status !== 409) return bad([problemOfRefusal(reply.refusal, id)])
    const ours = await isWritten(secret)
    return !ours.ok ? ours : ours.value ? good(undefined) : moved()
  }

  /** Deletes the parts that the parent does not name, of those that are called so and that the server says we wrote: a label can be copied. */
  const sweep = async (): Promise<Outcome<void>> => {
    const selector = `${shardLabel}=${setIdOf(set.name)}`
    const { namespace } = address
    const reply = await cluster.list(secrets.kind, { namespace, selector, metadataOnly: true })
    if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
    const isOurs = (one: KubeObject): boolean =>
      one.metadata.name.startsWith(`${id.name}.`) && isWrittenBy(one, set.manager)
    const old = reply.value.filter((one) => !named.has(one.metadata.name) && isOurs(one))
    const removed = await Promise.all(
      old.map(async (one) => {
        const { name } = one.metadata
        const gone = await cluster.remove(addressOf(name), { uid: uidOf(one), propagation: 'Background' })
        return gone.ok ? good(undefined) : bad([problemOfRefusal(gone.refusal, { ...id, name })])
      }),
    )
    const outcome = all(removed)
    return outcome.ok ? good(undefined) : outcome
  }

  const write = async (): Promise<Outcome<void>> => {
    const text = journalOf(content)
    if (text === written) return good(undefined)
    const ours = unlessLost()
    if (!ours.ok) return ours
    if (content.entries.size < laidOut / 2) {
      layout = layoutOf(content, set.largest)
      laidOut = content.entries.size
    }
    const { parent, shards } = secretsOf(content, layout, set.name, set.tooling, resourceVersion)
    const parts = all(await Promise.all(shards.map(writeShard)))
    if (!parts.ok) return parts
    const whole = await writeParent(parent)
    if (!whole.ok) return whole
    written = text
    const before = named
    named = new Set(shards.map((one) => one.metadata.name))
    if (!mayHaveLeftovers && before.isSubsetOf(named)) return good(undefined)
    mayHaveLeftovers = false
    return await sweep()
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
