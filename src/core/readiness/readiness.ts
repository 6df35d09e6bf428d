import { groupKindOf, idOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { apiService } from './api-service.ts'
import { crd } from './custom-resource-definition.ts'
import { customResource } from './custom-resource.ts'
import { daemonSet } from './daemon-set.ts'
import { deployment } from './deployment.ts'
import { job } from './job.ts'
import { namespace } from './namespace.ts'
import { persistentVolumeClaim } from './persistent-volume-claim.ts'
import { pod } from './pod.ts'
import { replicaSet } from './replica-set.ts'
import { conditionOf, failed, mapAt, numberAt, waiting, wordsOf } from './rule.ts'
import type { Readiness, ReadinessRule } from './rule.ts'
import { service } from './service.ts'
import { statefulSet } from './stateful-set.ts'

const rules: ReadinessRule[] = [
  apiService,
  crd,
  daemonSet,
  deployment,
  job,
  namespace,
  persistentVolumeClaim,
  pod,
  replicaSet,
  service,
  statefulSet,
]
const ruleByKind = new Map(rules.flatMap((rule) => rule.kinds.map((kind) => [kind, rule] as const)))

/** What holds for every kind: being deleted, a controller that has not seen the last edit, kstatus's own two conditions. */
const general = (object: KubeObject): Readiness | undefined => {
  if (object.metadata['deletionTimestamp'] !== undefined) return waiting('it is being deleted')
  const generation = numberAt(object.metadata, 'generation', 0)
  const observed = numberAt(mapAt(object, 'status'), 'observedGeneration', generation)
  if (observed < generation) return waiting('its controller has not seen the last change')
  const reconciling = conditionOf(object, 'Reconciling')
  if (reconciling?.status === 'True') return waiting(wordsOf(reconciling))
  const stalled = conditionOf(object, 'Stalled')
  if (stalled?.status === 'True') return failed(wordsOf(stalled))
  return undefined
}

/**
 * Whether a live object is ready, by the rules of kstatus (cli-utils/pkg/kstatus/status/core.go) with its weak spots mended: a
 * started Job is not ready, a failed Pod is not current, a load balancer needs an address, a CRD without status is not ready.
 */
export const readinessOf = (object: KubeObject): Readiness =>
  general(object) ?? (ruleByKind.get(groupKindOf(idOf(object))) ?? customResource).judge(object)
