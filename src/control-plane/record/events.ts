import { inventoryNamespace } from '../../core/applyset.ts'
import type { AuditEntry } from '../../core/audit.ts'
import type { Cluster, Reply } from '../../core/effects/cluster.ts'
import { parentId } from '../../core/inventory.ts'
import { uidOf } from '../../core/live.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Plan } from '../../core/plan.ts'
import { eventAddress, secretAddress } from './address.ts'

/** What a Kubernetes Event of ours says. */
export interface Note {
  set: string
  run: string
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** Milliseconds since 1970. */
  at: number
}

const longestMessage = 1024
const reasons = {
  apply: { begun: 'ApplyStarted', done: 'Applied', failed: 'ApplyFailed' },
  rollback: { begun: 'RollbackStarted', done: 'RolledBack', failed: 'RollbackFailed' },
  remove: { begun: 'RemovalStarted', done: 'Removed', failed: 'RemovalFailed' },
  correct: { begun: 'CorrectionStarted', done: 'Corrected', failed: 'CorrectionFailed' },
  repair: { begun: 'RepairStarted', done: 'Repaired', failed: 'RepairFailed' },
} as const

const bundleWords = ({ version, sequence, digest }: Plan['bundle']): string =>
  `bundle ${version} (sequence ${sequence}, ${digest.slice(0, 19)})`

/** That a run has begun: of one that is killed it is all that is left. */
export const noteOfBegin = (plan: Plan, does: AuditEntry['does'], run: string, at: number): Note => ({
  set: plan.set,
  run,
  type: 'Normal',
  reason: reasons[does].begun,
  message: `${bundleWords(plan.bundle)}, by ${run}`,
  at,
})

/** What came of a run: counts, and of a failure the releases and the codes. No word of a server or an operator is in it. */
export const noteOfEnd = (entry: AuditEntry, at: number): Note => {
  const { planned, releases, problems } = entry
  const failed = Object.entries(releases).flatMap(([name, state]) =>
    ['done', 'unchanged', 'removed'].includes(state) ? [] : [`${name} ${state}`],
  )
  const head = `${bundleWords(entry.bundle)}, by ${entry.user || entry.run}`
  const isDone = entry.result !== 'failed'
  return {
    set: entry.set,
    run: entry.run,
    type: isDone ? 'Normal' : 'Warning',
    reason: reasons[entry.does][isDone ? 'done' : 'failed'],
    message: isDone
      ? `${head}: ${planned.create} created, ${planned.change} changed, ${planned.hooks} hooks run, ${planned.delete} deleted`
      : `${head}: ${[...problems, ...failed].join(', ')}`,
    at,
  }
}

const eventOf = ({ set, run, type, reason, message, at }: Note, uid: string): KubeObject => {
  const parent = parentId(set)
  const time = new Date(at).toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      // As client-go names them: the object's name and the time, in hexadecimal.
      name: `${parent.name}.${at.toString(16)}${reason.toLowerCase()}`,
      namespace: inventoryNamespace,
    },
    involvedObject: {
      apiVersion: 'v1',
      kind: parent.kind,
      namespace: parent.namespace,
      name: parent.name,
      ...(uid !== '' && { uid }),
    },
    type,
    reason,
    message: message.slice(0, longestMessage),
    source: { component: 'scout-apply' },
    reportingComponent: 'scout-apply',
    reportingInstance: run.slice(0, 128),
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}

/** Writes an Event about the set's inventory, which `kubectl describe` then shows. */
export const writeEvent = async (
  cluster: Pick<Cluster, 'get' | 'create'>,
  note: Note,
): Promise<Reply<void>> => {
  const parent = await cluster.get(secretAddress(parentId(note.set)))
  const uid = parent.ok && parent.value ? uidOf(parent.value) : ''
  const event = eventOf(note, uid)
  const { name } = event.metadata
  const reply = await cluster.create(eventAddress({ namespace: inventoryNamespace, name }), event, {
    fieldManager: 'scout-apply',
    once: true,
  })
  // 409: the first answer was lost on the way, and it was sent again.
  return reply.ok || reply.refusal.status === 409 ? { ok: true, value: undefined } : reply
}
