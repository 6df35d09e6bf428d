import { createHash } from 'node:crypto'
import { labelOf } from './metadata.ts'
import { groupKindOf } from './object.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { withoutStringData } from './string-data.ts'

/**
 * How a set marks what is its own, compatible with kubectl's ApplySets (kubectl `pkg/cmd/apply/applyset.go`), so that
 * `kubectl get -l applyset.kubernetes.io/part-of=ID` shows it.
 */
export const labels = { id: 'applyset.kubernetes.io/id', partOf: 'applyset.kubernetes.io/part-of' } as const
export const annotations = {
  tooling: 'applyset.kubernetes.io/tooling',
  groupKinds: 'applyset.kubernetes.io/contains-group-kinds',
  namespaces: 'applyset.kubernetes.io/additional-namespaces',
} as const

/** Where inventories and locks live. */
export const inventoryNamespace = 'scout-system'

/** The name of a set's inventory Secret and of its Lease. */
export const parentName = (set: string): string => `scout-${set}`

/** The API server takes field managers of at most 128 characters. */
export const fieldManagerOf = (set: string): string => `scout-apply:${set}`.slice(0, 128)

/** `applyset-…-v1`, made of the parent's name, namespace, kind and group. */
export const setIdOf = (set: string): string => {
  const parent = [parentName(set), inventoryNamespace, 'Secret', ''].join('.')
  return `applyset-${createHash('sha256').update(parent).digest('base64url')}-v1`
}

export const partOf = (object: KubeObject): string | undefined => labelOf(object, labels.partOf)

/** The object as it is sent: with the label that makes it a member, and a Secret with what is stored of it. */
export const asMember = (object: KubeObject, setId: string): KubeObject => ({
  ...withoutStringData(object),
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, [labels.partOf]: setId } },
})

/** What the parent says of its members: their kinds, and their namespaces besides its own. */
export const parentAnnotations = (members: ObjectId[], tooling: string): { [key: string]: string } => {
  const sorted = (values: string[]): string => Array.from(new Set(values)).sort().join(',')
  const namespaces = members
    .map((one) => one.namespace)
    .filter((one) => one !== '' && one !== inventoryNamespace)
  return {
    [annotations.tooling]: tooling,
    [annotations.groupKinds]: sorted(members.map(groupKindOf)),
    [annotations.namespaces]: sorted(namespaces),
  }
}
