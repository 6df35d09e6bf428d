import { isBeingDeleted } from '../live.ts'
import { idOf, nameOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { readinessOf } from '../readiness/readiness.ts'
import { config } from './config.ts'
import { crash } from './crash.ts'
import { about } from './evidence.ts'
import type { Evidence, Happened, Reason, WhyRule } from './evidence.ts'
import { image } from './image.ts'
import { creation, warned } from './owner.ts'
import { ended, starting } from './phase.ts'
import { probe } from './probe.ts'
import { sandbox } from './sandbox.ts'
import { scheduling } from './scheduling.ts'
import { volume } from './volume.ts'

/** In their order: the first that finds something speaks for its object. */
const rules: WhyRule[] = [
  scheduling,
  ended,
  image,
  config,
  crash,
  volume,
  sandbox,
  probe,
  starting,
  creation,
  warned,
]

const reasonOf = (
  object: KubeObject,
  looksAt: WhyRule['looksAt'],
  events: Happened[],
): Reason | undefined => {
  const its = about(object, events)
  for (const rule of rules) {
    const found = rule.looksAt === looksAt ? rule.find(object, its) : undefined
    if (found) return { rule: rule.name, object: idOf(object), ...found }
  }
  return undefined
}

const rank = (reason: Reason): number => rules.findIndex(({ name }) => name === reason.rule)

/**
 * Why a workload is not ready, as causes in words: one for each of its Pods that is not ready, the telling ones first; without such Pods, what
 * keeps its controllers from making them; else the last warning about it. [] where nothing tells. Pure.
 */
export const reasonsOf = ({ workload, between, pods, events }: Evidence): Reason[] => {
  const found = pods
    .filter((pod) => !isBeingDeleted(pod) && readinessOf(pod).state !== 'ready')
    .flatMap((pod) => reasonOf(pod, 'pod', events) ?? [])
    .sort((a, b) => rank(a) - rank(b))
  const refused = [...between, workload].flatMap((one) => {
    const reason = reasonOf(one, 'owner', events)
    return reason?.rule === 'creation' ? [reason] : []
  })
  const all = [...refused.slice(0, 1), ...found]
  if (all.length > 0) return all
  const warning = [workload, ...between].flatMap((one) => reasonOf(one, 'owner', events) ?? [])
  return warning.slice(0, 1)
}

/** How many Pods of the same trouble there are is said once, not each. */
interface Cause {
  first: Reason
  more: number
}

const causesOf = (reasons: Reason[]): Cause[] => {
  const causes = new Map<string, Cause>()
  for (const reason of reasons) {
    const name = `${reason.object.kind} ${reason.rule} ${reason.words}`
    const same = causes.get(name)
    if (same) same.more += 1
    else causes.set(name, { first: reason, more: 0 })
  }
  return Array.from(causes.values())
}

const mostCauses = 3

/**
 * Causes in one line: `Pod web-7d and 2 more: container app: image …: not found in project …; Pod …`. Names of the workload's own
 * namespace are not repeated; what is about the workload itself is told without its name.
 */
export const whyInWords = (workload: KubeObject, reasons: Reason[]): string => {
  const causes = causesOf(reasons)
  const words = causes.slice(0, mostCauses).map(({ first, more }) => {
    if (nameOf(first.object) === nameOf(idOf(workload))) return first.words
    const name = `${first.object.kind} ${first.object.name}`
    return `${name}${more === 0 ? '' : ` and ${more} more`}: ${first.words}`
  })
  const rest = causes.length - mostCauses
  return [...words, ...(rest > 0 ? [`and ${rest} more causes`] : [])].join('; ')
}
