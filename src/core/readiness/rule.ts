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
  /** In words, for the documentation. */
  readyWhen: string
  failedWhen?: string
  leftAloneWhen?: string
  /** Whether its controller was told to leave it alone, so that its status says nothing and nobody waits for it. */
  isLeftAlone?: (object: KubeObject) => boolean
  /** Its controller writes `observedGeneration` when it is done with a change, not when it sees it: until then its words count. */
  writesGenerationLast?: true
  judge: (object: KubeObject) => Readiness
}

export const ready: Readiness = { state: 'ready' }

export const notSeen = 'its controller has not seen it yet'
export const changeNotSeen = 'its controller has not seen the last change'

/** What others say may be of any length; a sentence is not. */
const longestWords = 500
const longestWhy = 2000

/** The beginning of a text of somebody else's. */
export const shortened = (text: string, longest = longestWords): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text

export const waiting = (why: string): Readiness => ({ state: 'waiting', why: shortened(why, longestWhy) })
export const failed = (why: string): Readiness => ({ state: 'failed', why: shortened(why, longestWhy) })

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
  /** RFC 3339, in seconds, by the clock of the controller; Deployments have it. */
  lastUpdateTime?: string
}

/** The conditions of an object's status, in its order. */
export const conditionsOf = (object: KubeObject): Condition[] => {
  const list = mapAt(object, 'status')['conditions']
  return (Array.isArray(list) ? list : []).filter(isObject).map((one) => ({
    type: textAt(one, 'type'),
    status: textAt(one, 'status'),
    reason: textAt(one, 'reason'),
    message: textAt(one, 'message'),
    ...(typeof one['observedGeneration'] === 'number' && { observedGeneration: one['observedGeneration'] }),
    ...(typeof one['lastUpdateTime'] === 'string' && { lastUpdateTime: one['lastUpdateTime'] }),
  }))
}

export const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  conditionsOf(object).find((one) => one.type === type)

/** `Ready is False: DoesNotExist: the secret is missing`. */
export const wordsOf = ({ type, status, reason, message }: Condition): string =>
  [`${type} is ${status || 'not set'}`, reason, message]
    .filter((part) => part !== '')
    .map((part) => shortened(part.trim()))
    .join(': ')

/** Whether a condition speaks of an earlier spec than the object has now. */
export const isOutdated = (object: KubeObject, { observedGeneration }: Condition): boolean =>
  observedGeneration !== undefined && observedGeneration < numberAt(object.metadata, 'generation', 0)
