import { anyServiceOf } from '../discovery.ts'
import type { Cluster, Discovery } from '../effects/cluster.ts'
import { isObject } from '../json.ts'
import { uidOf } from '../live.ts'
import { groupKindOf, idOf, nameOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { mapAt, textAt } from '../readiness/rule.ts'
import { happenedOf } from './evidence.ts'
import type { Evidence, Happened, Reason } from './evidence.ts'
import { reasonsOf, whyInWords } from './why.ts'

/** What is asked of the cluster to explain: it is only read. */
export interface WhySystem {
  cluster: Pick<Cluster, 'list' | 'log'>
  discovery: Discovery
}

/** The last lines of a container's log. They may hold secrets: they are for a terminal alone, and go into no record. */
export interface LogTail {
  /** `Pod shop/web-1, container app` */
  of: string
  lines: string[]
}

export interface Why {
  /** In one line; '' where nothing tells. */
  words: string
  reasons: Reason[]
  /** Warnings about it and what is below it, the newest last. */
  warnings: Happened[]
}

/** What stands between a kind and its Pods, from above; a custom resource may use any of them. */
const between: { [groupKind: string]: string[] } = {
  'Deployment.apps': ['ReplicaSet.apps'],
  'CronJob.batch': ['Job.batch'],
  'StatefulSet.apps': [],
  'DaemonSet.apps': [],
  'ReplicaSet.apps': [],
  'Job.batch': [],
}
const anyOf = ['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'ReplicaSet.apps', 'Job.batch']

/** Kinds of Kubernetes' own that never have Pods below them. A group without a dot, or of k8s.io, is its own. */
const hasNoPods = (id: { group: string; kind: string }): boolean =>
  between[groupKindOf(id)] === undefined && (!id.group.includes('.') || id.group.endsWith('.k8s.io'))

const split = (groupKind: string): { group: string; kind: string } => {
  const [kind = '', ...group] = groupKind.split('.')
  return { kind, group: group.join('.') }
}

/** A workload's own selector narrows what is read; whose a Pod is, only its owner says. */
const selectorOf = (workload: KubeObject): string | undefined => {
  const labels = mapAt(workload, 'spec', 'selector', 'matchLabels')
  const terms = Object.entries(labels).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name}=${value}`] : [],
  )
  return terms.length === 0 ? undefined : terms.join(',')
}

const isOwnedBy = (object: KubeObject, uids: Set<string>): boolean => {
  const owners = object.metadata['ownerReferences']
  return Array.isArray(owners) && owners.some((one) => isObject(one) && uids.has(textAt(one, 'uid')))
}

/** Objects of a kind in a namespace; none where they may not be read: an explanation is no problem of its own. */
const read = async (
  { cluster, discovery }: WhySystem,
  kind: { group: string; kind: string },
  options: { namespace: string; selector?: string; fieldSelector?: string },
): Promise<KubeObject[]> => {
  const service = anyServiceOf(discovery, kind)
  if (service.served !== 'yes') return []
  const reply = await cluster.list(service.kind, options)
  return reply.ok ? reply.value : []
}

/** The newest objects of an owner first: those of old ReplicaSets tell of what was. */
const newestFirst = (objects: KubeObject[]): KubeObject[] =>
  objects.toSorted((a, b) =>
    textAt(a.metadata, 'creationTimestamp') < textAt(b.metadata, 'creationTimestamp') ? 1 : -1,
  )

const evidenceOf = async (workload: KubeObject, system: WhySystem): Promise<Evidence> => {
  const id = idOf(workload)
  const { namespace } = id
  // Events about what has no namespace are in `default`.
  const warnings = read(
    system,
    { group: '', kind: 'Event' },
    {
      namespace: namespace === '' ? 'default' : namespace,
      fieldSelector: 'type=Warning',
    },
  )
  const found: Evidence = { workload, between: [], pods: [], events: [] }
  if (groupKindOf(id) === 'Pod') found.pods = [workload]
  else if (namespace !== '' && !hasNoPods(id)) {
    const steps = between[groupKindOf(id)]
    const narrow = selectorOf(workload)
    const options = { namespace, ...(steps && narrow !== undefined && { selector: narrow }) }
    const uids = new Set([uidOf(workload)])
    for (const step of steps ?? anyOf) {
      const owned = (await read(system, split(step), options)).filter((one) => isOwnedBy(one, uids))
      found.between.push(...newestFirst(owned))
      for (const one of owned) uids.add(uidOf(one))
    }
    const pods = await read(system, { group: '', kind: 'Pod' }, options)
    found.pods = newestFirst(pods.filter((one) => isOwnedBy(one, uids)))
  }
  found.events = (await warnings).map(happenedOf).sort((a, b) => (a.last < b.last ? -1 : 1))
  return found
}

/** Why a workload is not ready: reads its Pods (by their owners), what is between, and their warnings. What may not be read is left out. */
export const lookInto = async (workload: KubeObject, system: WhySystem): Promise<Why> => {
  const evidence = await evidenceOf(workload, system)
  const reasons = reasonsOf(evidence)
  const uids = new Set([workload, ...evidence.between, ...evidence.pods].map(uidOf))
  const warnings = evidence.events.filter(({ about }) => about !== '' && uids.has(about))
  return { words: whyInWords(workload, reasons), reasons, warnings }
}

const tailLines = 5
const longestLine = 500
/** Of so many causes the logs are read: they are mostly alike. */
const mostLogs = 2

const linesOf = (text: string): string[] =>
  text
    .replace(/\s+$/, '')
    .split('\n')
    .slice(-tailLines)
    .filter((line) => line !== '')
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line))

/**
 * The last lines of the logs that tell more of these causes: from the API server, which asks the node; where it cannot give them, what the
 * container itself left as its last words. [] where there are none.
 */
export const readLogs = async (reasons: Reason[], { cluster }: WhySystem): Promise<LogTail[]> => {
  const tails: LogTail[] = []
  const seen = new Set<string>()
  for (const { object, words, log, lastWords = '' } of reasons) {
    if (log === undefined || seen.has(words) || tails.length >= mostLogs) continue
    seen.add(words)
    const ask = async (previous: boolean): Promise<string> => {
      const reply = await cluster.log(object, { container: log.container, previous, lines: tailLines })
      return reply.ok ? reply.value : ''
    }
    // A run before may be forgotten already; then the one that goes on now is all there is.
    const text = (await ask(log.previous)) || (log.previous ? await ask(false) : '') || lastWords
    const lines = linesOf(text)
    if (lines.length > 0) tails.push({ of: `${nameOf(object)}, container ${log.container}`, lines })
  }
  return tails
}
