import type { Clock } from '../../core/effects/clock.ts'
import type { Address, Cluster, Discovery } from '../../core/effects/cluster.ts'
import { anyServiceOf, serviceOf } from '../../core/discovery.ts'
import type { Revision } from '../../core/history.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { usualPolicy } from '../../core/policy.ts'
import type { Policy } from '../../core/policy.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal, stoppedProblem } from '../../core/refusal.ts'
import type { ReleaseReport } from '../../core/run-report.ts'
import type { Tell } from '../../core/stepper.ts'
import type { Filled } from '../../core/wanted.ts'
import type { Journal } from './journal.ts'

/** What the steps of one run share. */
export interface Run {
  cluster: Cluster
  clock: Clock
  tell: Tell
  /** Aborted when somebody stops us, or when we lose the lock: nothing new is begun after that. */
  signal: AbortSignal
  set: { name: string; id: string; manager: string }
  /** By key: the objects as the bundle has them; Namespaces with the site's labels. */
  wanted: Map<string, KubeObject>
  /** Where the bundle has site values: how those of `wanted` that hold them are remembered. */
  filled: Filled | undefined
  /** By key: the last that is known of each live object. */
  live: Map<string, KubeObject>
  /** By key: what is there under a name that we want, and was not ours when the plan was made; metadata alone. */
  others: ReadonlyMap<string, KubeObject>
  /** By release: how it is to be applied. */
  policies: ReadonlyMap<string, Policy>
  /** By release, as the bundle has it. */
  releaseDigests: Map<string, string>
  discovery: Discovery
  journal: Journal
  /** `Kind.group` of what CRDs define that this run sends: for a moment the server may still judge by their old schemas. */
  freshKinds: Set<string>
  /** By key: custom resources that this run has changed, as they were right after, and how long their controllers are given to write. */
  unheard: Map<string, { resourceVersion: string; until: number }>
  /** The field managers of the sets that hand objects over to this one. */
  handedOver: ReadonlySet<string>
  /** People have agreed to take back what others have set since it was applied. */
  takesBack: boolean
  /** What marks the hooks of this run. */
  mark: string
  /** By release: how far it came. */
  reports: Map<string, ReleaseReport>
  /** How many objects it has made, changed and deleted so far. */
  done: Revision['changes']
  /** Releases of which it has sent or deleted an object, or tried to. */
  touched: Set<string>
}

/** How a release is to be applied; the usual way for what belongs to none. */
export const policyFor = (run: Run, release: string): Policy => run.policies.get(release) ?? usualPolicy

/** The object that is wanted under this id. */
export const wantedFor = (run: Run, id: ObjectId): KubeObject => {
  const object = run.wanted.get(keyOf(id))
  if (object === undefined) throw new Error(`the plan names what the bundle has not: ${keyOf(id)}`)
  return object
}

/** Where an object lives, as its wanted version is served (any version, where it is no longer wanted); undefined if it isn't served. */
export const addressOf = (run: Run, id: ObjectId): Address | undefined => {
  const object = run.wanted.get(keyOf(id))
  const service = object
    ? serviceOf(run.discovery, object.apiVersion, object.kind)
    : anyServiceOf(run.discovery, id)
  return service.served === 'yes' ? { kind: service.kind, namespace: id.namespace, name: id.name } : undefined
}

/** Asks anew what is served: after CRDs have come. */
export const rediscover = async (run: Run): Promise<Outcome<void>> => {
  const reply = await run.cluster.discover()
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
  run.discovery = reply.value
  return good(undefined)
}

/** That a run was stopped, and why. */
export const stoppedBy = (cluster: Cluster, { reason }: AbortSignal): Outcome<never> =>
  bad([stoppedProblem(cluster.server, typeof reason === 'string' ? reason : '')])

/** Refuses to go on once the run was stopped. */
export const unlessStopped = (run: Run): Outcome<void> =>
  run.signal.aborted ? stoppedBy(run.cluster, run.signal) : good(undefined)
