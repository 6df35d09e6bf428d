import type { Clock } from '../../core/effects/clock.ts'
import type { Cluster } from '../../core/effects/cluster.ts'
import type { Maker, Parts } from '../../core/effects/maker.ts'
import type { Sealer } from '../../core/effects/sealer.ts'
import { shortDigest } from '../../core/short-digest.ts'
import { canonicalJson } from '../../core/json.ts'
import type { Live } from '../../core/live.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { all, bad, good, problem, together, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { PlannedValue } from '../../core/site-values/planned.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import { secretOfStore, unlessEdited } from '../../core/site-values/store.ts'
import { substitute } from '../../core/site-values/substitute.ts'
import { appliedObjects } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import { readSecrets, readValues } from './elsewhere.ts'
import { keepStore } from './keep.ts'
import { inMakingOrder } from './order.ts'
import { sealedValues } from './sealed.ts'
import { nothingAsked, settle } from './settle.ts'
import type { Request, Settled } from './settle.ts'
import { digestOfValues, holdersOf, stamper } from './stamp.ts'

/** What must be known of the cluster. */
type Known = Pick<Live, 'discovery' | 'inventory' | 'store'>

export interface SiteValuesSystem {
  cluster: Cluster
  maker: Maker
  clock: Clock
  /** Opens what travels sealed with the bundle. */
  sealer?: Pick<Sealer, 'openSealed'>
}

/** The Secrets in which values may be found that the store has not yet. */
const placesToLook = (values: SiteValue[], live: Known): ObjectId[] =>
  values
    .filter(({ id }) => !live.store?.content.values.has(id))
    .flatMap(({ places }) => places.filter(({ field }) => field.in === 'secret').map(({ object }) => object))

/**
 * Settles the site values of a bundle, or `only` some of them with all that they are made of, in memory: those of the store, those that are on
 * the cluster already, those that are read, those that are made now. Nothing is written. `live.store` must have been read.
 */
export const settleValues = async (
  wanted: Pick<Wanted, 'manifest' | 'sealed'>,
  live: Known,
  request: Request,
  { cluster, maker, clock, sealer }: SiteValuesSystem,
  only?: SiteValue[],
): Promise<Outcome<Settled>> => {
  const { name } = wanted.manifest
  const edited = (live.store?.edited ?? []).filter((id) => !request.rotate.has(id) && !request.supply.has(id))
  const problems: Problem[] = unlessEdited(name, edited)
  if (problems.length > 0) return bad(problems as Problems)
  const values = inMakingOrder(only ?? wanted.manifest.siteValues)
  const found = together(
    ...(await Promise.all([
      readValues(cluster, live.discovery, values),
      sealedValues(wanted, values, sealer),
      readSecrets(cluster, live.discovery, placesToLook(values, live)),
    ])),
  )
  if (!found.ok) return found
  const [read, sealed, secrets] = found.value
  const unsealed = Array.from(sealed, ([id, parts]): [string, { parts: Parts; planned: PlannedValue }] => [
    id,
    { parts, planned: { do: 'unseal', id } },
  ])
  return await settle(
    {
      values,
      store: live.store?.content ?? { key: maker.bytes(32), values: new Map() },
      inUse: new Set(live.inventory?.content.siteValues),
      applied: live.inventory?.content.generations ?? {},
      secrets,
      brought: new Map([...read, ...unsealed]),
      request,
      now: clock.now(),
    },
    maker,
  )
}

/** The bundle with its site values in place, and what makes sure that they are kept. */
export interface Prepared {
  wanted: Wanted
  /** Every value in use: none of them may be told. */
  secrets: string[]
  /**
   * Writes the store if it changed, else sees that it is still what was read. To be called under the lock, before anything else is
   * written: what is on the cluster can then always be had again.
   */
  keep(): Promise<Outcome<void>>
}

const inName = (object: ObjectId): Problem =>
  problem({
    code: 'apply/site-value-in-name',
    what: `${nameOf(object)} has a site value in its name, namespace or kind.`,
    where: [{ in: 'object', object }],
    why: 'Names are seen by everybody; values are never put there.',
    fix: 'Write what stands there into the values, in clear.',
  })

/** The bundle with values in place of placeholders, and Pods that use them stamped. */
const filled = (wanted: Wanted, { fillings, planned, store }: Settled): Outcome<Wanted> => {
  const objects = appliedObjects(wanted)
  const holders = holdersOf(objects)
  const stamp = stamper(wanted.manifest.siteValues, holders, fillings, store.key)
  const digest = digestOfValues(store.key, Array.from(fillings.keys()).sort(), fillings, null)
  const digests = new Map<string, string>()
  const generations = Object.fromEntries(
    planned.flatMap(({ id }) => {
      const stored = store.values.get(id)
      return stored ? [[id, stored.generation]] : []
    }),
  )
  const releases = all(
    wanted.releases.map((release) => {
      const own = all(
        release.objects.map((one) => {
          if (one.phase === 'delete-hooks') return good(one)
          const stamped = stamp(one.id, one.object)
          const held = holders.get(keyOf(one.id))
          if (held === undefined) return good({ ...one, object: stamped })
          const unfilled = shortDigest(canonicalJson(stamped))
          digests.set(keyOf(one.id), digestOfValues(store.key, held, fillings, unfilled))
          const object = substitute(stamped, fillings)
          if (!object.ok) return object
          // Of all fields these are seen by everybody, and the plan speaks of them.
          return keyOf(idOf(object.value)) === keyOf(one.id)
            ? good({ ...one, object: object.value }, object.warnings)
            : bad([inName(one.id)])
        }),
      )
      return own.ok ? good({ ...release, objects: own.value }, own.warnings) : own
    }),
  )
  return releases.ok
    ? good(
        {
          ...wanted,
          releases: releases.value,
          filled: { planned, key: store.key, digest, digests, generations },
        },
        releases.warnings,
      )
    : releases
}

const prepare = async (wanted: Wanted, live: Live, system: SiteValuesSystem): Promise<Outcome<Prepared>> => {
  const { name, siteValues } = wanted.manifest
  if (siteValues.length === 0) return good({ wanted, secrets: [], keep: async () => good(undefined) })
  const settled = await settleValues(wanted, live, nothingAsked, system)
  if (!settled.ok) return settled
  const { store, changed, fillings } = settled.value
  const isWritten = changed || live.store === undefined
  const before = live.store?.resourceVersion
  const fits = isWritten ? secretOfStore(store, name, before) : good(undefined)
  const ready = together(filled(wanted, settled.value), fits)
  if (!ready.ok) return ready
  const keep = async () =>
    await keepStore(system.cluster, live.discovery, name, isWritten ? store : undefined, before)
  const secrets = Array.from(fillings.values(), ({ text }) => text)
  return good({ wanted: ready.value[0], secrets, keep }, [...settled.warnings, ...ready.warnings])
}

/**
 * Makes a bundle ready to be planned and applied: its site values settled and in place of their placeholders. A bundle without any
 * is what it was, and nothing is asked. What people have not supplied, Secrets and values, is told at once.
 */
export const prepareSiteValues = async (
  wanted: Wanted,
  live: Live,
  system: SiteValuesSystem,
): Promise<Outcome<Prepared>> => {
  const prepared = await prepare(wanted, live, system)
  const both = together(
    prepared,
    unless(live.unsupplied ?? [], () => undefined),
  )
  return both.ok ? good(both.value[0], both.warnings) : both
}
