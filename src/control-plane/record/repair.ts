import type { AuditContext, AuditEntry } from '../../core/audit.ts'
import { sha256 } from '../../core/digest.ts'
import type { AuditFile } from '../../core/effects/record-files.ts'
import { canonicalJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import type { SetRepair } from '../../core/repair.ts'
import { appendAudit, appendToFile } from './audit.ts'
import type { RecordSystem } from './record.ts'

/** Adds the audit record of a repair that was carried out: what it found, as a digest, and which releases it knows since. Answers with warnings. */
export const recordRepair = async (
  repair: SetRepair,
  { run, tool, started, ended }: Pick<AuditContext, 'run' | 'tool'> & { started: number; ended: number },
  { cluster, auditFile }: Pick<RecordSystem, 'cluster'> & { auditFile?: AuditFile },
): Promise<Problem[]> => {
  const who = await cluster.whoAmI()
  const { last } = repair
  const entry: AuditEntry = {
    set: repair.set,
    does: 'repair',
    run,
    user: who.ok ? who.value.user : '',
    tool,
    bundle: {
      digest: last?.bundle ?? '',
      version: last?.version ?? 'not known',
      sequence: last?.sequence ?? 0,
      signedBy: [],
    },
    plan: sha256(canonicalJson(repair as unknown as Json)),
    consents: [],
    result: 'applied',
    planned: { create: 0, change: 0, hooks: 0, delete: 0, unchanged: repair.found.length },
    releases: Object.fromEntries(repair.releases.map((name) => [name, 'not finished'])),
    problems: [],
    started: new Date(started).toISOString(),
    ended: new Date(ended).toISOString(),
  }
  const kept = await appendAudit(cluster, entry)
  const filed = auditFile && (await appendToFile(auditFile, entry))
  return [kept, ...(filed ? [filed] : [])].flatMap((one) =>
    one.ok
      ? []
      : one.problems.map((found): Problem => ({
          ...found,
          severity: 'warning',
          why: 'The audit record of this repair is not everywhere where it should be. The repair itself is not touched by this.',
        })),
  )
}
