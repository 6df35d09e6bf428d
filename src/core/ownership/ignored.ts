import { isObject, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { groupKindOf } from '../object.ts'
import type { KubeObject, ObjectId } from '../object.ts'
import { keysOfPointer } from '../pointer.ts'
import { policyOf } from '../policy.ts'
import type { Policy } from '../policy.ts'
import type { Wanted } from '../wanted.ts'

/** The JSON pointers (`*` for any one step) of what a policy leaves to others in an object. */
export const ignoredIn = ({ ignore }: Pick<Policy, 'ignore'>, id: ObjectId): string[] =>
  ignore
    .filter(({ kind }) => kind === '*' || kind === groupKindOf(id))
    .filter(({ name }) => name === undefined || name === id.name)
    .flatMap(({ fields }) => fields)

const isNamed = (name: string, at: string | number): boolean => name === '*' || name === String(at)

const without = (value: Json, [name, ...rest]: string[]): Json => {
  if (name === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return rest.length === 0
      ? value.filter((_, index) => !isNamed(name, index))
      : value.map((item, index) => (isNamed(name, index) ? without(item, rest) : item))
  const left: JsonObject = {}
  for (const [key, below] of Object.entries(value))
    if (!isNamed(name, key)) setField(left, key, below)
    else if (rest.length > 0) setField(left, key, without(below, rest))
  return left
}

/** Labels and annotations of which nothing is left are not owned as empty maps. */
const withoutBlanks = (object: KubeObject): KubeObject => {
  const blank = (['labels', 'annotations'] as const).filter((map) => {
    const entries = object.metadata[map]
    return isObject(entries) && Object.keys(entries).length === 0
  })
  if (blank.length === 0) return object
  const metadata = { ...object.metadata }
  for (const map of blank) delete metadata[map]
  return { ...object, metadata }
}

/**
 * What a bundle wants, without what its policies leave to others: those fields are then neither sent nor compared, and a policy that comes or goes
 * changes what is wanted.
 */
export const withoutIgnored = <W extends Wanted>(wanted: W): W => ({
  ...wanted,
  releases: wanted.releases.map((release) => {
    const policy = policyOf(release)
    if (policy.ignore.length === 0) return release
    return {
      ...release,
      objects: release.objects.map((one) => {
        const pointers = ignoredIn(policy, one.id)
        if (pointers.length === 0) return one
        const left = pointers.reduce<Json>(
          (value, pointer) => without(value, keysOfPointer(pointer)),
          one.object,
        )
        return { ...one, object: withoutBlanks(left as KubeObject) }
      }),
    }
  }),
})

/** The value at a way through maps; undefined where there is none. */
const valueAt = (value: Json | undefined, [name, ...rest]: string[]): Json | undefined => {
  if (name === undefined) return value
  return isObject(value) && Object.hasOwn(value, name) ? valueAt(value[name], rest) : undefined
}

/** A copy with a value at a way through maps, those on the way made where they are missing; as it is where something else is in the way. */
const withValue = (object: JsonObject, [name = '', ...rest]: string[], value: Json): JsonObject => {
  const copy: JsonObject = { ...object }
  const below = Object.hasOwn(copy, name) ? copy[name] : {}
  if (rest.length > 0 && !isObject(below)) return object
  setField(copy, name, rest.length === 0 ? value : withValue(below as JsonObject, rest, value))
  return copy
}

/**
 * An object that is made anew, with the values that the one before it had where we set none (`pointers`): an autoscaled workload starts with as
 * many Pods as it had. What lies in lists is not carried over.
 */
export const carriedOver = (next: KubeObject, before: KubeObject, pointers: string[]): KubeObject =>
  pointers.map(keysOfPointer).reduce<JsonObject>((object, way) => {
    const value = valueAt(before, way)
    return value === undefined || valueAt(object, way) !== undefined ? object : withValue(object, way, value)
  }, next) as KubeObject

/**
 * What we don't set (any more) and whose value stays: what a policy leaves to others, and the replica count of an object that says none. Without
 * it server-side apply would set it back to its default, one Pod, before the autoscaler has written its own.
 */
export const givenUpIn = (object: KubeObject, policy: Pick<Policy, 'ignore'>, id: ObjectId): string[] => {
  const { spec } = object
  const saysReplicas = isObject(spec) && Object.hasOwn(spec, 'replicas')
  return [...ignoredIn(policy, id), ...(saysReplicas ? [] : ['/spec/replicas'])]
}
