import { gzipSync } from 'node:zlib'
import { inventoryNamespace, labels, parentAnnotations, parentName, setIdOf } from './applyset.ts'
import { sha256 } from './digest.ts'
import { entriesText, journalOf, shardName } from './inventory-journal.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'
import type { KubeObject } from './object.ts'
import { shortDigest } from './short-digest.ts'

/** etcd takes 1.5 MiB a request and a Secret 1 MiB; this is in base64, which adds a third. */
export const largestJournal = 700 * 1024

/** What marks a Secret that holds a part of a set's inventory. */
export const shardLabel = 'scout.airgap/part-of-inventory'

/** An inventory as Secrets: the parent, and those that hold its entries where they are too many for one. */
export interface InventorySecrets {
  parent: KubeObject
  shards: KubeObject[]
}

/** Which entries lie together, by key; [] where all are in the parent. */
export type Layout = string[][]

const packed = (text: string): string => gzipSync(text, { level: 9 }).toString('base64')

/** Entries as large as these will be once all is known: what is not known yet packs well, and what will take its place does not. */
const whenKnown = (entries: Map<string, InventoryEntry>): Map<string, InventoryEntry> =>
  new Map(
    Array.from(entries, ([key, entry]) => [
      key,
      {
        ...entry,
        uid: entry.uid || `${shortDigest(`uid ${key}`)}-${shortDigest(key).slice(0, 13)}`,
        wanted: entry.wanted || shortDigest(`wanted ${key}`),
        owned: entry.owned || shortDigest(`owned ${key}`),
      },
    ]),
  )

/**
 * How the entries of an inventory are laid out so that no Secret ever grows beyond `largest` (in base64), also once all that is not known yet is
 * known. Entries of one release lie together, so that a release which comes up changes few Secrets.
 */
export const layoutOf = (inventory: Inventory, largest: number): Layout => {
  const entries = whenKnown(inventory.entries)
  const size = packed(journalOf({ ...inventory, entries })).length
  if (size <= largest) return []
  const sortKey = (key: string): string => `${entries.get(key)?.release ?? ''}\n${key}`
  const keys = Array.from(entries.keys()).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  const sizeOf = (part: string[]): number =>
    packed(entriesText(new Map(part.map((key) => [key, entries.get(key) as InventoryEntry])))).length
  for (let count = Math.ceil(size / largest); ; count++) {
    const each = Math.ceil(keys.length / count)
    const parts = Array.from({ length: count }, (_, at) => keys.slice(at * each, (at + 1) * each)).filter(
      (part) => part.length > 0,
    )
    if (each === 1 || parts.every((part) => sizeOf(part) <= largest)) return parts
  }
}

const shardOf = (
  set: string,
  entries: Map<string, InventoryEntry>,
): { digest: string; secret: KubeObject } => {
  const text = entriesText(entries)
  const digest = sha256(text)
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: shardName(set, digest),
      namespace: inventoryNamespace,
      labels: { [shardLabel]: setIdOf(set) },
    },
    type: 'scout.airgap/inventory-part',
    immutable: true,
    data: { entries: packed(text) },
  }
  return { digest, secret }
}

/** The Secrets that hold an inventory in this layout; `resourceVersion` is that of the live parent, or undefined for a new one. */
export const secretsOf = (
  inventory: Inventory,
  layout: Layout,
  set: string,
  tooling: string,
  resourceVersion: string | undefined,
): InventorySecrets => {
  const partOf = new Map(layout.flatMap((keys, at) => keys.map((key) => [key, at] as const)))
  const parts = layout.map(() => new Map<string, InventoryEntry>())
  for (const [key, entry] of inventory.entries) parts[partOf.get(key) ?? parts.length - 1]?.set(key, entry)
  const shards = parts.filter((part) => part.size > 0).map((part) => shardOf(set, part))
  const members = Array.from(inventory.entries.values(), (one) => one.id)
  const journal = journalOf(
    inventory,
    shards.map(({ digest }) => digest),
  )
  return {
    parent: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: parentName(set),
        namespace: inventoryNamespace,
        labels: { [labels.id]: setIdOf(set) },
        annotations: parentAnnotations(members, tooling),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
      type: 'scout.airgap/inventory',
      data: { journal: packed(journal) },
    },
    shards: shards.map(({ secret }) => secret),
  }
}
