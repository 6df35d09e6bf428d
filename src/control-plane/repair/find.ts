import { labels, partOf } from '../../core/applyset.ts'
import type { Cluster, Description } from '../../core/effects/cluster.ts'
import { groupKindOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { NotListed } from '../../core/repair.ts'
import type { DiscoveredResource } from '../../core/stand-in/knowledge.ts'

/** What bears a label, and what could not be looked at. */
export interface Labelled {
  /** Metadata alone. */
  objects: KubeObject[]
  notListed: NotListed[]
}

const words = (status: number, message: string): string =>
  status === 403 ? 'it may not be listed' : `the server answers ${status}: ${message}`

/** All Namespaces, to look into one by one where a kind may not be listed as a whole; [] where they may not be listed either. */
const namespacesOf = async (cluster: Cluster, resources: DiscoveredResource[]): Promise<string[]> => {
  const kind = resources.find((one) => groupKindOf(one) === 'Namespace')
  const reply = kind && (await cluster.list(kind, { metadataOnly: true }))
  return reply?.ok ? reply.value.map((one) => one.metadata.name) : []
}

/**
 * Finds all objects of a cluster that bear the label of a set, of every kind that is served: by one list a kind, and namespace by namespace where that
 * is not allowed. Kinds that cannot be listed, and groups whose server is silent, are named. Nothing is written, and of no object more than its
 * metadata is read.
 */
export const findLabelled = async (
  setId: string,
  { discovered, silent }: Description,
  cluster: Cluster,
): Promise<Outcome<Labelled>> => {
  const selector = `${labels.partOf}=${setId}`
  const listable = discovered.resources.filter((one) => one.kind !== '' && one.verbs.includes('list'))
  // The first version of a kind is the one that the server prefers.
  const kinds = Array.from(
    new Map(listable.toReversed().map((one) => [`${one.group}/${one.plural}`, one])).values(),
  )
  const namespaces = await namespacesOf(cluster, listable)
  const objects: KubeObject[] = []
  const notListed: NotListed[] = silent.map((group) => ({
    kind: `*.${group}`,
    why: 'the server of this API does not answer',
  }))
  const look = async (kind: DiscoveredResource): Promise<Outcome<void>> => {
    const whole = await cluster.list(kind, { selector, metadataOnly: true })
    if (whole.ok) {
      objects.push(...whole.value)
      return good(undefined)
    }
    const { status, message } = whole.refusal
    if (status === 0 || status === 401) return bad([problemOfRefusal(whole.refusal)])
    if (status !== 403 || !kind.namespaced) {
      notListed.push({ kind: groupKindOf(kind), why: words(status, message) })
      return good(undefined)
    }
    const replies = await Promise.all(
      namespaces.map(async (namespace) => ({
        namespace,
        reply: await cluster.list(kind, { namespace, selector, metadataOnly: true }),
      })),
    )
    const refused = replies.filter(({ reply }) => !reply.ok).map(({ namespace }) => namespace)
    for (const { reply } of replies) if (reply.ok) objects.push(...reply.value)
    if (refused.length > 0 || replies.length === 0)
      notListed.push({
        kind: groupKindOf(kind),
        why:
          refused.length === replies.length
            ? 'it may not be listed'
            : `it may not be listed in ${refused.slice(0, 5).join(', ')}${refused.length > 5 ? ` and ${refused.length - 5} more namespaces` : ''}`,
      })
    return good(undefined)
  }
  const looked = await Promise.all(kinds.map(look))
  const failed = looked.find((one) => !one.ok)
  return failed?.ok === false
    ? failed
    : // Not every server of an aggregated API knows selectors.
      good({
        objects: objects.filter((one) => partOf(one) === setId),
        notListed: notListed.sort((a, b) => (a.kind < b.kind ? -1 : 1)),
      })
}
