import { groupKindOf, idOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { usualPolicy } from '../policy.ts'
import type { Policy, ReadyRule } from '../policy.ts'
import { judgeByTests } from './by-tests.ts'
import { customResource } from './custom-resource.ts'
import { changeNotSeen, conditionOf, failed, isOutdated, mapAt, numberAt, waiting, wordsOf } from './rule.ts'
import type { Readiness, ReadinessRule } from './rule.ts'
import { readinessRules } from './rules.ts'

const ruleByKind = new Map<string, ReadinessRule>(
  readinessRules.flatMap((rule) => rule.kinds.map((kind) => [kind, rule])),
)

/** A rule for this very object comes before one for its kind. */
const ownRule = (object: KubeObject, rules: ReadyRule[]): ReadyRule | undefined => {
  const { name } = object.metadata
  const ofKind = rules.filter(({ kind }) => kind === groupKindOf(idOf(object)))
  return ofKind.find((rule) => rule.name === name) ?? ofKind.find((rule) => rule.name === undefined)
}

/** Whether the status says that it speaks of an earlier spec. */
const isBehind = (object: KubeObject): boolean => {
  const generation = numberAt(object.metadata, 'generation', 0)
  return numberAt(mapAt(object, 'status'), 'observedGeneration', generation) < generation
}

/** The two conditions that kstatus asks controllers for. */
const standard = (object: KubeObject): Readiness | undefined => {
  const stalled = conditionOf(object, 'Stalled')
  if (stalled?.status === 'True' && !isOutdated(object, stalled)) return failed(wordsOf(stalled))
  const reconciling = conditionOf(object, 'Reconciling')
  if (reconciling?.status !== 'True') return undefined
  const why = conditionOf(object, 'Ready')
  return waiting(wordsOf(why?.status === 'False' ? why : reconciling))
}

/**
 * Whether a live object is ready: by the release's own rules, else by that of its kind, else by its conditions. The given rules are those of
 * kstatus (cli-utils/pkg/kstatus/status/core.go) with its weak spots mended: a started Job is not ready, a failed Pod is not current, a load
 * balancer needs an address, a CRD without status is not ready. Objects may hold anything: it never throws.
 */
export const readinessOf = (
  object: KubeObject,
  { ready }: Pick<Policy, 'ready'> = usualPolicy,
): Readiness => {
  if (object.metadata['deletionTimestamp'] !== undefined) return waiting('it is being deleted')
  const own = ownRule(object, ready)
  const rule = ruleByKind.get(groupKindOf(idOf(object))) ?? customResource
  if (own === undefined && rule.isLeftAlone?.(object)) return { state: 'ready' }
  if (isBehind(object) && !own && !rule.writesGenerationLast) return waiting(changeNotSeen)
  const judged = own ? judgeByTests(object, own) : (standard(object) ?? rule.judge(object))
  if (!isBehind(object)) return judged
  // Perhaps of the spec before: what it says is no verdict yet, but the best that is known.
  return waiting(judged.state === 'ready' ? changeNotSeen : judged.why)
}
