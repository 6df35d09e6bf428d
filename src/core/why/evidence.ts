import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { uidOf } from '../live.ts'
import type { KubeObject, ObjectId } from '../object.ts'
import { mapAt, numberAt, textAt } from '../readiness/rule.ts'

/** A core/v1 Event, as far as it tells. */
export interface Happened {
  /** The UID of what it is about. */
  about: string
  warning: boolean
  reason: string
  message: string
  /** How often. */
  count: number
  /** When last, as the server writes times; '' where it does not say. */
  last: string
}

/** What was read of a workload that is not ready, and of all below it. */
export interface Evidence {
  workload: KubeObject
  /** What stands between it and its Pods: ReplicaSets, Jobs. */
  between: KubeObject[]
  pods: KubeObject[]
  /** About any of them; the oldest first. */
  events: Happened[]
}

/** One cause, in words. */
export interface Reason {
  /** The name of the rule that found it: `image`, `crash`. */
  rule: string
  object: ObjectId
  words: string
  /** A container whose log tells more: of its last run (`previous`) or of the one that is or was there. */
  log?: { container: string; previous: boolean }
  /** What the container left as its last words; they may hold whatever a log may. */
  lastWords?: string
}

export type Found = Pick<Reason, 'words' | 'log' | 'lastWords'>

/** Looks at one Pod (or, where `looksAt` says so, at the workload and what is between), and at its events. */
export interface WhyRule {
  name: string
  looksAt: 'pod' | 'owner'
  find: (object: KubeObject, events: Happened[]) => Found | undefined
}

const first = (...texts: string[]): string => texts.find((one) => one !== '') ?? ''

/** An Event of core/v1. Times stand in one of four fields, by who wrote it (client-go `tools/record`, `tools/events`). */
export const happenedOf = (event: KubeObject): Happened => {
  const series = mapAt(event, 'series')
  return {
    about: textAt(mapAt(event, 'involvedObject'), 'uid'),
    warning: event['type'] === 'Warning',
    reason: textAt(event, 'reason'),
    message: textAt(event, 'message'),
    count: Math.max(numberAt(event, 'count', 1), numberAt(series, 'count', 1)),
    last: first(
      textAt(series, 'lastObservedTime'),
      textAt(event, 'lastTimestamp'),
      textAt(event, 'eventTime'),
      textAt(mapAt(event, 'metadata'), 'creationTimestamp'),
    ),
  }
}

/** The events about an object, of those that are given. */
export const about = (object: KubeObject, events: Happened[]): Happened[] => {
  const uid = uidOf(object)
  return events.filter((one) => uid !== '' && one.about === uid)
}

const listAt = (map: JsonObject, name: string): JsonObject[] => {
  const list = map[name]
  return Array.isArray(list) ? list.filter(isObject) : []
}

/** A container of a Pod with its status. */
export interface Container {
  name: string
  /** Runs before the others do. */
  init: boolean
  /** As the Pod asks for it; what the status says is what the runtime made of it. */
  image: string
  status: JsonObject
}

/** The containers of a Pod, in the order in which they start; one without a status has not been looked at by its node yet. */
export const containersOf = (pod: KubeObject): Container[] =>
  (
    [
      ['initContainers', 'initContainerStatuses', true],
      ['containers', 'containerStatuses', false],
    ] as const
  ).flatMap(([inSpec, inStatus, init]) => {
    const statuses = listAt(mapAt(pod, 'status'), inStatus)
    return listAt(mapAt(pod, 'spec'), inSpec).map((container) => {
      const name = textAt(container, 'name')
      const status = statuses.find((one) => one['name'] === name) ?? {}
      return { name, init, image: textAt(container, 'image') || textAt(status, 'image'), status }
    })
  })

/** `container app`, `init container migrate`. */
export const containerWords = ({ name, init }: Container): string =>
  `${init ? 'init container' : 'container'} ${name}`

/** Why a container waits, in the kubelet's words; '' for both where it does not. */
export const waitingOf = ({ status }: Container): { reason: string; message: string } => {
  const waiting = mapAt(status, 'state', 'waiting')
  return { reason: textAt(waiting, 'reason'), message: textAt(waiting, 'message') }
}

/** Whether a value is a map with something in it. */
export const isThere = (value: Json | undefined): boolean => isObject(value) && Object.keys(value).length > 0

const longest = 300

/** Somebody else's words on one line, cut where they are long, without a full stop at the end. */
export const brief = (text: string, most = longest): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length <= most ? line : `${line.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** `2030-01-01T12:00:00Z Unhealthy (12 times): Readiness probe failed: …` */
export const eventInWords = ({ reason, message, count, last }: Omit<Happened, 'about' | 'warning'>): string =>
  `${last.replace(/\.\d+Z$/, 'Z')} ${reason}${count > 1 ? ` (${count} times)` : ''}: ${brief(message)}`.trimStart()
