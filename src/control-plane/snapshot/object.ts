import { isObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'

/** What the server writes, and what changes without anybody changing the object. */
const ofTheServer = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]

/** It repeats the object, and whatever was in it before. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

const without = (map: JsonObject, keys: string[]): JsonObject =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))

/** An object as it is kept in a snapshot: what somebody wants of it, without status and without what the server keeps to itself. */
export const kept = (object: KubeObject): KubeObject => {
  const { annotations, ...metadata } = without(object.metadata, ofTheServer)
  const others = isObject(annotations) ? without(annotations, [lastApplied]) : {}
  return {
    ...without(object, ['status']),
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...metadata,
      name: object.metadata.name,
      ...(Object.keys(others).length > 0 && { annotations: others as { [key: string]: string } }),
    },
  }
}

/** A namespace by its name and labels: what a chart may ask about it. Annotations may say who people are. */
export const namespaceOf = ({ apiVersion, kind, metadata: { name, labels } }: KubeObject): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(labels !== undefined && { labels }) },
})
