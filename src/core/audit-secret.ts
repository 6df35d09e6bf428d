import { inventoryNamespace } from './applyset.ts'
import { emptyChain, readRecord, recordLine } from './audit.ts'
import type { AuditChain, Checkpoint } from './audit.ts'
import { numberOf, textOf } from './fields-of.ts'
import { canonicalJson, isObject, parseJson } from './json.ts'
import type { Json } from './json.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { bad, good, problem } from './problem.ts'
import type { Outcome } from './problem.ts'

/** The id of the Secret that holds the audit records of a set. */
export const auditId = (set: string): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace: inventoryNamespace,
  name: `scout-audit-${set}`,
})

const type = 'scout.airgap/audit'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** The Secret of a chain: records as lines of JSON, so that it can be read without us. `resourceVersion`: of the live one. */
export const auditSecretOf = (
  chain: AuditChain,
  set: string,
  resourceVersion: string | undefined,
): KubeObject => {
  const { namespace, name } = auditId(set)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    type,
    data: {
      records: base64(chain.records.map(recordLine).join('')),
      ...(chain.checkpoint && {
        checkpoint: base64(canonicalJson(chain.checkpoint as unknown as Json)),
      }),
    },
  }
}

const decoded = (data: unknown, name: string): string => {
  const value = isObject(data) ? data[name] : undefined
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString() : ''
}

const readCheckpoint = (text: string): Checkpoint | null => {
  if (text === '') return null
  const value = parseJson(text)
  if (!isObject(value)) throw new TypeError('its checkpoint is no map')
  return {
    number: numberOf(value, 'number'),
    digest: textOf(value, 'digest'),
    until: textOf(value, 'until'),
  }
}

/** Records as they stand in the Secret, one a line. Throws where one of them is none, with its line in the message. */
const readRecords = (text: string): AuditChain['records'] =>
  text.split('\n').flatMap((line, at) => {
    if (line === '') return []
    try {
      return [readRecord(line)]
    } catch (error) {
      throw new TypeError(`line ${at + 1}: ${(error as Error).message}`, { cause: error })
    }
  })

/** Reads the chain of a live Secret; an empty one where there is none. Whether it holds is another question. */
export const auditChainOf = (secret: KubeObject | undefined, set: string): Outcome<AuditChain> => {
  if (secret === undefined) return good(emptyChain)
  const id = auditId(set)
  try {
    if (secret['type'] !== type) throw new TypeError(`its type is not ${type}`)
    return good({
      checkpoint: readCheckpoint(decoded(secret['data'], 'checkpoint')),
      records: readRecords(decoded(secret['data'], 'records')),
    })
  } catch (error) {
    return bad([
      problem({
        code: 'audit/unreadable',
        fault: 'world',
        what: `The audit records in the Secret ${id.namespace}/${id.name} cannot be read: ${(error as Error).message}.`,
        where: [{ in: 'object', object: id }],
        why: 'Somebody has changed them. Nothing is added to what cannot be read.',
        fix: 'Keep a copy of the Secret for whoever will ask, and delete it: the next run begins a new chain.',
      }),
    ])
  }
}
