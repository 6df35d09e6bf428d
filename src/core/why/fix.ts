import type { ObjectId } from '../object.ts'
import type { Reason } from './evidence.ts'

const inNamespace = ({ namespace }: ObjectId): string => (namespace === '' ? '' : ` -n ${namespace}`)

/** What to do about a cause of each rule; where none is named, to look at the object. */
const fixes: { [rule: string]: (reason: Reason) => string } = {
  image: () =>
    'Bring the image into that project of the registry, or mend the pull secret or the way to the registry; the node tries again by itself.',
  crash: ({ object, log }) =>
    `See its log with: kubectl logs ${object.name}${log ? ` -c ${log.container}${log.previous ? ' --previous' : ''}` : ''}${inNamespace(object)}; mend what it says.`,
  config: () =>
    'Create the Secret, the ConfigMap or the key that is missing; the node tries again by itself.',
  scheduling: () =>
    'Make room on the nodes, or change what the Pod asks for: kubectl describe nodes shows what is taken.',
  volume: ({ object }) => `See what the volume waits for with: kubectl get pvc,events${inNamespace(object)}.`,
  probe: ({ object, log }) =>
    `See what it does with: kubectl logs ${object.name}${log ? ` -c ${log.container}` : ''}${inNamespace(object)}.`,
}

/** What to do now about a thing that is not ready, by its first cause. */
export const fixOf = (id: ObjectId, reasons: Reason[]): string => {
  const [reason] = reasons
  const fix = reason && fixes[reason.rule]?.(reason)
  return fix ?? `Look at it with: kubectl describe ${id.kind.toLowerCase()} ${id.name}${inNamespace(id)}.`
}
