import { faultsOf, saysTheSame } from './audit.ts'
import type { AuditChain, AuditRecord } from './audit.ts'
import type { FiledRecords } from './audit-file.ts'

/** The audit records of a set, and what is wrong with them. */
export interface AuditState extends AuditChain {
  set: string
  /** A sentence each; [] where every record is there, in order, as it was written. */
  faults: string[]
  /** A sentence each, no faults: what was cut off while it was written. */
  torn: string[]
}

/** Whether a record may well be gone from the cluster: it is older than the checkpoint, or nothing was written there. */
const isOnlyInFile = (record: AuditRecord, { checkpoint }: AuditChain): boolean =>
  record.result === 'nothing to do' || (checkpoint !== null && record.ended <= checkpoint.until)

/** What a chain on the cluster has no more, or otherwise, of what a file holds: whoever can write the cluster's records can make a new chain, but not here. */
const againstFile = (chain: AuditChain, inFile: AuditRecord[], file: string): string[] =>
  inFile.flatMap((record) => {
    const there = chain.records.find(({ run, started }) => run === record.run && started === record.started)
    const name = `the run of ${record.started} (${record.run}), record ${record.number} in ${file},`
    if (there === undefined) return isOnlyInFile(record, chain) ? [] : [`${name} is not on the cluster`]
    return saysTheSame(record, there)
      ? []
      : [`${name} is told otherwise by record ${there.number} on the cluster`]
  })

/** Verifies the chain of a set, and (where there is one) that of a file, and the one by the other. */
export const checkAudit = (
  set: string,
  chain: AuditChain,
  file: ({ name: string } & FiledRecords) | undefined,
): AuditState => {
  const own = file?.records.filter((one) => one.set === set) ?? []
  const name = file?.name ?? ''
  return {
    set,
    ...chain,
    faults: [
      ...faultsOf(chain),
      ...faultsOf({ checkpoint: null, records: own }).map((fault) => `${fault}, in ${name}`),
      ...againstFile(chain, own, name),
    ],
    torn: (file?.torn ?? []).map((line) => `line ${line} of ${name} was cut off while it was written`),
  }
}
