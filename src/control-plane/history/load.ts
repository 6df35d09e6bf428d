import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import type { Shelf } from '../../core/effects/shelf.ts'
import { inventoryNamespace } from '../../core/applyset.ts'
import { isWhole, missingOf } from '../../core/history-bytes.ts'
import type { StoredBundle } from '../../core/history-bytes.ts'
import { isObject } from '../../core/json.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { readStored, secretAt } from './read.ts'

const giveFile = 'Name the file of that bundle with --bundle FILE.'

const notThere = (set: string, version: string): Outcome<never> =>
  bad([
    problem({
      code: 'history/no-bundle',
      fault: 'world',
      what: `Bundle ${version} of ${set} is not kept any more, or never was.`,
      where: [{ in: 'bundle', bundle: set }],
      why: 'Of each set only so many revisions are kept, and only so many bytes.',
      fix: giveFile,
    }),
  ])

const incomplete = (set: string, version: string, stored: StoredBundle): Outcome<never> =>
  bad([
    problem({
      code: 'history/incomplete',
      fault: 'world',
      what: `Bundle ${version} of ${set} is kept in ${stored.total} Secrets, and of these are missing: ${missingOf(
        stored,
      )
        .slice(0, 5)
        .map((number) => `scout.history.${set}.r${stored.revision}.${number}`)
        .join(', ')}.`,
      where: [{ in: 'bundle', bundle: set }],
      fix: `${giveFile} The Secrets lie in ${inventoryNamespace}.`,
    }),
  ])

const readChunks = async (
  cluster: Cluster,
  discovery: Discovery,
  { total, chunks }: StoredBundle,
): Promise<Outcome<Uint8Array>> => {
  const replies = await Promise.all(
    Array.from({ length: total }, (_, at) =>
      cluster.get(secretAt(discovery, chunks.get(at + 1)?.name ?? '')),
    ),
  )
  const parts = all(
    replies.map((reply) => {
      if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
      const data = reply.value?.['data']
      const chunk = isObject(data) ? data['chunk'] : undefined
      return good(Buffer.from(typeof chunk === 'string' ? chunk : '', 'base64'))
    }),
  )
  return parts.ok ? good(Buffer.concat(parts.value)) : parts
}

/**
 * The file of a bundle that was applied before, from the cluster or from beside it. Nothing says that it is what it was: whoever uses it must verify
 * it. `version` is how messages call it.
 */
export const loadBundle = async (
  { set, bundle, version }: { set: string; bundle: string; version: string },
  { cluster, discovery, shelf }: { cluster: Cluster; discovery: Discovery; shelf?: Shelf | undefined },
): Promise<Outcome<Uint8Array>> => {
  const stored = await readStored(cluster, discovery, set)
  if (!stored.ok) return stored
  const found = stored.value.filter((one) => one.bundle === bundle)
  const whole = found.find(isWhole)
  if (whole) return await readChunks(cluster, discovery, whole)
  const beside = await shelf?.read(bundle)
  if (beside) return good(beside)
  return found[0] ? incomplete(set, version, found[0]) : notThere(set, version)
}
