import { inventoryNamespace } from './applyset.ts'
import type { KubeObject } from './object.ts'
import { appliedObjects } from './wanted.ts'
import type { Wanted } from './wanted.ts'

/** Namespaces that are Kubernetes' own or ours: a set may put labels on them and never owns them. */
const reserved = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', inventoryNamespace])

export const isReserved = (namespace: string): boolean => reserved.has(namespace)

export const isNamespace = ({ group, kind }: { group: string; kind: string }): boolean =>
  group === '' && kind === 'Namespace'

/** An empty map of labels is owned as a whole by who applies it, and two sets in one Namespace would quarrel over nothing. */
const withoutBlanks = (metadata: KubeObject['metadata']): KubeObject['metadata'] => {
  const { labels = {}, annotations = {}, ...rest } = metadata
  const filled = { ...rest } as KubeObject['metadata']
  if (Object.keys(labels).length > 0) filled.labels = labels
  if (Object.keys(annotations).length > 0) filled.annotations = annotations
  return filled
}

/**
 * The Namespaces of a set, sorted by name: those that the site declares, those that releases live in, and those that releases
 * declare as objects. One Namespace is one object: where both speak of it, the release's labels win over the site's.
 * (Two applies of one manager would each take back what the other one said.)
 */
export const namespacesOf = ({ manifest, releases }: Pick<Wanted, 'manifest' | 'releases'>): KubeObject[] => {
  const declared = new Map(
    appliedObjects({ releases })
      .filter((one) => isNamespace(one.id))
      .map(({ id, object }) => [id.name, object]),
  )
  const names = new Set([
    ...Object.keys(manifest.namespaces),
    ...manifest.releases.map((one) => one.namespace),
    ...declared.keys(),
  ])
  return Array.from(names)
    .sort()
    .map((name) => {
      const site = Object.hasOwn(manifest.namespaces, name) ? manifest.namespaces[name] : undefined
      const object: KubeObject = declared.get(name) ?? {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      }
      const labels = { ...site?.labels, ...object.metadata.labels }
      const annotations = { ...site?.annotations, ...object.metadata.annotations }
      const metadata = { ...object.metadata, labels, annotations }
      return { ...object, metadata: withoutBlanks(metadata) }
    })
}
