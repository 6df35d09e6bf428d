import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { groupKindOf, idOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Path } from '../../core/pointer.ts'

const template: Path = ['spec', 'template']
const templates: { [groupKind: string]: Path } = {
  'Deployment.apps': template,
  'StatefulSet.apps': template,
  'DaemonSet.apps': template,
  'ReplicaSet.apps': template,
  'Job.batch': template,
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
  PodTemplate: ['template'],
  Pod: [],
}

export interface Found {
  value: JsonObject
  at: Path
}

/** What lies at a path, if it is a map. */
export const mapAt = (value: Json | undefined, path: Path): JsonObject | undefined => {
  const found = path.reduce<Json | undefined>(
    (below, step) => (isObject(below) && Object.hasOwn(below, step) ? below[step] : undefined),
    value,
  )
  return isObject(found) ? found : undefined
}

/** The Pod that a built-in kind makes: its `metadata` and `spec`, and where they lie. Undefined for the other kinds. */
export const podTemplateOf = (object: KubeObject): Found | undefined => {
  const kind = groupKindOf(idOf(object))
  const at = Object.hasOwn(templates, kind) ? templates[kind] : undefined
  const value = at && mapAt(object, at)
  return at && value ? { value, at } : undefined
}

/** The maps in a list field of a map, each with its path. */
export const itemsOf = ({ value, at }: Found, list: string): Found[] => {
  const items = value[list]
  return Array.isArray(items)
    ? items.flatMap((item, index) => (isObject(item) ? [{ value: item, at: [...at, list, index] }] : []))
    : []
}

/** The spec of the Pod that a built-in kind makes. */
export const podSpecOf = (object: KubeObject): Found | undefined => {
  const pod = podTemplateOf(object)
  const value = pod && mapAt(pod.value, ['spec'])
  return pod && value ? { value, at: [...pod.at, 'spec'] } : undefined
}

/** All containers of a Pod's spec, also those that run first. */
export const containersOf = (spec: Found): Found[] => [
  ...itemsOf(spec, 'initContainers'),
  ...itemsOf(spec, 'containers'),
]
