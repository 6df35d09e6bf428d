import { isBeingDeleted } from './live.ts'
import { groupKindOf, idOf } from './object.ts'
import type { KubeObject } from './object.ts'

/** What Kubernetes puts into every Namespace, and what it only notes down there. */
const ofEveryNamespace = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default'])
const notes = new Set(['Event', 'Event.events.k8s.io', 'PodMetrics.metrics.k8s.io'])

/** Whether nobody loses an object that goes with its Namespace: Kubernetes' own, one that its owner takes along, one that is going anyway. */
export const isGoingByItself = (object: KubeObject): boolean => {
  const id = idOf(object)
  const owners = object.metadata['ownerReferences']
  return (
    isBeingDeleted(object) ||
    notes.has(groupKindOf(id)) ||
    ofEveryNamespace.has(`${id.kind}/${id.name}`) ||
    groupKindOf(id) === 'Endpoints' ||
    (Array.isArray(owners) && owners.length > 0)
  )
}
