import { fieldManagerOf } from '../../core/applyset.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { revisionsId, secretOfHistory } from '../../core/history.ts'
import type { History, Revision } from '../../core/history.ts'
import { isWhole } from '../../core/history-bytes.ts'
import type { StoredBundle } from '../../core/history-bytes.ts'
import type { Inventory } from '../../core/inventory.ts'
import { printJson } from '../../core/json.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { warnings } from './keep.ts'
import type { Limits } from './keep.ts'
import { readHistory, readStored, secretAt } from './read.ts'
import type { LiveHistory } from './read.ts'

/** The bundles that something on the cluster comes from now. */
const inUse = ({ bundle, apart = {} }: Inventory): Set<string> =>
  new Set([bundle, ...Object.values(apart).map((one) => one.bundle)])

/**
 * The revisions that stay when one more has come: the newest, and of what is applied now the last one that says how it came. The oldest go
 * first. Pure.
 */
const keptRevisions = (revisions: Revision[], most: number, now: Inventory): Revision[] => {
  const used = inUse(now)
  const last = new Map(
    revisions.filter((one) => used.has(one.bundle)).map((one) => [one.bundle, one.revision]),
  )
  const needed = new Set(last.values())
  const oldest = revisions.length - Math.max(most, 1)
  return revisions.filter((one, at) => at >= oldest || needed.has(one.revision))
}

/**
 * The stored bundles that go: those that no revision speaks of any more, those of which Secrets are missing, and, the oldest first, as many as it
 * takes to be within the limit. What is applied now stays in any case. Pure.
 */
const droppedBundles = (
  stored: StoredBundle[],
  revisions: Revision[],
  most: number,
  now: Inventory,
): StoredBundle[] => {
  const used = inUse(now)
  const lastUse = new Map(revisions.map((one) => [one.bundle, one.revision]))
  const useless = stored.filter((one) => !isWhole(one) || !(used.has(one.bundle) || lastUse.has(one.bundle)))
  const rest = stored
    .filter((one) => !useless.includes(one))
    .sort((a, b) => (lastUse.get(a.bundle) ?? 0) - (lastUse.get(b.bundle) ?? 0))
  let size = rest.reduce((sum, one) => sum + one.size, 0)
  const tooMuch = rest.filter((one) => {
    if (size <= most || used.has(one.bundle)) return false
    size -= one.size
    return true
  })
  return [...useless, ...tooMuch]
}

const write = async (
  cluster: Cluster,
  discovery: Discovery,
  set: string,
  content: History,
  { resourceVersion }: LiveHistory,
): Promise<Outcome<void>> => {
  const id = revisionsId(set)
  const address = secretAt(discovery, id.name)
  const secret = secretOfHistory(content, set, resourceVersion)
  const options = { fieldManager: fieldManagerOf(set) }
  const reply =
    resourceVersion === undefined
      ? await cluster.create(address, secret, options)
      : await cluster.update(address, secret, options)
  if (reply.ok) return good(undefined)
  if (reply.refusal.status !== 409) return bad([problemOfRefusal(reply.refusal, id)])
  // Ours all the same, where the first answer was lost on the way and the request was sent again.
  const live = await cluster.get(address)
  const isOurs = live.ok && printJson(live.value?.['data'] ?? null) === printJson(secret['data'] ?? null)
  return isOurs
    ? good(undefined)
    : bad([
        problem({
          code: 'history/moved',
          fault: 'world',
          what: `Somebody else has written the history of ${set} meanwhile: this run is not in it.`,
          where: [{ in: 'object', object: id }],
          fix: 'Nothing needs to be done, but to see that nobody else writes that Secret.',
        }),
      ])
}

const drop = async (cluster: Cluster, discovery: Discovery, stored: StoredBundle): Promise<Problem[]> => {
  const replies = await Promise.all(
    Array.from(stored.chunks.values())
      .filter(({ ours }) => ours)
      .map(({ name, uid }) => cluster.remove(secretAt(discovery, name), { uid, propagation: 'Background' })),
  )
  return replies.flatMap((reply) =>
    reply.ok || reply.refusal.status === 409 ? [] : [problemOfRefusal(reply.refusal)],
  )
}

/**
 * Remembers runs of a set (of one revision, the last told counts), and drops what is beyond the limits. `now` is the inventory as it is.
 * Whatever goes wrong is a warning: the runs are done.
 */
export const recordRevisions = async (
  set: string,
  found: (known: Revision[]) => Revision[],
  now: Inventory,
  limits: Limits,
  { cluster, discovery }: { cluster: Cluster; discovery: Discovery },
): Promise<Problem[]> => {
  const live = await readHistory(cluster, discovery, set)
  if (!live.ok) return warnings(live.problems)
  const known = live.value.content.revisions
  const fresh = found(known)
  const numbers = new Set(fresh.map((one) => one.revision))
  const all = [...known.filter((one) => !numbers.has(one.revision)), ...fresh].sort(
    (a, b) => a.revision - b.revision,
  )
  const revisions = keptRevisions(all, limits.revisions, now)
  const written = await write(cluster, discovery, set, { revisions }, live.value)
  if (!written.ok) return warnings(written.problems)
  const stored = await readStored(cluster, discovery, set)
  if (!stored.ok) return warnings(stored.problems)
  const gone = droppedBundles(stored.value, revisions, limits.bytes, now)
  const problems = await Promise.all(gone.map((one) => drop(cluster, discovery, one)))
  return warnings(problems.flat())
}
