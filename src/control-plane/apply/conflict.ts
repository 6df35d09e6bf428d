import type { Refusal } from '../../core/effects/cluster.ts'
import { nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'

/** One field that another manager owns. */
export interface FieldConflict {
  manager: string
  field: string
}

/** `conflict with "manager" using apps/v1`, as the API server writes it in each cause. */
const managerIn = (message: string): string =>
  /^conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message

/** The fields that a 409 is about; [] where it is about something else (a stale resourceVersion). */
export const fieldConflicts = (refusal: Refusal): FieldConflict[] =>
  refusal.status === 409
    ? refusal.causes
        .filter((cause) => cause.reason === 'FieldManagerConflict')
        .map((cause) => ({ manager: managerIn(cause.message), field: cause.field }))
    : []

/** Managers whose fields are ours to take: they wrote once, for whoever ran them, and don't come back to defend them. */
const takeable = new Set(['kubectl-client-side-apply', 'before-first-apply', 'helm'])

export const mayTake = (conflicts: FieldConflict[]): boolean =>
  conflicts.length > 0 && conflicts.every((one) => takeable.has(one.manager))

/** Names every manager and field that stands in the way. */
export const conflictProblem = (id: ObjectId, release: string, conflicts: FieldConflict[]): Problem => {
  const unknown = conflicts.filter((one) => !takeable.has(one.manager))
  const managers = Array.from(new Set(unknown.map((one) => one.manager)))
  const words = managers.map((manager) => {
    const fields = unknown.filter((one) => one.manager === manager).map((one) => one.field)
    return `"${manager}" owns ${fields.join(', ')}`
  })
  return problem({
    code: 'apply/conflict',
    fault: 'world',
    what: `${nameOf(id)}: ${words.join('; ')}.`,
    where: [{ in: 'object', object: id, release }],
    why: 'Taking a field that somebody else keeps setting would start a quarrel that nobody sees.',
    fix: `Find out who ${managers.join(' and ')} is; then leave the fields out of the release, or stop whoever sets them; a person's edit is set back by hand to what the bundle says.`,
  })
}
