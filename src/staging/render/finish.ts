import { hookOf } from '../../core/hook.ts'
import { idOf, keyOf } from '../../core/object.ts'
import { good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { phases } from '../../core/records.ts'
import type { RenderedObject, RenderedRelease, ResolvedRelease } from '../../core/records.ts'
import { dropNulls } from '../../core/nulls.ts'
import { definitionOf } from '../../core/target.ts'
import { isTestOnly, phaseOf } from './phase.ts'
import type { FoundObject } from './read-release.ts'
import { placeInScope } from './scope.ts'
import type { Served } from './scope.ts'

/** Problems of an object's own say which release and template it came from. */
const located = (found: Problem, release: ResolvedRelease, { origin }: FoundObject): Problem => ({
  ...found,
  where: found.where.map((where) =>
    where.in === 'object'
      ? { ...where, release: release.name, template: origin.template, line: origin.line }
      : where,
  ),
})

const finish = (
  found: FoundObject,
  release: ResolvedRelease,
  served: Served,
): Outcome<RenderedObject | undefined> => {
  const hook = hookOf(found.object)
  if (!hook.ok) return hook
  if (isTestOnly(hook.value)) return good(undefined)
  const placed = placeInScope(found.object, release.namespace, served)
  if (!placed.ok) return placed
  const isCustom = definitionOf(served.schemas, found.object) === undefined
  const object = dropNulls(placed.value, isCustom)
  const phase = phaseOf(object, hook.value)
  const runsAs = phase === 'crds' ? undefined : hook.value
  return good<RenderedObject | undefined>(
    {
      id: idOf(object),
      object,
      phase,
      origin: found.origin,
      ...(runsAs ? { hook: runsAs } : {}),
    },
    placed.warnings,
  )
}

const order = (a: RenderedObject, b: RenderedObject): number =>
  phases.indexOf(a.phase) - phases.indexOf(b.phase) || (keyOf(a.id) < keyOf(b.id) ? -1 : 1)

const nothingIn = (release: ResolvedRelease): Problem =>
  problem({
    code: 'render/empty-release',
    severity: 'warning',
    what: `Release ${release.name} comes to no objects.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: 'Whatever it once applied will be pruned.',
    fix: 'Check its values; or take it out with "enabled: false".',
  })

/**
 * Makes of a release's raw objects what will be applied: without test hooks, each with its phase, hook and namespace and without
 * nulls that mean nothing, sorted by
 * phase and identity.
 */
export const finishRelease = (
  release: ResolvedRelease,
  found: FoundObject[],
  renderedBy: string,
  served: Served,
): Outcome<RenderedRelease> => {
  const problems: Problem[] = []
  const objects: RenderedObject[] = []
  for (const one of found) {
    const finished = finish(one, release, served)
    const told = finished.ok ? finished.warnings : finished.problems
    problems.push(...told.map((each) => located(each, release, one)))
    if (finished.ok && finished.value) objects.push(finished.value)
  }
  if (objects.length === 0 && problems.length === 0) problems.push(nothingIn(release))
  return unless(problems, () => ({ ...release, objects: objects.sort(order), renderedBy }))
}
