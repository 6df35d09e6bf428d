import { partOf } from '../../core/applyset.ts'
import { anyServiceOf } from '../../core/discovery.ts'
import { hasController, isKept } from '../../core/kept.ts'
import { uidOf } from '../../core/live.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Removal } from '../../core/plan.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { unlessInhabited } from './inhabitants.ts'
import { removeAndWait } from './remove.ts'
import { unlessStopped } from './run.ts'
import type { Run } from './run.ts'

const replacedWarning = (run: Run, removal: Removal): Problem =>
  problem({
    code: 'apply/replaced',
    severity: 'warning',
    fault: 'world',
    what: `${nameOf(removal.id)} was to be deleted, and somebody has made it anew meanwhile: it stays.`,
    where: [{ in: 'object', object: removal.id }],
    fix: `Delete it by hand if nobody needs it; ${run.set.name} does not.`,
  })

const unservedWarning = (removal: Removal): Problem =>
  problem({
    code: 'apply/not-pruned',
    severity: 'warning',
    fault: 'world',
    what: `${nameOf(removal.id)} was to be deleted, and its kind is not served any more: it stays in the inventory.`,
    where: [{ in: 'object', object: removal.id }],
    fix: 'Run it again once its API is there.',
  })

/** Why an object that is still the one of the plan is not to go any more; undefined where it is. A plan may be hours old by now. */
const staysBecause = (run: Run, live: KubeObject): string | undefined => {
  if (partOf(live) !== run.set.id) return 'its label was taken away, so somebody else may have taken it over'
  if (hasController(live)) return 'a controller owns it'
  return isKept(live) ? 'an annotation says that it stays' : undefined
}

const staysWarning = (removal: Removal, because: string): Problem =>
  problem({
    code: 'apply/kept-meanwhile',
    severity: 'warning',
    fault: 'world',
    what: `${nameOf(removal.id)} was to be deleted, and stays, since the plan was made: ${because}.`,
    where: [{ in: 'object', object: removal.id }],
    fix: 'Nothing needs to be done where that is meant; the next plan says what becomes of it.',
  })

/**
 * Deletes one object that the plan prunes, and forgets it only once it is proven gone; what cannot be deleted stays in the
 * inventory, and is tried again next time.
 */
const pruneOne = async (run: Run, removal: Removal): Promise<Outcome<void>> => {
  if (removal.do !== 'prune') return good(undefined)
  const stopped = unlessStopped(run)
  if (!stopped.ok) return stopped
  const service = anyServiceOf(run.discovery, removal.id)
  const { namespace, name } = removal.id
  if (service.served === 'yes') {
    const address = { kind: service.kind, namespace, name }
    const live = await run.cluster.get(address)
    if (!live.ok) return bad([problemOfRefusal(live.refusal, removal.id)])
    const isSame = live.value !== undefined && uidOf(live.value) === removal.uid
    const because = live.value && isSame ? staysBecause(run, live.value) : undefined
    if (because !== undefined) return good(undefined, [staysWarning(removal, because)])
    const free = await unlessInhabited(run, removal.id)
    if (!free.ok) return free
    run.touched.add(run.journal.content.entries.get(keyOf(removal.id))?.release ?? '')
    const removed = await removeAndWait(run, removal.id, address, removal.uid)
    if (!removed.ok) return removed
    if (isSame && removed.value === 'gone') run.done.deleted += 1
    run.journal.content.entries.delete(keyOf(removal.id))
    return good(undefined, removed.value === 'replaced' ? [replacedWarning(run, removal)] : [])
  }
  // It was served when the plan was made. The next run finds out whether it is gone.
  return good(undefined, [unservedWarning(removal)])
}

/** Deletes what the plan prunes, step by step: what is deleted last are those that the others need to be deleted. */
export const prune = async (run: Run, steps: Removal[][]): Promise<Outcome<void>> => {
  const warnings: Problem[] = []
  for (const step of steps) {
    const stopped = unlessStopped(run)
    if (!stopped.ok) return stopped
    const outcome = all(await Promise.all(step.map((removal) => pruneOne(run, removal))))
    const saved = await run.journal.save()
    if (!outcome.ok) return saved.ok ? outcome : bad([...outcome.problems, ...saved.problems])
    if (!saved.ok) return saved
    warnings.push(...outcome.warnings)
  }
  return good(undefined, warnings)
}
