import type { Revision } from '../../core/history.ts'
import type { InventoryEntry } from '../../core/inventory.ts'
import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Live } from '../../core/live.ts'
import { groupKindOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { actionsOf, prunesOf } from '../../core/plan.ts'
import type { Plan } from '../../core/plan.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

const mostNamed = 10
const named = (names: string[]): string => {
  const all = Array.from(new Set(names))
  const more = all.length - mostNamed
  return `${all.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const listIn = (map: JsonObject, name: string): Json[] => {
  const list = map[name]
  return Array.isArray(list) ? list : []
}

/** The versions in which a server has stored objects of a CRD, and may have some still. */
const storedVersions = (crd: KubeObject | undefined): string[] =>
  crd ? listIn(mapAt(crd, 'status'), 'storedVersions').filter((one) => typeof one === 'string') : []

const versionsOf = (crd: KubeObject): string[] =>
  listIn(mapAt(crd, 'spec'), 'versions')
    .filter(isObject)
    .map((one) => textAt(one, 'name'))

/** CRDs of the bundle that lack a version in which custom resources are stored: the server refuses them, and what is stored could not be read. */
export const lackingVersions = (wanted: Pick<Wanted, 'releases'>, live: Live): Problem[] =>
  appliedObjects(wanted)
    .filter((one) => one.phase === 'crds')
    .flatMap(({ id, object, release }) => {
      const has = versionsOf(object)
      const lacking = storedVersions(live.members.get(keyOf(id))).filter((one) => !has.includes(one))
      if (lacking.length === 0) return []
      return [
        problem({
          code: 'rollback/stored-versions',
          what: `${nameOf(id)}: custom resources are stored in ${lacking.join(', ')}, and that bundle's CRD has ${has.join(', ')} alone.`,
          where: [{ in: 'object' as const, object: id, release }],
          why: 'The API server refuses such a CRD: what is stored could not be read any more.',
          fix: `Store them anew in a version that both have, take ${lacking.join(', ')} out of status.storedVersions, and run it again; or go back with other releases alone (--only).`,
        }),
      ]
    })

/**
 * What a rollback cannot undo, a sentence each: what hooks and Jobs have done since, data in volumes, what stays though the older bundle has not got it, site
 * values that were made anew. `target` is the revision that it goes back to, where that is known. Pure.
 */
export const notesOf = (
  plan: Plan,
  live: Live,
  revisions: Revision[],
  target: Revision | undefined,
): string[] => {
  const notes: string[] = []
  const note = (names: string[], words: (names: string) => string): void => {
    if (names.length > 0) notes.push(words(named(names)))
  }
  const isMeant = ({ release }: InventoryEntry): boolean => plan.only?.includes(release) ?? true
  const entries = Array.from(live.inventory?.content.entries.values() ?? []).filter(isMeant)
  const since = target ? revisions.filter((one) => one.revision > target.revision) : []
  const changed = new Set([
    ...actionsOf(plan).flatMap((one) => (one.do === 'skip' ? [] : [keyOf(one.id)])),
    ...prunesOf(plan).map(({ id }) => keyOf(id)),
  ])

  note(
    since.flatMap((one) => one.hooks.map((hook) => `${hook} (revision ${one.revision})`)),
    (names) => `What hooks have done since then stays done, such as a migration of data: ${names}.`,
  )
  note(
    entries
      .filter(
        ({ id, phase }) => phase === 'main' && groupKindOf(id) === 'Job.batch' && changed.has(keyOf(id)),
      )
      .map(({ id }) => nameOf(id)),
    (names) => `What Jobs have done stays done: ${names}.`,
  )
  note(
    entries
      .filter(({ id }) => id.group === '' && id.kind === 'PersistentVolumeClaim')
      .map(({ id }) => nameOf(id)),
    (names) => `Data in volumes stays as it is: ${names}.`,
  )
  note(
    entries.filter(({ id }) => groupKindOf(id) === 'StatefulSet.apps').map(({ id }) => nameOf(id)),
    (names) => `Data of the Pods of a StatefulSet stays as it is: ${names}.`,
  )
  note(
    actionsOf(plan).flatMap((one) =>
      one.do === 'create' && groupKindOf(one.id) === 'PersistentVolumeClaim' ? [nameOf(one.id)] : [],
    ),
    (names) => `These are gone, and are made anew without their data: ${names}.`,
  )
  note(
    plan.kept.flatMap((one) => (one.do === 'keep' ? [`${nameOf(one.id)} (${one.because})`] : [])),
    (names) => `These stay, though that bundle has not got them: ${names}.`,
  )
  note(
    Object.entries(target?.siteValues ?? {}).flatMap(([id, generation]) =>
      (live.store?.content.values.get(id)?.generation ?? generation) > generation ? [id] : [],
    ),
    (names) => `Site values that were made anew since then keep their present value: ${names}.`,
  )
  return notes
}
