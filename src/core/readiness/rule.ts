import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'

/** Whether an object does what it is there for. `why` names the condition or the count that is missing. */
export type Readiness =
  | { state: 'ready' }
  | { state: 'waiting'; why: string }
  | { state: 'failed'; why: string }

/** How kinds are judged; `kinds` are `Kind.group`, the core group's without the dot. */
export interface ReadinessRule {
  kinds: string[]
  judge: (object: KubeObject) => Readiness
}

export const ready: Readiness = { state: 'ready' }
export const waiting = (why: string): Readiness => ({ state: 'waiting', why })
export const failed = (why: string): Readiness => ({ state: 'failed', why })

const empty: JsonObject = {}

/** The map at a path of field names; an empty one where there is none. */
export const mapAt = (object: JsonObject, ...path: string[]): JsonObject => {
  let at: Json | undefined = object
  for (const name of path) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return isObject(at) ? at : empty
}

/** The number at a field, or `otherwise`. */
export const numberAt = (map: JsonObject, name: string, otherwise: number): number => {
  const value = map[name]
  return typeof value === 'number' ? value : otherwise
}

export const textAt = (map: JsonObject, name: string): string => {
  const value = map[name]
  return typeof value === 'string' ? value : ''
}

export interface Condition {
  type: string
  status: string
  reason: string
  message: string
  /** Of the spec that it speaks about; undefined where it does not say. */
  observedGeneration?: number
}

/** The conditions of an object's status, in its order. */
const conditionsOf = (object: KubeObject): Condition[] => {
  const list = mapAt(object, 'status')['conditions']
  return (Array.isArray(list) ? list : []).filter(isObject).map((one) => ({
    type: textAt(one, 'type'),
    status: textAt(one, 'status'),
    reason: textAt(one, 'reason'),
    message: textAt(one, 'message'),
    ...(typeof one['observedGeneration'] === 'number' && { observedGeneration: one['observedGeneration'] }),
  }))
}

export const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  conditionsOf(object).find((one) => one.type === type)

/** `Ready is False: DoesNotExist: the secret is missing`. */
export const wordsOf = ({ type, status, reason, message }: Condition): string =>
  [`${type} is ${status}`, reason, message].filter((part) => part !== '').join(': ')
