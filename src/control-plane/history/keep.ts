import { fieldManagerOf } from '../../core/applyset.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import type { Shelf } from '../../core/effects/shelf.ts'
import { bytesType } from '../../core/history.ts'
import { chunksOf, isWhole } from '../../core/history-bytes.ts'
import { printJson } from '../../core/json.ts'
import { uidOf } from '../../core/live.ts'
import { idOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { isWrittenBy } from '../../core/owned-fields.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { readStored, secretAt } from './read.ts'

/** How much is kept of a set. */
export interface Limits {
  revisions: number
  /** Bytes of all bundles together. */
  bytes: number
}

const MiB = 1024 * 1024
export const usualLimits: Limits = { revisions: 10, bytes: 32 * MiB }

const inMiB = (bytes: number): string => (bytes / MiB).toFixed(1)

const notKept = (what: string, fix: string, where: Problem['where'] = []): Problem =>
  problem({
    code: 'history/not-kept',
    severity: 'warning',
    fault: 'world',
    what,
    where,
    why: 'Without it, going back to this bundle and the delete hooks of its releases need the file.',
    fix,
  })

const foreign = (secret: KubeObject): Problem =>
  notKept(
    `The bundle is not kept: the Secret ${secret.metadata.name} is there already, and somebody else has made it.`,
    'Delete that Secret if nobody needs it; and keep the file of this bundle.',
    [{ in: 'object', object: idOf(secret) }],
  )

/** Makes one Secret of a bundle's file. What an earlier run that was cut off has left under its name is replaced. */
const keepChunk = async (
  cluster: Cluster,
  discovery: Discovery,
  manager: string,
  chunk: KubeObject,
): Promise<Outcome<void>> => {
  const address = secretAt(discovery, chunk.metadata.name)
  const create = async () => await cluster.create(address, chunk, { fieldManager: manager })
  const made = await create()
  if (made.ok) return good(undefined)
  if (made.refusal.status !== 409) return bad([problemOfRefusal(made.refusal, idOf(chunk))])
  const live = await cluster.get(address)
  if (!live.ok) return bad([problemOfRefusal(live.refusal, idOf(chunk))])
  if (live.value === undefined) return bad([problemOfRefusal(made.refusal, idOf(chunk))])
  if (live.value['type'] !== bytesType || !isWrittenBy(live.value, manager)) return bad([foreign(chunk)])
  const isSame = (['data', 'immutable'] as const).every(
    (field) => printJson(live.value?.[field] ?? null) === printJson(chunk[field] ?? null),
  )
  if (
    isSame &&
    printJson(live.value.metadata.annotations ?? null) === printJson(chunk.metadata.annotations ?? null)
  )
    return good(undefined)
  const removed = await cluster.remove(address, { uid: uidOf(live.value), propagation: 'Background' })
  const again = removed.ok ? await create() : removed
  return again.ok ? good(undefined) : bad([problemOfRefusal(again.refusal, idOf(chunk))])
}

export interface ToKeep {
  set: string
  revision: number
  /** Digest of bundle.json. */
  bundle: string
  /** The whole file. */
  bytes: Uint8Array
}

/**
 * Keeps the file of a bundle where a rollback finds it: on the cluster, once for however many revisions; beside it, where it is too large for that
 * and a shelf is there. Whatever goes wrong is a warning: it is no reason not to apply.
 */
export const keepBundle = async (
  { set, revision, bundle, bytes }: ToKeep,
  limits: Limits,
  { cluster, discovery, shelf }: { cluster: Cluster; discovery: Discovery; shelf?: Shelf | undefined },
): Promise<Problem[]> => {
  if (bytes.length > limits.bytes) {
    if (shelf) {
      try {
        await shelf.write(bundle, bytes)
        return []
      } catch (error) {
        return [
          notKept(
            `The bundle is not kept: the folder for it cannot be written: ${(error as Error).message}.`,
            'Mend what the system says, and keep the file of this bundle.',
          ),
        ]
      }
    }
    return [
      notKept(
        `The bundle is not kept: it has ${inMiB(bytes.length)} MiB, and ${inMiB(limits.bytes)} MiB are kept of a set.`,
        'Keep its file, name a folder for it with --history-dir DIR, or allow more with --history-size MIB.',
      ),
    ]
  }
  const stored = await readStored(cluster, discovery, set)
  if (!stored.ok) return warnings(stored.problems)
  if (stored.value.some((one) => one.bundle === bundle && isWhole(one))) return []
  const kept = all(
    await Promise.all(
      chunksOf(set, revision, bundle, bytes).map((chunk) =>
        keepChunk(cluster, discovery, fieldManagerOf(set), chunk),
      ),
    ),
  )
  return warnings(kept.ok ? kept.warnings : kept.problems)
}

/** The same as warnings: what went wrong with the history alone. */
export const warnings = (problems: Problem[]): Problem[] =>
  problems.map((one) => ({ ...one, severity: 'warning' }))
