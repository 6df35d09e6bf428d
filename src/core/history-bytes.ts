import { fieldManagerOf, inventoryNamespace, setIdOf } from './applyset.ts'
import { sha256 } from './digest.ts'
import { bytesType, historyLabel } from './history.ts'
import { uidOf } from './live.ts'
import { annotationOf, labelOf } from './metadata.ts'
import type { KubeObject } from './object.ts'
import { isWrittenBy } from './owned-fields.ts'

/** What one Secret takes of a bundle: a Secret holds at most 1 MiB. */
const chunkSize = 900 * 1024

const annotations = {
  /** Digest of bundle.json. */
  bundle: 'scout.airgap/bundle',
  /** Digest of the whole file. */
  file: 'scout.airgap/file',
  size: 'scout.airgap/size',
  /** How many Secrets the file is in. */
  chunks: 'scout.airgap/chunks',
} as const

const nameOf = (set: string, revision: number, number: number): string =>
  `scout.history.${set}.r${revision}.${number}`

/** The Secrets that hold a bundle's file, byte for byte, under the revision that has brought it. They cannot be changed, only deleted. */
export const chunksOf = (set: string, revision: number, bundle: string, bytes: Uint8Array): KubeObject[] => {
  const total = Math.ceil(bytes.length / chunkSize)
  const file = sha256(bytes)
  return Array.from({ length: total }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: nameOf(set, revision, at + 1),
      namespace: inventoryNamespace,
      labels: { [historyLabel]: setIdOf(set) },
      annotations: {
        [annotations.bundle]: bundle,
        [annotations.file]: file,
        [annotations.size]: String(bytes.length),
        [annotations.chunks]: String(total),
      },
    },
    type: bytesType,
    immutable: true,
    data: {
      chunk: Buffer.from(bytes.subarray(at * chunkSize, (at + 1) * chunkSize)).toString('base64'),
    },
  }))
}

/** A bundle's file as the cluster keeps it, or what is there of it. */
export interface StoredBundle {
  /** The revision that has brought it. */
  revision: number
  /** Digest of bundle.json, as whoever stored it says. */
  bundle: string
  file: string
  size: number
  /** How many Secrets it needs. */
  total: number
  /** By number, from 1. `ours`: the server's record says that we wrote it. */
  chunks: Map<number, { name: string; uid: string; ours: boolean }>
}

/** A file that takes more Secrets than this is none of ours. */
const mostChunks = 10_000
const wholeNumber = (value: string): number => (/^\d{1,12}$/.test(value) ? Number(value) : 0)

/** The stored bundles of a set, from the metadata of the Secrets that bear its label; what is not named as ours is left out. Oldest first. */
export const storedIn = (secrets: KubeObject[], set: string): StoredBundle[] => {
  const found = new Map<number, StoredBundle>()
  for (const secret of secrets) {
    const prefix = `scout.history.${set}.r`
    const { name } = secret.metadata
    const [, revision, number] = /^(\d{1,9})\.(\d{1,6})$/.exec(name.slice(prefix.length)) ?? []
    const isOurs = name.startsWith(prefix) && labelOf(secret, historyLabel) === setIdOf(set)
    if (!isOurs || revision === undefined || number === undefined) continue
    const read = (annotation: string): string => annotationOf(secret, annotation) ?? ''
    const file = read(annotations.file)
    const stored = found.get(Number(revision)) ?? {
      revision: Number(revision),
      bundle: read(annotations.bundle),
      file,
      size: wholeNumber(read(annotations.size)),
      total: Math.min(wholeNumber(read(annotations.chunks)), mostChunks),
      chunks: new Map(),
    }
    const ours = isWrittenBy(secret, fieldManagerOf(set))
    stored.chunks.set(Number(number), { name, uid: uidOf(secret), ours })
    found.set(Number(revision), stored)
  }
  return Array.from(found.values()).sort((a, b) => a.revision - b.revision)
}

/** The numbers of the Secrets that are missing. */
export const missingOf = ({ total, chunks }: StoredBundle): number[] =>
  Array.from({ length: total }, (_, at) => at + 1).filter((number) => !chunks.has(number))

export const isWhole = (stored: StoredBundle): boolean => stored.total > 0 && missingOf(stored).length === 0
