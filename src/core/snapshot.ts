import type { SnapshotFile } from './declared.generated.ts'
import { printJson, sortKeys } from './json.ts'
import type { Json } from './json.ts'
import type { KubeObject } from './object.ts'
import type { Discovered } from './stand-in/knowledge.ts'
import { kindsOf } from './target.ts'
import type { DescribedTarget } from './target.ts'

/** The format of snapshots that this program writes and reads. */
export const snapshotFormat = 1

/** What is known of one cluster, by its snapshot. */
export interface Snapshot {
  /** The file's path from the site's root. */
  file: string
  cluster: string
  clusterId: string
  discovered: Discovered
  objects: KubeObject[]
}

const lines = (items: readonly unknown[]): string =>
  items.length === 0 ? '[]' : `[\n${items.map((item) => printJson(sortKeys(item as Json))).join(',\n')}\n]`

/**
 * A snapshot as JSON: one group, resource or object a line, so that it is compact and a diff still shows which of them changed. One text
 * for one content; the lists are written in the order in which they come.
 */
export const printSnapshot = (snapshot: SnapshotFile): string => {
  const { discovery, objects, ...head } = snapshot
  const { format, cluster, clusterId, kubernetes } = head
  const sections = [
    ...Object.entries({ format, cluster, clusterId, kubernetes }).map(
      ([key, value]) => [key, printJson(value)] as const,
    ),
    [
      'discovery',
      `{\n"groups": ${lines(discovery.groups)},\n"resources": ${lines(discovery.resources)}\n}`,
    ] as const,
    ['objects', lines(objects)] as const,
  ]
  return `{\n${sections.map(([key, text]) => `"${key}": ${text}`).join(',\n')}\n}\n`
}

/**
 * The target as the cluster itself is, where a snapshot of it is at hand: its version, its kinds and its objects. How built-in kinds look
 * is what the tables of their Kubernetes version say, and custom ones what the snapshot's CRDs say.
 */
export const targetOf = (snapshot: Snapshot | undefined, builtIn: DescribedTarget): DescribedTarget => {
  if (snapshot === undefined) return builtIn
  const { file, discovered, objects } = snapshot
  return {
    ...builtIn,
    kubernetes: discovered.kubernetes.replace(/^v/, ''),
    kinds: kindsOf(discovered),
    discovered,
    objects,
    snapshot: file,
  }
}
