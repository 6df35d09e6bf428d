import type { Refusal } from '../../core/effects/cluster.ts'
import { groupKindOf, keyOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { actionsOf } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'

/** What the server asks for when it admits other objects: a Pod's account and classes, quotas, rights that may be granted, policies. */
const decisive = new Set([
  'ClusterRole.rbac.authorization.k8s.io',
  'LimitRange',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'Namespace',
  'PriorityClass.scheduling.k8s.io',
  'ResourceQuota',
  'Role.rbac.authorization.k8s.io',
  'RuntimeClass.node.k8s.io',
  'ServiceAccount',
  'StorageClass.storage.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
])

/** What of a plan may change what the server says of one of its objects before that is sent. */
export interface Outlook {
  /** The kinds, sorted, of what is sent and on which the admission of other objects may depend. */
  decisive: string[]
  /** By key: what is made. */
  made: Set<string>
  /** Whether something goes before new objects come. */
  clears: boolean
}

export const outlookOf = (plan: Plan): Outlook => {
  const sent = actionsOf(plan).filter((one) => one.do !== 'skip')
  const kinds = sent.map(({ id }) => groupKindOf(id)).filter((kind) => decisive.has(kind))
  return {
    decisive: Array.from(new Set(kinds)).sort(),
    made: new Set(sent.filter((one) => one.do === 'create').map(({ id }) => keyOf(id))),
    clears: plan.waves.flat().some(({ prune = [] }) => prune.flat().length > 0),
  }
}

/** Whether a refusal speaks of other objects than the one that was sent, or of a policy; one for want of a right does not. */
const isOfAdmission = ({ status, reason, message }: Refusal): boolean =>
  (status === 403 && !(reason === 'Forbidden' && /\bcannot\b/.test(message))) || status === 404

const isOfSomethingInTheWay = ({ message }: Refusal): boolean =>
  /already (?:allocated|in use|defined|exists)/.test(message)

/**
 * Why what the server refuses now it may take when its turn comes: in words, or undefined where it surely will not. Webhooks may look for
 * objects that are yet to be made; quotas, accounts, classes and rights may be in the same bundle; what is in the way may go first.
 */
export const mayPass = (refusal: Refusal, id: ObjectId, outlook: Outlook): string | undefined => {
  const denying = /admission webhook "([^"]+)" denied the request/.exec(refusal.message)?.[1]
  const comesAlone = outlook.made.size - (outlook.made.has(keyOf(id)) ? 1 : 0) === 0
  if (denying !== undefined && (!comesAlone || outlook.clears))
    return `the admission webhook ${denying} denies it as things are now`
  if (outlook.clears && isOfSomethingInTheWay(refusal)) return 'what is in its way now may go before'
  if (denying === undefined && outlook.decisive.length > 0 && isOfAdmission(refusal))
    return `whether it is admitted may depend on what is yet to come: ${outlook.decisive.join(', ')}`
  return undefined
}

/** The webhook on which a dry run failed: one that takes no part in them (so that the server asks it nothing), or one that is silent. */
export const webhookIn = ({
  message,
}: Refusal): { name: string; fault: 'no dry run' | 'silent' } | undefined => {
  const aloof = /admission webhook "([^"]+)" does not support dry run/.exec(message)
  if (aloof?.[1] !== undefined) return { name: aloof[1], fault: 'no dry run' }
  const silent = /failed calling webhook "([^"]+)"/.exec(message)
  return silent?.[1] === undefined ? undefined : { name: silent[1], fault: 'silent' }
}
