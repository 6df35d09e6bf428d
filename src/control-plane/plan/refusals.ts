import {
  fieldManagerOf,
  inventoryNamespace,
  labels,
  parentName,
  partOf,
  setIdOf,
} from '../../core/applyset.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Live } from '../../core/live.ts'
import { isNamespace } from '../../core/namespaces.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { unprovenBy } from '../../core/repair.ts'
import { findKind, kindsOfCrd } from '../../core/target.ts'
import type { ServedKind } from '../../core/target.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted, WantedObject } from '../../core/wanted.ts'
import type { Consent } from './consent.ts'
import { handingOver } from './handover.ts'
import { originsOf } from './origin.ts'

const downgrade = (wanted: Wanted, live: Live): Problem[] => {
  const { manifest } = wanted
  const [there] = (live.inventory ? originsOf(live.inventory.content, wanted) : []).sort(
    (a, b) => b.sequence - a.sequence,
  )
  if (there === undefined || manifest.sequence >= there.sequence) return []
  return [
    problem({
      code: 'plan/downgrade',
      what: `Bundle ${manifest.version} (sequence ${manifest.sequence}) of ${manifest.name} is older than what is there: ${there.version} (sequence ${there.sequence}).`,
      where: [{ in: 'bundle', bundle: manifest.name }],
      why: 'An old bundle, brought by mistake or by an attacker, would bring its old faults back.',
      fix: 'Apply the newest bundle; or, where going back is meant, run it again with --allow-downgrade.',
    }),
  ]
}

const emptiness = (wanted: Wanted, live: Live): Problem[] => {
  if (wanted.part !== undefined) return []
  if (appliedObjects(wanted).length > 0 || (live.inventory?.content.entries.size ?? 0) === 0) return []
  return [
    problem({
      code: 'plan/empty',
      what: `Bundle ${wanted.manifest.version} of ${wanted.manifest.name} wants nothing, so everything of it would be deleted.`,
      where: [{ in: 'bundle', bundle: wanted.manifest.name }],
      fix: 'Check how the bundle was built; where it is meant, run it again with --allow-empty.',
    }),
  ]
}

/** The inventory is written before anything else: where it is not there and objects of the set are, it was lost. */
const lostInventory = (wanted: Wanted, live: Live): Problem[] => {
  const set = wanted.manifest.name
  if (live.inventory !== undefined) return []
  const ours = Array.from(live.members.values()).filter(
    (one) => unprovenBy(one, fieldManagerOf(set)) === undefined,
  )
  const [first] = ours
  if (first === undefined) return []
  return [
    problem({
      code: 'plan/lost-inventory',
      fault: 'world',
      what: `${ours.length === 1 ? 'An object' : `${ours.length} objects`} of ${set} ${ours.length === 1 ? 'is' : 'are'} there (${nameOf(idOf(first))}), and its inventory is not: the Secret ${inventoryNamespace}/${parentName(set)} was deleted.`,
      where: [{ in: 'bundle', bundle: set }],
      why: 'Taken for a first apply, it would run the hooks of an install on what is there, and what earlier bundles made would be left behind.',
      fix: 'Rebuild it: scout-apply repair BUNDLE --dry-run shows from what; then apply the bundle.',
    }),
  ]
}

const inObject = ({ id, release, member }: WantedObject): Problem['where'] => [
  { in: 'object', object: id, release },
  { in: 'bundle', bundle: release, member },
]

const labelled = (one: WantedObject): Problem[] =>
  partOf(one.object) === undefined
    ? []
    : [
        problem({
          code: 'plan/labelled',
          what: `${nameOf(one.id)} already bears the label ${labels.partOf}.`,
          where: inObject(one),
          why: 'That label says which set an object belongs to, and is set here alone.',
          fix: `Take the label ${labels.partOf} out of the chart's values or its templates.`,
        }),
      ]

const overlap = (one: WantedObject, live: Live, set: string, { takeFrom }: Consent): Problem[] => {
  const other = live.others.get(keyOf(one.id))
  const owner = other && partOf(other)
  if (owner === undefined || owner === setIdOf(set) || isNamespace(one.id)) return []
  if (handingOver(other as KubeObject, takeFrom) !== undefined) return []
  return [
    problem({
      code: 'plan/overlap',
      fault: 'world',
      what: `${nameOf(one.id)} belongs to another set on this cluster (${owner}).`,
      where: inObject(one),
      why: 'Two sets with one object would take it from each other, and the first that drops it would delete it.',
      fix: `Take it out of one of the two; kubectl get secrets -A -l ${labels.id}=${owner} shows the other one (scout-SET). Where it is to move here, run this with --take-from SET; the next bundle of that set must not have it.`,
    }),
  ]
}

/** One that is sent to the wrong place would be looked for in the wrong place too, and never be found again. */
const wrongScope = (one: WantedObject, { namespaced, kind }: ServedKind): Problem[] =>
  namespaced === (one.id.namespace !== '')
    ? []
    : [
        problem({
          code: 'plan/wrong-scope',
          what: namespaced
            ? `${nameOf(one.id)} has no namespace, and a ${kind} is in one.`
            : `${nameOf(one.id)} has a namespace, and a ${kind} is in none.`,
          where: inObject(one),
          fix: namespaced ? 'Give it metadata.namespace.' : 'Take metadata.namespace out of it.',
        }),
      ]

/**
 * What stands in the way of a plan, all of it: an older bundle, an empty one, objects that bear a set's label or belong to another
 * set, kinds that nobody serves and no CRD of the bundle defines, objects in a scope that their kind is not in.
 */
export const refusalsOf = (wanted: Wanted, live: Live, consent: Consent): Problem[] => {
  const objects = appliedObjects(wanted)
  const toCome = objects.filter((one) => one.phase === 'crds').flatMap((one) => kindsOfCrd(one.object))
  const unserved = (one: WantedObject): Problem[] => {
    const { apiVersion, kind } = one.object
    const service = serviceOf(live.discovery, apiVersion, kind)
    const known = service.served === 'yes' ? service.kind : findKind(toCome, apiVersion, kind)
    if (known) return wrongScope(one, known)
    const silent = service.served === 'unknown'
    return [
      problem({
        code: silent ? 'plan/silent-api' : 'plan/unserved-kind',
        fault: silent ? 'world' : 'input',
        what: silent
          ? `${nameOf(one.id)}: the API ${apiVersion} is known to this cluster, and not served now.`
          : `${nameOf(one.id)}: this cluster does not serve ${kind} in ${apiVersion}.`,
        where: inObject(one),
        fix: silent
          ? `Look at: kubectl get apiservices,crds | grep ${idOf(one.object).group}`
          : `Add the release that brings the CRD of ${kind}, or render for what this cluster serves.`,
      }),
    ]
  }
  return [
    ...(consent.downgrade ? [] : downgrade(wanted, live)),
    ...(consent.empty ? [] : emptiness(wanted, live)),
    ...lostInventory(wanted, live),
    ...objects.flatMap((one) => [
      ...labelled(one),
      ...overlap(one, live, wanted.manifest.name, consent),
      ...unserved(one),
    ]),
  ]
}
