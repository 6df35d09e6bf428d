import { auditEntryOf, resultOf } from '../../core/audit.ts'
import type { AuditContext, AuditRecord } from '../../core/audit.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import type { AuditFile, MetricsFile } from '../../core/effects/record-files.ts'
import { metricsOf } from '../../core/metrics.ts'
import type { RunWithoutPlan } from '../../core/metrics.ts'
import type { Plan } from '../../core/plan.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { RunReport } from '../../core/run-report.ts'
import { appendAudit, appendToFile } from './audit.ts'
import { noteOfBegin, noteOfEnd, writeEvent } from './events.ts'

export interface RecordSystem {
  cluster: Pick<Cluster, 'get' | 'create' | 'update' | 'whoAmI'>
  /** Where records are to be kept beside the cluster. */
  auditFile?: AuditFile
  metricsFile?: MetricsFile
}

export interface Recorded {
  /** As the cluster keeps it; undefined where nothing was to be recorded there, or it could not. */
  record: AuditRecord | undefined
  /** That something could not be recorded undoes nothing: these are warnings. */
  warnings: Problem[]
}

const notRecorded = (found: Problem, what: string): Problem => ({
  ...found,
  severity: 'warning',
  why: `${what} The run itself is not touched by this.`,
})

/** Does what writes a file; that it cannot be written is a warning. */
const toFile = async (name: string, what: string, write: () => Promise<Problem[]>): Promise<Problem[]> => {
  try {
    return (await write()).map((one) => notRecorded(one, what))
  } catch (error) {
    return [
      problem({
        code: 'record/file',
        severity: 'warning',
        fault: 'world',
        what: `${name} cannot be written: ${(error as Error).message}.`,
        where: [{ in: 'file', file: name }],
        why: `${what} The run itself is not touched by this.`,
        fix: 'Mend what the system says; the next run writes it again.',
      }),
    ]
  }
}

/** Writes the metrics of a run that may have come to no plan. */
export const recordMetrics = async (
  run: RunReport | RunWithoutPlan,
  file: MetricsFile | undefined,
): Promise<Problem[]> =>
  file === undefined
    ? []
    : await toFile(file.name, 'The metrics of this run are not there.', async () => {
        await file.replace(metricsOf(run, await file.read()))
        return []
      })

/** Tells the cluster that a run begins. Whether it may be told is seen at its end. */
export const recordBegin = async (
  plan: Plan,
  { does, run }: Pick<AuditContext, 'does' | 'run'>,
  now: number,
  { cluster }: Pick<RecordSystem, 'cluster'>,
): Promise<void> => {
  await writeEvent(cluster, noteOfBegin(plan, does, run, now))
}

/**
 * Records what a run did: an audit record on the cluster and in a file, an Event, metrics. A run that had nothing to do writes nothing to the
 * cluster; neither does one that has lost it.
 */
export const recordRun = async (
  report: RunReport,
  context: Omit<AuditContext, 'user'>,
  { cluster, auditFile, metricsFile }: RecordSystem,
): Promise<Recorded> => {
  const warnings: Problem[] = []
  const isReached = !report.problems.some(({ code }) => code === 'cluster/unreachable')
  const isForCluster = isReached && resultOf(report) !== 'nothing to do'
  const who = isForCluster || (isReached && auditFile) ? await cluster.whoAmI() : undefined
  const entry = auditEntryOf(report, { ...context, user: who?.ok ? who.value.user : '' })
  let record: AuditRecord | undefined
  if (isForCluster) {
    const kept = await appendAudit(cluster, entry)
    if (kept.ok) record = kept.value
    else
      warnings.push(
        ...kept.problems.map((one) =>
          notRecorded(one, 'The audit record of this run is not on the cluster.'),
        ),
      )
    // Events are about the set, and one that was refused for the lock has done nothing to it; that it was tried stands in the audit record.
    const isLockedOut = report.problems.some(({ code }) => code === 'apply/locked')
    const told = isLockedOut ? undefined : await writeEvent(cluster, noteOfEnd(entry, report.ended))
    if (told?.ok === false)
      warnings.push(notRecorded(problemOfRefusal(told.refusal), 'The Event of this run is not there.'))
  }
  if (auditFile)
    warnings.push(
      ...(await toFile(auditFile.name, 'The audit record of this run is not in the file.', async () => {
        const kept = await appendToFile(auditFile, entry)
        return kept.ok ? [] : kept.problems
      })),
    )
  warnings.push(...(await recordMetrics(report, metricsFile)))
  return { record, warnings }
}
