import { checkAudit } from '../../core/audit-check.ts'
import type { AuditState } from '../../core/audit-check.ts'
import { readFiledRecords } from '../../core/audit-file.ts'
import type { FiledRecords } from '../../core/audit-file.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import type { AuditFile } from '../../core/effects/record-files.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { readAudit } from './audit.ts'

const recordsIn = (file: Pick<AuditFile, 'name'>, text: string): Outcome<FiledRecords> => {
  try {
    return good(readFiledRecords(text))
  } catch (error) {
    return bad([
      problem({
        code: 'audit/unreadable',
        what: `The audit file ${file.name} cannot be read: ${(error as Error).message}.`,
        where: [{ in: 'file', file: file.name }],
        fix: 'Somebody has changed it: take the line out to look at the others, and keep a copy for whoever will ask.',
      }),
    ])
  }
}

/** Reads the audit records of a set and verifies them, with those of a file where one is given. Nothing is written. */
export const readAndCheckAudit = async (
  set: string,
  {
    cluster,
    auditFile,
  }: {
    cluster: Pick<Cluster, 'get' | 'create' | 'update'>
    auditFile?: Pick<AuditFile, 'name' | 'read'>
  },
): Promise<Outcome<AuditState>> => {
  const chain = await readAudit(cluster, set)
  if (!chain.ok) return chain
  const inFile = auditFile && recordsIn(auditFile, await auditFile.read())
  if (inFile?.ok === false) return inFile
  const file = auditFile && inFile && { name: auditFile.name, ...inFile.value }
  return good(checkAudit(set, chain.value, file))
}
