import { apiService } from './api-service.ts'
import { byBeingThere } from './by-being-there.ts'
import { crd } from './custom-resource-definition.ts'
import { daemonSet } from './daemon-set.ts'
import { deployment } from './deployment.ts'
import { argoCd } from './given/argo-cd.ts'
import { cassOperator } from './given/cass-operator.ts'
import { certManager } from './given/cert-manager.ts'
import { cloudNativePg, cloudNativePgParts } from './given/cloud-native-pg.ts'
import { elasticsearch, kibana } from './given/elastic.ts'
import { externalSecrets, secretStores } from './given/external-secrets.ts'
import { flux } from './given/flux.ts'
import { longhornNode, longhornVolume } from './given/longhorn.ts'
import { prometheusOperator } from './given/prometheus-operator.ts'
import { strimzi, strimziPools } from './given/strimzi.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { job } from './job.ts'
import { namespace } from './namespace.ts'
import { persistentVolumeClaim } from './persistent-volume-claim.ts'
import { persistentVolume } from './persistent-volume.ts'
import { podDisruptionBudget } from './pod-disruption-budget.ts'
import { pod } from './pod.ts'
import { replicaSet } from './replica-set.ts'
import type { ReadinessRule } from './rule.ts'
import { service } from './service.ts'
import { statefulSet } from './stateful-set.ts'
import { webhookConfiguration } from './webhook-configuration.ts'

/** Every given rule: first those of Kubernetes, then those of operators. A kind has one. */
export const readinessRules: ReadinessRule[] = [
  apiService,
  byBeingThere,
  crd,
  daemonSet,
  deployment,
  horizontalPodAutoscaler,
  job,
  namespace,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  replicaSet,
  service,
  statefulSet,
  webhookConfiguration,
  argoCd,
  cassOperator,
  certManager,
  cloudNativePg,
  cloudNativePgParts,
  elasticsearch,
  externalSecrets,
  flux,
  kibana,
  longhornNode,
  longhornVolume,
  prometheusOperator,
  secretStores,
  strimzi,
  strimziPools,
]
