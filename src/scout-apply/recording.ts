import { hostname } from 'node:os'
import packageFile from '../../package.json' with { type: 'json' }
import type { ControlPlaneSystem } from '../control-plane/pipeline.ts'
import { recordBegin, recordMetrics, recordRun } from '../control-plane/record/record.ts'
import type { AuditContext, AuditEntry } from '../core/audit.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import { good } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'

import { clock } from '../system/clock.ts'
import { metricsFile, openAuditFile } from '../system/record-files.ts'
import type { Run } from './run.ts'

/** Options of the commands whose runs are recorded. */
export const recordOptions = {
  'audit-file': {
    value: 'FILE',
    help: 'add the audit record of the run to this file as well, as a line of JSON; best on another machine',
  },
  'metrics-file': {
    value: 'FILE',
    help: "write the run's metrics to this file, for node_exporter's textfile collector (name it *.prom)",
  },
} as const

export interface Recording {
  /** Who runs this, for the lock and for records: different for any two runs. */
  holder: string
  tooling: string
  /** What the pipeline tells of the run. */
  of(cluster: Cluster): Required<Pick<ControlPlaneSystem, 'begun' | 'record'>>
  /** Notes in the metrics that a run ended before it had a plan. */
  refused(problems: Problem[]): Promise<void>
}

/** Opens the records of one run of a bundle; that the audit file can be written is found before anything is done. Throws Refused. */
export const openRecording = async (
  { step, tell }: Run,
  { manifest, signedBy }: Pick<VerifiedBundle, 'manifest' | 'signedBy'>,
  { consents }: Pick<AuditEntry, 'consents'>,
  files: { 'audit-file': string | undefined; 'metrics-file': string | undefined },
): Promise<Recording> => {
  const started = clock.now()
  const holder = `${hostname()}/${process.pid}/${started}`
  const tooling = `scout-apply/${packageFile.version}`
  const file = files['audit-file']
  const auditFile =
    file === undefined
      ? undefined
      : await step('open the audit file', async () => good(await openAuditFile(file)))
  const metrics = files['metrics-file'] === undefined ? undefined : metricsFile(files['metrics-file'])
  const context: Omit<AuditContext, 'user' | 'does'> = { consents, run: holder, tool: tooling, signedBy }
  const warn = (warnings: Problem[]): void => {
    for (const warning of warnings) tell({ tell: 'warning', problem: warning })
  }
  return {
    holder,
    tooling,
    of: (cluster) => ({
      begun: (plan, does) => recordBegin(plan, { does, run: holder }, clock.now(), { cluster }),
      record: async (report, does) => {
        const system = { cluster, ...(auditFile && { auditFile }), ...(metrics && { metricsFile: metrics }) }
        warn((await recordRun(report, { ...context, does }, system)).warnings)
      },
    }),
    refused: async (problems) => {
      const codes = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)
      warn(await recordMetrics({ set: manifest.name, codes, started, ended: clock.now() }, metrics))
    },
  }
}

/** Consents of the command line, as records name them. */
export const consentsOf = (options: {
  'allow-delete': string[]
  'allow-empty': boolean
  'allow-downgrade': boolean
  'allow-version-skew': boolean
  'take-from': string[]
  'insecure-skip-verify': boolean
}): string[] => [
  ...options['allow-delete'].map((kind) => `delete ${kind}`),
  ...options['take-from'].map((set) => `take from ${set}`),
  ...(options['allow-empty'] ? ['empty'] : []),
  ...(options['allow-downgrade'] ? ['downgrade'] : []),
  ...(options['allow-version-skew'] ? ['version skew'] : []),
  ...(options['insecure-skip-verify'] ? ['unverified'] : []),
]
