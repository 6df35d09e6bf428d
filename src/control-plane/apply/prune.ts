import { anyServiceOf } from '../../core/discovery.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import type { Removal } from '../../core/plan.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
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
    const free = await unlessInhabited(run, removal.id)
    if (!free.ok) return free
    const address = { kind: service.kind, namespace, name }
    const removed = await removeAndWait(run, removal.id, address, removal.uid)
    if (!removed.ok) return removed
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
