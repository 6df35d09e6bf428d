import { heldBy } from '../../core/held.ts'
import type { Json } from '../../core/json.ts'
import type { Live } from '../../core/live.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import type { Plan } from '../../core/plan.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { mapAt } from '../../core/readiness/rule.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

const isSingleMode = (mode: Json): boolean => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod'

/** Whether a claim says that it mounts on one node only. */
const isSingleClaim = (claim: KubeObject | undefined): boolean => {
  const modes = claim ? mapAt(claim, 'spec')['accessModes'] : undefined
  return Array.isArray(modes) && modes.length > 0 && modes.every(isSingleMode)
}

/**
 * Warns of what a release would wait for in vain: an object that is new needs a port, an address or a volume that one holds which the same release has
 * no more (a rename, mostly), and which goes only once all is ready.
 */
export const inTheWay = (plan: Plan, wanted: Wanted, live: Live): Problem[] => {
  const applied = appliedObjects(wanted)
  const objects = new Map(applied.map((one) => [keyOf(one.id), one.object]))
  const held = (id: ObjectId, object: KubeObject): string[] =>
    heldBy(object, (name) => {
      const key = keyOf({ group: '', kind: 'PersistentVolumeClaim', namespace: id.namespace, name })
      return isSingleClaim(live.members.get(key) ?? objects.get(key))
    })
  /** By release and thing: who holds it. */
  const holders = new Map<string, ObjectId>()
  for (const { id } of plan.prune.flat()) {
    const object = live.members.get(keyOf(id))
    const release = live.inventory?.content.entries.get(keyOf(id))?.release ?? ''
    for (const thing of object ? held(id, object) : []) holders.set(`${release}\n${thing}`, id)
  }
  if (holders.size === 0) return []
  const isNew = new Set(
    plan.waves
      .flat()
      .flatMap(({ lines }) => lines.flatMap(({ actions }) => actions))
      .flatMap((one) => (one.do === 'create' ? [keyOf(one.id)] : [])),
  )
  return applied
    .filter(({ id }) => isNew.has(keyOf(id)))
    .flatMap(({ id, object, release }) =>
      held(id, object).flatMap((thing) => {
        const holder = holders.get(`${release}\n${thing}`)
        if (holder === undefined) return []
        return [
          problem({
            code: 'plan/in-the-way',
            severity: 'warning',
            what: `${nameOf(id)} needs the ${thing}, and ${nameOf(holder)} holds it until it is pruned, once all is ready.`,
            where: [{ in: 'object', object: id, release }],
            why: 'The new one does not come up while the old one is there, and the old one does not go before the new one is up.',
            fix: `Write \`prune: early\` in the section \`apply:\` of release ${release}: what it has no more goes before its new objects come.`,
          }),
        ]
      }),
    )
}
