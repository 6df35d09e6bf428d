import { gunzipSync, gzipSync } from 'node:zlib'
import { inventoryNamespace, setIdOf } from './applyset.ts'
import { numberOf, textOf } from './fields-of.ts'
import { canonicalJson, isObject, parseJson } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { labelOf } from './metadata.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { bad, good, problem } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'
import type { Origin } from './inventory.ts'
import type { Does } from './purpose.ts'

/** What became of one release in a run, and which bundle it is from since. */
export type RevisedRelease = Origin & { state: 'there' | 'not finished' | 'removed' }

/** One run that changed something, or tried to. */
export interface Revision {
  /** The generation of the inventory that it made. */
  revision: number
  did: Does
  /** Of a rollback: the revision that it went back to; left out where the bundle is from elsewhere. */
  to?: number
  /** The bundle that it brought; of a removal the one that was there. */
  bundle: string
  version: string
  sequence: number
  /** RFC 3339, when it ended, by the clock of who ran it. */
  when: string
  /** Who ran it: host, process and time. */
  by: string
  /** `cut off`: it was killed before it could say how it ended. */
  state: 'applied' | 'failed' | 'cut off'
  /** The releases that it was limited to; left out where it was for all. */
  only?: string[]
  releases: { [release: string]: RevisedRelease }
  /** What it did, in numbers. */
  changes: { created: number; changed: number; deleted: number }
  /** How many runs it took, where it was more than one. What those did that were `cutOff` (killed) is not in the numbers. */
  runs?: { all: number; cutOff: number }
  /** The hooks of its plan: `EVENT Kind namespace/name`. */
  hooks: string[]
  /** By id of the site value: how often it had been made by then. */
  siteValues: { [id: string]: number }
}

/** All that is remembered of a set's runs, oldest first. */
export interface History {
  revisions: Revision[]
}

/** Marks all Secrets of a set's history; its value is the id of the set. */
export const historyLabel = 'scout.airgap/history-of'
/** The type of the Secrets with the bytes of bundles. */
export const bytesType = 'scout.airgap/history'
const revisionsType = 'scout.airgap/revisions'
const historyFormat = 1
const largestUnpacked = 64 * 1024 * 1024

/** The id of the Secret that holds what is remembered of a set's runs. No name of a set can hold a dot. */
export const revisionsId = (set: string): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace: inventoryNamespace,
  name: `scout.revisions.${set}`,
})

const refusal = (set: string, code: Problem['code'], what: string, fix: string): Outcome<never> =>
  bad([problem({ code, fault: 'world', what, where: [{ in: 'object', object: revisionsId(set) }], fix })])

const oneOf = <T extends string>(map: JsonObject, name: string, words: readonly T[]): T => {
  const found = words.find((word) => word === map[name])
  if (found === undefined) throw new TypeError(`${name} is not one of ${words.join(', ')}`)
  return found
}
const mapIn = (map: JsonObject, name: string): JsonObject => {
  const value = map[name]
  if (!isObject(value)) throw new TypeError(`${name} is no map`)
  return value
}
const textsIn = (map: JsonObject, name: string): string[] => {
  const value = map[name]
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  return value.filter((one) => typeof one === 'string')
}
const each = <T>(map: JsonObject, read: (value: JsonObject) => T): { [name: string]: T } =>
  Object.fromEntries(Object.keys(map).map((name) => [name, read(mapIn(map, name))]))

const readOrigin = (map: JsonObject): Origin => ({
  bundle: textOf(map, 'bundle'),
  version: textOf(map, 'version'),
  sequence: numberOf(map, 'sequence'),
})

const readRevision = (value: Json): Revision => {
  if (!isObject(value)) throw new TypeError('a revision is no map')
  const changes = mapIn(value, 'changes')
  const siteValues = mapIn(value, 'siteValues')
  return {
    ...readOrigin(value),
    revision: numberOf(value, 'revision'),
    did: oneOf(value, 'did', ['apply', 'rollback', 'remove', 'correct']),
    ...(value['to'] !== undefined && { to: numberOf(value, 'to') }),
    when: textOf(value, 'when'),
    by: textOf(value, 'by'),
    state: oneOf(value, 'state', ['applied', 'failed', 'cut off']),
    ...(value['only'] !== undefined && { only: textsIn(value, 'only') }),
    releases: each(mapIn(value, 'releases'), (one) => ({
      ...readOrigin(one),
      state: oneOf(one, 'state', ['there', 'not finished', 'removed']),
    })),
    changes: {
      created: numberOf(changes, 'created'),
      changed: numberOf(changes, 'changed'),
      deleted: numberOf(changes, 'deleted'),
    },
    ...(isObject(value['runs']) && {
      runs: { all: numberOf(value['runs'], 'all'), cutOff: numberOf(value['runs'], 'cutOff') },
    }),
    hooks: textsIn(value, 'hooks'),
    siteValues: Object.fromEntries(Object.keys(siteValues).map((id) => [id, numberOf(siteValues, id)])),
  }
}

/** Reads what is remembered of a set's runs from its live Secret. Refused: a Secret that is somebody else's, and one that cannot be read. */
export const historyOf = (secret: KubeObject, set: string): Outcome<History> => {
  const name = `${inventoryNamespace}/${revisionsId(set).name}`
  if (secret['type'] !== revisionsType || labelOf(secret, historyLabel) !== setIdOf(set))
    return refusal(
      set,
      'history/foreign',
      `The Secret ${name} is not the history of ${set}: somebody else has made it.`,
      'Delete that Secret if nobody needs it; until then no run of this set is remembered.',
    )
  const data = secret['data']
  const packed = isObject(data) ? data['revisions'] : undefined
  try {
    if (typeof packed !== 'string') throw new TypeError('it holds no revisions')
    const bytes = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: largestUnpacked })
    const body = parseJson(bytes.toString())
    if (!isObject(body) || body['format'] !== historyFormat) throw new TypeError('its format is not known')
    const revisions = body['revisions']
    if (!Array.isArray(revisions)) throw new TypeError('its revisions are no list')
    return good({ revisions: revisions.map(readRevision).sort((a, b) => a.revision - b.revision) })
  } catch (error) {
    return refusal(
      set,
      'history/broken',
      `The history of ${set} in the Secret ${name} cannot be read: ${(error as Error).message}.`,
      'Restore that Secret from a backup, or delete it: nothing but the list of runs is lost, and a rollback then needs --bundle FILE.',
    )
  }
}

const asJson = ({ releases, changes, siteValues, ...rest }: Revision): JsonObject => ({
  ...rest,
  releases: { ...releases },
  changes: { ...changes },
  siteValues: { ...siteValues },
})

/** The Secret that holds what is remembered; `resourceVersion` is that of the live one, or undefined for a new one. */
export const secretOfHistory = (
  { revisions }: History,
  set: string,
  resourceVersion: string | undefined,
): KubeObject => {
  const body = canonicalJson({ format: historyFormat, revisions: revisions.map(asJson) })
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: revisionsId(set).name,
      namespace: inventoryNamespace,
      labels: { [historyLabel]: setIdOf(set) },
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    type: revisionsType,
    data: { revisions: gzipSync(body, { level: 9 }).toString('base64') },
  }
}
