import type { AuditRecord } from '../core/audit.ts'
import type { AuditState } from '../core/audit-check.ts'
import { problem } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { visible } from './visible.ts'

const brushOf: Record<AuditRecord['result'], keyof Paint> = {
  applied: 'green',
  failed: 'red',
  'nothing to do': 'dim',
}

const detailsOf = ({ result, planned, problems, consents, bundle }: AuditRecord): string[] => [
  ...(result === 'failed'
    ? [problems.join(', ')]
    : [
        `${planned.create} created, ${planned.change} changed, ${planned.hooks} hooks run, ${planned.delete} deleted`,
      ]),
  `signed by ${bundle.signedBy.length === 0 ? 'nobody' : bundle.signedBy.join(', ')}`,
  ...(consents.length === 0 ? [] : [`consent: ${consents.join(', ')}`]),
]

const linesOf = (record: AuditRecord, paint: Paint): string[] => {
  const { number, ended, user, does, bundle, result, run } = record
  const who = user === '' ? run : user
  return [
    `${paint.bold(`#${number}`)} ${ended}  ${paint[brushOf[result]](result)}  ${visible(`${does} ${bundle.version} (sequence ${bundle.sequence}) by ${who}`)}`,
    `    ${visible(detailsOf(record).join('; '))}`,
  ]
}

/** The audit records of a set, the oldest first, and the digest that the whole chain stands for. */
export const describeAudit = ({ set, checkpoint, records, faults }: AuditState, paint: Paint): string => {
  const last = records.at(-1)
  if (last === undefined) return `${visible(set)}: no audit records\n`
  return [
    `${visible(set)}: ${counted(records.length, 'audit record')}`,
    ...(checkpoint === null
      ? []
      : [
          `  records 1 to ${checkpoint.number} were folded, the last of them of ${visible(checkpoint.until)}`,
        ]),
    ...records.flatMap((one) => linesOf(one, paint)),
    ...(faults.length === 0
      ? [
          `The chain holds; it ends in ${visible(last.digest)}. Who has noted that elsewhere can tell whether any of it was changed.`,
        ]
      : []),
    '',
  ].join('\n')
}

/** What is wrong with audit records, as problems. */
export const auditProblems = ({ set, faults, torn }: AuditState): Problem[] => [
  ...faults.map((fault) =>
    problem({
      code: 'audit/broken',
      what: `The audit records of ${set} were tampered with: ${fault}.`,
      why: 'What they say of that time cannot be believed.',
      fix: "Keep a copy of the Secret and of the file, and compare them with the API server's own audit log.",
    }),
  ),
  ...torn.map((line) =>
    problem({
      code: 'audit/torn',
      severity: 'warning',
      what: `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`,
      why: 'A run was killed then, or the disk was full: the record of one run is not whole in the file. Those behind it go on from the last whole one.',
      fix: 'Nothing has to be done; the record on the cluster, if there is one, is not touched by this.',
    }),
  ),
]
