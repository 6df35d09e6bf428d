import { fieldManagerOf } from '../../core/applyset.ts'
import { appended, nextRecord, recordLine } from '../../core/audit.ts'
import type { AuditChain, AuditEntry, AuditRecord } from '../../core/audit.ts'
import { readFiledRecords } from '../../core/audit-file.ts'
import { auditChainOf, auditId, auditSecretOf } from '../../core/audit-secret.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import type { AuditFile } from '../../core/effects/record-files.ts'
import { resourceVersionOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { secretAddress } from './address.ts'

/** Some 400 records; a Secret holds 1 MiB. */
const largest = 300 * 1024
/** Another run of the set may write at the same time. */
const tries = 5

type AuditCluster = Pick<Cluster, 'get' | 'create' | 'update'>

const readSecret = async (cluster: AuditCluster, set: string): Promise<Outcome<KubeObject | undefined>> => {
  const id = auditId(set)
  const live = await cluster.get(secretAddress(id))
  return live.ok ? good(live.value) : bad([problemOfRefusal(live.refusal, id)])
}

/** The audit records of a set as the cluster keeps them. */
export const readAudit = async (cluster: AuditCluster, set: string): Promise<Outcome<AuditChain>> => {
  const secret = await readSecret(cluster, set)
  return secret.ok ? auditChainOf(secret.value, set) : secret
}

/**
 * Adds an entry to the records on the cluster, at the end of the chain that is there; the oldest records are folded where they grow too large.
 * Each write is conditional on what was read.
 */
export const appendAudit = async (
  cluster: AuditCluster,
  entry: AuditEntry,
  most = largest,
): Promise<Outcome<AuditRecord>> => {
  const { set } = entry
  const id = auditId(set)
  for (let left = tries; ; left--) {
    const secret = await readSecret(cluster, set)
    if (!secret.ok) return secret
    const chain = auditChainOf(secret.value, set)
    if (!chain.ok) return chain
    // A first answer may have been lost on the way: what is there already is not written twice.
    const written = chain.value.records.find(
      ({ run, started }) => run === entry.run && started === entry.started,
    )
    if (written) return good(written)
    const record = nextRecord(chain.value, entry)
    const version = secret.value && resourceVersionOf(secret.value)
    const body = auditSecretOf(appended(chain.value, record, most), set, version)
    const options = { fieldManager: fieldManagerOf(set) }
    const reply =
      version === undefined
        ? await cluster.create(secretAddress(id), body, options)
        : await cluster.update(secretAddress(id), body, options)
    if (reply.ok) return good(record)
    if (reply.refusal.status !== 409 || left <= 1) return bad([problemOfRefusal(reply.refusal, id)])
  }
}

/**
 * Adds an entry to a file, where each set has a chain of its own: runs that had nothing to do are in it, too. What was cut off while it was
 * written stays as it is, and the chain goes on from the last whole record.
 */
export const appendToFile = async (file: AuditFile, entry: AuditEntry): Promise<Outcome<AuditRecord>> => {
  let last: AuditRecord | undefined
  try {
    const { records } = readFiledRecords(await file.read())
    last = records.findLast(({ set }) => set === entry.set)
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error
    return bad([
      problem({
        code: 'audit/unreadable',
        fault: 'world',
        what: `The audit file ${file.name} cannot be read: ${error.message}.`,
        where: [{ in: 'file', file: file.name }],
        why: 'Somebody has changed it. Nothing is added to what cannot be read.',
        fix: 'Move it away for whoever will ask: the next run begins a new one.',
      }),
    ])
  }
  const record = nextRecord({ checkpoint: null, records: last ? [last] : [] }, entry)
  await file.append(recordLine(record))
  return good(record)
}
