import { randomUUID } from 'node:crypto'
import { openCluster } from '../../src/system/cluster.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import type { Clock } from '../../src/core/effects/clock.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { BundleManifest } from '../../src/core/bundle/format.ts'
import type { VerifiedRelease } from '../../src/core/bundle/verified.ts'
import { sha256 } from '../../src/core/digest.ts'
import { printJson } from '../../src/core/json.ts'
import { hookOf } from '../../src/core/hook.ts'
import { groupVersionOf, isCrd } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { usualPolicy } from '../../src/core/policy.ts'
import type { Policy } from '../../src/core/policy.ts'
import { pathOf } from '../../src/core/layout.ts'
import type { GuardedKind, Plan } from '../../src/core/plan.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { RunReport } from '../../src/core/run-report.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import type { Phase, SuppliedSecret } from '../../src/core/records.ts'
import type { SiteValue } from '../../src/core/site-values/recipe.ts'
import type { Told } from '../../src/core/stepper.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { applyBundle, planBundle } from '../../src/control-plane/pipeline.ts'
import type { ApprovedPlan } from '../../src/control-plane/plan/approve.ts'

/** A release in a few words; all else is as usual. */
export interface Sketch {
  name: string
  namespace: string
  objects: KubeObject[]
  dependsOn?: string[]
  supplied?: SuppliedSecret[]
  timeoutSeconds?: number
  siteValues?: SiteValue[]
  policy?: Partial<Policy>
}

const phaseOf = (object: KubeObject): { phase: Phase; hook?: NonNullable<ReturnType<typeof unwrapped>> } => {
  const hook = unwrapped(object)
  const isDeleteOnly = hook?.events.every((event) => event.endsWith('-delete')) ?? false
  if (hook) return { phase: isDeleteOnly ? 'delete-hooks' : 'hooks', hook }
  return { phase: isCrd({ ...groupVersionOf(object.apiVersion), kind: object.kind }) ? 'crds' : 'main' }
}

const unwrapped = (object: KubeObject) => {
  const hook = hookOf(object)
  if (!hook.ok) throw new Refused(hook.problems)
  return hook.value
}

const namespaced = (object: KubeObject, namespace: string): string =>
  object.metadata.namespace ?? (clusterScoped.has(object.kind) ? '' : namespace)
const clusterScoped = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'ValidatingWebhookConfiguration',
])

/** What a verified bundle of these releases would be: one wave for each release, in order. */
export const bundleOf = (set: string, sequence: number, sketches: Sketch[]): Wanted => {
  const releases: VerifiedRelease[] = sketches.map((sketch) => ({
    name: sketch.name,
    namespace: sketch.namespace,
    dependsOn: sketch.dependsOn ?? [],
    timeoutSeconds: sketch.timeoutSeconds ?? 60,
    supplied: sketch.supplied ?? [],
    ...(sketch.policy && { policy: { ...usualPolicy, ...sketch.policy } }),
    chart: null,
    helm: null,
    objects: sketch.objects.map((given) => {
      const namespace = namespaced(given, sketch.namespace)
      const object: KubeObject =
        namespace === '' ? given : { ...given, metadata: { ...given.metadata, namespace } }
      const { group } = groupVersionOf(object.apiVersion)
      const id = { group, kind: object.kind, namespace, name: object.metadata.name }
      const { phase, hook } = phaseOf(object)
      return {
        id,
        phase,
        ...(hook && { hook }),
        member: `objects/${sketch.name}/${pathOf(phase, id)}`,
        object,
      }
    }),
  }))
  const manifest: BundleManifest = {
    format: 3,
    name: set,
    site: set,
    environment: 'test',
    version: `1.0.${sequence}`,
    sequence,
    previous: null,
    notAfter: null,
    cluster: 'test',
    kubernetes: '1.36',
    git: null,
    tool: 'scout/0.1.0',
    namespaces: {},
    waves: sketches.map((one) => [one.name]),
    releases: releases.map((release) => ({
      ...release,
      objects: release.objects.map((one) => ({
        id: one.id,
        phase: one.phase,
        member: one.member,
        ...(one.hook && { hook: one.hook }),
      })),
    })),
    siteValues: sketches.flatMap((one) => one.siteValues ?? []).sort((a, b) => (a.id < b.id ? -1 : 1)),
    images: [],
    members: [],
  }
  return { manifest, releases, digest: sha256(printJson([manifest, releases])) }
}

export const open = async (kubeconfig: string): Promise<Cluster> => {
  const opened = await openCluster({ kubeconfig }, {})
  if (!opened.ok) throw new Refused([opened.problem])
  return opened.cluster
}

export interface Consents {
  prune?: GuardedKind[]
  downgrade?: boolean
  empty?: boolean
  signal?: AbortSignal
  keepGoing?: boolean
  versionSkew?: boolean
  approved?: ApprovedPlan
  takeFrom?: string[]
  clock?: Clock
  resume?: boolean
  largestPart?: number
  /** Hears what is told while it goes. */
  listen?(told: Told): void
}

type Result =
  | { plan: Plan; problems?: undefined; told: Told[]; report?: RunReport }
  | { plan?: undefined; problems: Problem[]; told: Told[]; report?: RunReport }

const outcome = async (told: Told[], run: () => Promise<Plan>): Promise<Result> => {
  try {
    return { plan: await run(), told }
  } catch (error) {
    if (error instanceof Refused) return { problems: error.problems, told }
    throw error
  }
}

const consentOf = ({
  prune = [],
  downgrade = false,
  empty = false,
  takeFrom = [],
  versionSkew = false,
}: Consents) => ({
  consent: { prune: new Set(prune), downgrade, empty, takeFrom: new Set(takeFrom), versionSkew },
})

/** Applies a bundle as scout-apply would, and answers with the plan or with the problems. */
export const applied = async (cluster: Cluster, wanted: Wanted, consents: Consents = {}): Promise<Result> => {
  const told: Told[] = []
  const options = { ...consentOf(consents), holder: `test-${randomUUID()}`, tooling: 'scout-apply/0.1.0' }
  const { signal, keepGoing = false, resume = false, largestPart, listen, approved } = consents
  const { clock: time = clock } = consents
  let report: RunReport | undefined
  const result = await outcome(told, () =>
    applyBundle(
      wanted,
      {
        ...options,
        keepGoing,
        resume,
        ...(approved && { approved }),
        ...(largestPart !== undefined && { largestPart }),
      },
      {
        cluster,
        clock: time,
        maker,
        tell: (one) => {
          told.push(one)
          listen?.(one)
        },
        record: async (one) => {
          report = one
        },
        ...(signal && { signal }),
      },
    ),
  )
  return { ...result, ...(report && { report }) }
}

export const plannedOnly = async (
  cluster: Cluster,
  wanted: Wanted,
  consents: Consents = {},
): Promise<Result> => {
  const told: Told[] = []
  return await outcome(told, () =>
    planBundle(wanted, consentOf(consents), { cluster, clock, maker, tell: (one) => told.push(one) }),
  )
}

export const configMap = (name: string, data: { [key: string]: string } = { a: '1' }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

export const deployment = (name: string, podAnnotations: { [key: string]: string } = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations: podAnnotations },
      spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
    },
  },
})

/** A namespace of one's own, and a set of that name, on the control plane that all tests share. */
export const freshSet = async (purpose: string) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, purpose)
  const cluster = await open(controlPlane.kubeconfig)
  const { request } = controlPlane
  return { controlPlane, request, namespace, cluster, set: namespace, release: { name: 'app', namespace } }
}

/** A Job that runs once; `fate` is what kwok makes of its Pod. */
export const job = (
  name: string,
  { annotations = {}, fate, spec = {}, word = 'go' }: JobSketch = {},
): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations },
  spec: {
    backoffLimit: 0,
    ...spec,
    template: {
      metadata: { annotations: fate === undefined ? {} : { 'test.scout/fate': fate } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'x', args: [word] }] },
    },
  },
})

interface JobSketch {
  annotations?: { [key: string]: string }
  fate?: string
  spec?: JsonObject
  word?: string
}

export const widgetCrd = (group: string, fields: JsonObject = {}): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: fields } },
          },
        },
      },
    ],
  },
})

export const widget = (group: string, name: string, spec: JsonObject = {}): KubeObject => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name },
  spec,
})
