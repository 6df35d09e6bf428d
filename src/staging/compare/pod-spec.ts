import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'

/** Where workloads keep the spec of their pods, the deepest first. */
const ways = [['spec', 'jobTemplate', 'spec', 'template', 'spec'], ['spec', 'template', 'spec'], ['spec']]

const at = (value: Json | undefined, way: string[]): Json | undefined =>
  way.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

/** The pod spec of a Pod, a CronJob or any kind with a pod template; undefined where an object has none. */
export const podSpecOf = (object: JsonObject | undefined): JsonObject | undefined =>
  ways
    .map((way) => at(object, way))
    .find((spec): spec is JsonObject => isObject(spec) && Array.isArray(spec['containers']))

/** All containers of a pod spec, init containers first. */
export const containersOf = (spec: JsonObject): JsonObject[] =>
  [spec['initContainers'], spec['containers'], spec['ephemeralContainers']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  )
