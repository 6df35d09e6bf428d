import { fieldManagerOf, setIdOf } from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Address, Cluster } from '../../core/effects/cluster.ts'
import type { Conceals } from '../../core/fields/changes.ts'
import { freshKindsOf } from '../../core/fresh-kinds.ts'
import type { SettledConflict, Verdict } from '../../core/judged.ts'
import { isGoing } from '../../core/live.ts'
import type { Live } from '../../core/live.ts'
import { namespacesOf } from '../../core/namespaces.ts'
import { groupKindOf, idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { speaksOfUnserved } from '../../core/ownership/settle.ts'
import type { Plan } from '../../core/plan.ts'
import { policyOf, usualPolicy } from '../../core/policy.ts'
import type { Policy } from '../../core/policy.ts'
import type { Problem } from '../../core/problem.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { outlookOf } from './judge-outlook.ts'
import type { Outlook } from './judge-outlook.ts'

export interface ToJudge {
  plan: Plan
  wanted: Wanted
  live: Live
  /** What must not be shown of an object. */
  conceals: (id: ObjectId) => Conceals
  /**
   * `all`: every change, field by field, for who reads it. `refusals`: only whether the server would refuse it; plain data that is new
   * (ConfigMaps, Secrets, ServiceAccounts) is not asked about.
   */
  scope: 'all' | 'refusals'
  /** Fields that others have set since we applied them are taken back (`--correct`). */
  takesBack?: boolean
}

/** What the judgements on one plan share. */
export interface Judging extends ToJudge {
  cluster: Cluster
  set: { id: string; manager: string }
  /** By key: the objects as the bundle has them; Namespaces with the site's labels. */
  objects: Map<string, KubeObject>
  releaseOf(id: ObjectId): string
  policyFor(id: ObjectId): Policy
  /** The managers of the sets that hand objects over. */
  handedOver: ReadonlySet<string>
  outlook: Outlook
  /** By kind: the webhook that did not answer for one of it. */
  silent: Map<string, string>
  /** Why the server cannot be asked yet; undefined where it can. */
  notYet(id: ObjectId, object: KubeObject): string | undefined
}

/** What came of one question. */
export interface Answered {
  verdict: Verdict
  settled?: SettledConflict[]
  problems?: Problem[]
}

export const unknown = (why: string): Answered => ({ verdict: { comes: 'not checked', why } })

export const refused = (problem: Problem): Answered => ({
  ...unknown('the server refuses it'),
  problems: [problem],
})

/** Where an object lives, that is known to be served. */
export const addressOf = ({ live }: Judging, id: ObjectId, object: KubeObject): Address => {
  const service = serviceOf(live.discovery, object.apiVersion, object.kind)
  if (service.served !== 'yes') throw new Error(`asked about what nobody serves: ${keyOf(id)}`)
  return { kind: service.kind, namespace: id.namespace, name: id.name }
}

/** Puts together what judgements on a plan need to know. */
export const judgingOf = (input: ToJudge, cluster: Cluster): Judging => {
  const { plan, wanted, live } = input
  const applied = appliedObjects(wanted)
  const releases = new Map(applied.map(({ id, release }) => [keyOf(id), release]))
  const releaseOf = (id: ObjectId): string => releases.get(keyOf(id)) ?? ''
  const policies = new Map(wanted.releases.map((one) => [one.name, policyOf(one)]))
  const toCome = new Set(plan.namespaces.filter((one) => one.do === 'create').map(({ id }) => id.name))
  const fresh = freshKindsOf(plan, wanted)
  const prunesEarly = new Set(plan.waves.flat().flatMap(({ name, prune }) => (prune ? [name] : [])))
  const silent = new Map<string, string>()
  return {
    ...input,
    cluster,
    set: { id: setIdOf(plan.set), manager: fieldManagerOf(plan.set) },
    objects: new Map([
      ...applied.map(({ id, object }) => [keyOf(id), object] as const),
      ...namespacesOf(wanted).map((object) => [keyOf(idOf(object)), object] as const),
    ]),
    releaseOf,
    policyFor: (id) => policies.get(releaseOf(id)) ?? usualPolicy,
    handedOver: new Set((plan.takesFrom ?? []).map(fieldManagerOf)),
    outlook: outlookOf(plan),
    silent,
    notYet: (id, object) => {
      if (serviceOf(live.discovery, object.apiVersion, object.kind).served !== 'yes')
        return 'the kind is yet to come, with its CustomResourceDefinition'
      if (fresh.has(groupKindOf(id))) return 'the schema of the kind is yet to change'
      if (toCome.has(id.namespace)) return `the Namespace ${id.namespace} is yet to come`
      if (isGoing(live, id)) return 'what is there of it is being deleted first'
      if (prunesEarly.has(releaseOf(id)) && !live.members.has(keyOf(id)))
        return 'what its release deletes first may be in its way'
      const there = live.members.get(keyOf(id)) ?? live.others.get(keyOf(id))
      if (there && speaksOfUnserved({ ...there, kind: id.kind }, live.discovery))
        return 'its record of owners is of a version that is served no more, and is to be settled first'
      const webhook = silent.get(groupKindOf(id))
      return webhook === undefined ? undefined : `the admission webhook ${webhook} does not answer`
    },
  }
}
