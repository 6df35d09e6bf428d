import { isObject } from '../json.ts'
import { fieldsOf } from './entries.ts'
import type { Entry } from './entries.ts'

/**
 * Who owns what we gave up until its new owner writes it. Without an owner the API server would not note who scales an object: its scale subresource
 * notes nobody where nobody was noted (apimachinery `managedfields/internal/skipnonapplied.go`).
 */
export const handover = 'scout-apply-handover'

/** Managers whose fields are ours to take: they wrote once, for whoever ran them, and don't come back to defend them. */
const passing = new Set(['kubectl-client-side-apply', 'before-first-apply', 'helm', handover])

export const isPassing = (manager: string): boolean => passing.has(manager)

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** A person's edit brings the annotation up to date, too, and stays a person's. */
const byHand = /^kubectl-(?!client-side-apply$)/

const ownsLastApplied = (entry: Entry): boolean => {
  const metadata = fieldsOf(entry)['f:metadata']
  const annotations = isObject(metadata) ? metadata['f:annotations'] : undefined
  return isObject(annotations) && Object.hasOwn(annotations, `f:${lastApplied}`)
}

/**
 * Whether what an entry owns is to become its new owner's, whole: that of `helm` (Helm 3 updates, Helm 4 applies), of client-side
 * `kubectl apply` under whatever name (it keeps the annotation of what was applied last), and what `manager` itself once created or patched;
 * `handedOver`: and what these have applied, managers of sets that hand objects over.
 */
export const isFormer = (entry: Entry, manager: string, handedOver?: ReadonlySet<string>): boolean => {
  const name = entry['manager']
  if (typeof name !== 'string' || entry['subresource']) return false
  if (name === 'helm') return true
  if (handedOver?.has(name)) return entry['operation'] === 'Apply'
  if (entry['operation'] !== 'Update') return false
  return (
    name === 'kubectl-client-side-apply' || name === manager || (!byHand.test(name) && ownsLastApplied(entry))
  )
}
