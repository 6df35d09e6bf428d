import type { Refusal } from '../effects/cluster.ts'
import type { Json } from '../json.ts'
import { groupKindOf, nameOf } from '../object.ts'
import type { KubeObject, ObjectId } from '../object.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'
import { entriesOf, fieldsOf } from './entries.ts'
import { stepsOf, withoutSteps } from './field-set.ts'
import { isPassing } from './managers.ts'

/** One field that another manager owns; `subresource` is the way by which it wrote, '' for the object itself. */
export interface FieldConflict {
  manager: string
  subresource: string
  /** In the words of the API server: `.spec.template.spec.containers[name="app"].image`. */
  field: string
}

/** `conflict with "manager" with subresource "scale" using apps/v1 at …` (apimachinery `managedfields/internal/conflict.go`). */
const words = /^conflict with "((?:[^"\\]|\\.)*)"(?: with subresource "([^"]*)")?/

/** The fields that a 409 is about; [] where it is about something else (a stale resourceVersion). */
export const fieldConflicts = (refusal: Refusal): FieldConflict[] =>
  refusal.status === 409
    ? refusal.causes
        .filter((cause) => cause.reason === 'FieldManagerConflict')
        .map(({ message, field }) => {
          const [, manager = message, subresource = ''] = words.exec(message) ?? []
          return { manager, subresource, field }
        })
    : []

/**
 * Who scales for a HorizontalPodAutoscaler: its controller, which runs in the controller manager (of K3s and MicroK8s in their one
 * program), and KEDA, which scales to and from zero. A person's `kubectl scale` goes the same way by another name.
 */
const autoscalers = new Set(['kube-controller-manager', 'k3s', 'kubelite', 'keda', 'keda-operator'])
const injectors = new Set(['cainjector', 'cert-manager-cainjector'])

/** What is to be done about a field that somebody else owns: take it from them, leave it out of what is sent, or ask people. */
export type Verdict = 'take' | 'leave' | 'ask'

/** Judges one conflict, by who owns the field and which field it is. */
export const verdictOf = ({ manager, subresource, field }: FieldConflict): Verdict => {
  if (isPassing(manager)) return 'take'
  if (autoscalers.has(manager) && subresource === 'scale') return 'leave'
  if (injectors.has(manager) && field.endsWith('.caBundle')) return 'leave'
  return 'ask'
}

/** What is sent in place of an object that met conflicts, and whether fields are to be taken with it. */
export type Judged = { send: KubeObject; take: boolean } | { ask: FieldConflict[] }

/**
 * Decides every conflict of an object. `live` is the object that the conflicts are with: its record says where the fields are. What is to be left
 * out and cannot be told from what is not is asked about: nothing is ever taken by chance. `takesBack`: people have agreed to take back what
 * others have set since it was applied; what is an autoscaler's or an injector's stays theirs.
 */
export const judge = (
  object: KubeObject,
  live: KubeObject,
  conflicts: FieldConflict[],
  takesBack = false,
): Judged => {
  const ask = takesBack ? [] : conflicts.filter((one) => verdictOf(one) === 'ask')
  if (ask.length > 0) return { ask }
  const sets = entriesOf(live).map(fieldsOf)
  let send: Json = object
  for (const one of conflicts.filter((conflict) => verdictOf(conflict) === 'leave')) {
    const steps = stepsOf(one.field, sets)
    const left: Json | undefined = steps && withoutSteps(send, steps)
    if (left === undefined) return { ask: [one] }
    send = left
  }
  return { send: send as KubeObject, take: conflicts.some((one) => verdictOf(one) !== 'leave') }
}

/** What to write into release.yaml to leave fields to others, where the words for them leave no doubt. */
const ignoreLine = (id: ObjectId, conflicts: FieldConflict[]): string => {
  const plain = conflicts.every(({ field }) => /^\.spec(\.\w+)+$/.test(field))
  const pointers = conflicts.map(({ field }) => field.replaceAll('.', '/')).join(', ')
  return plain
    ? `apply: { ignore: [{ kind: ${groupKindOf(id)}, name: ${id.name}, fields: [${pointers}] }] }`
    : 'apply.ignore'
}

/** Names every manager and field that people are to be asked about. */
export const conflictProblem = (id: ObjectId, release: string, conflicts: FieldConflict[]): Problem => {
  const managers = Array.from(new Set(conflicts.map((one) => one.manager)))
  const words = managers.map((manager) => {
    const fields = conflicts.filter((one) => one.manager === manager).map((one) => one.field)
    return `"${manager}" owns ${fields.join(', ')}`
  })
  return problem({
    code: 'apply/conflict',
    fault: 'world',
    what: `${nameOf(id)}: ${words.join('; ')}.`,
    where: [{ in: 'object', object: id, release }],
    why: 'Taking a field that somebody else keeps setting would start a quarrel that nobody sees.',
    fix: `Find out who ${managers.join(' and ')} is. A person's edit of what was applied is put back by scout-apply drift --correct (with --dry-run: shown); a field that is theirs to set is left out of the release, or left to them in release.yaml: ${ignoreLine(id, conflicts)}`,
  })
}
