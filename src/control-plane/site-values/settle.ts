import type { MadeRecipe, Maker, Parts } from '../../core/effects/maker.ts'
import { canonicalJson } from '../../core/json.ts'
import { keyedDigest } from '../../core/keyed-digest.ts'
import type { KubeObject } from '../../core/object.ts'
import { unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { placeholderOf } from '../../core/site-values/placeholder.ts'
import type { PlannedValue } from '../../core/site-values/planned.ts'
import { isInValues, madeOf, partsOf } from '../../core/site-values/recipe.ts'
import type { Recipe, SiteValue } from '../../core/site-values/recipe.ts'
import { recipeDigest } from '../../core/site-values/store.ts'
import type { Store, StoredValue } from '../../core/site-values/store.ts'
import type { Filling } from '../../core/site-values/written.ts'
import {
  ending,
  lostProblem,
  missing,
  notTaken,
  otherKind,
  placesDiffer,
  recipeChanged,
  tooLongForBcrypt,
} from './settle-problems.ts'
import { foundAt } from './taken.ts'

/** A sealed value that a chart made stands as the chart itself had put it. */
const isFromChart = (value: SiteValue): boolean => value.recipe.made === 'sealed' && !isInValues(value)

const longestForBcrypt = 72
const endsSoon = 30 * 24 * 60 * 60 * 1000

/** What a person asks for beyond the usual. */
export interface Request {
  /** Ids of values to be made anew. */
  rotate: Set<string>
  /** By id: what a person gives. */
  supply: Map<string, string>
}

export const nothingAsked: Request = { rotate: new Set(), supply: new Map() }

export interface ToSettle {
  /** In making order. */
  values: SiteValue[]
  /** What is kept; without values where there is no store yet. */
  store: Store
  /** Ids of values that are in use: one that the store has not any more is not made anew unasked. */
  inUse: Set<string>
  /** By id: how often each had been made when it was applied last, as far as that is known. */
  applied: { [id: string]: number }
  /** By key: live Secrets at the places of values that are not in the store. */
  secrets: Map<string, KubeObject>
  /** By id: those that come from elsewhere at each apply. */
  brought: Map<string, { parts: Parts; planned: PlannedValue }>
  request: Request
  now: number
}

export interface Settled {
  store: Store
  /** Whether the store differs from what was read. */
  changed: boolean
  planned: PlannedValue[]
  /** By placeholder. */
  fillings: Map<string, Filling>
}

/** One value, settled. Without `parts` where it, or what it is made of, cannot be had; the problem is told once. */
interface One {
  parts?: Parts
  planned?: PlannedValue
  stored?: StoredValue
  problems: Problem[]
}

const isMade = (recipe: Recipe): recipe is MadeRecipe =>
  ['password', 'key', 'certificate', 'htpasswd'].includes(recipe.made)

/**
 * Decides for each site value whether it is kept, taken over from the cluster, or made, and makes what is to be made, in memory. What was
 * made of something that has changed (a certificate whose issuer was rotated) is made anew; what has another recipe now is kept.
 */
export const settle = async (input: ToSettle, maker: Maker): Promise<Outcome<Settled>> => {
  const { values, store, request, now } = input
  const ofDigest = (of: Parts | undefined): string =>
    of === undefined ? '' : keyedDigest(store.key, canonicalJson({ ...of }))

  const stored = (value: SiteValue, parts: Parts, of: Parts | undefined): StoredValue => ({
    parts,
    recipe: recipeDigest(value.recipe),
    of: ofDigest(of),
    generation: (store.values.get(value.id)?.generation ?? 0) + 1,
  })

  const make = async (
    value: SiteValue,
    recipe: MadeRecipe,
    of: Parts | undefined,
    because: Extract<PlannedValue, { do: 'make' }>['because'],
    problems: Problem[] = [],
  ): Promise<One> => {
    const { id } = value
    if (recipe.made === 'htpasswd' && Buffer.byteLength(of?.value ?? '') > longestForBcrypt)
      return { problems: [tooLongForBcrypt(id, recipe.of, longestForBcrypt)] }
    const parts = await maker.make(recipe, of, now)
    const planned: PlannedValue = { do: 'make', id, made: recipe.made, because }
    return { parts, planned, stored: stored(value, parts, of), problems }
  }

  const takeOver = async (value: SiteValue, of: Parts | undefined): Promise<One | Problem[]> => {
    const { id, recipe } = value
    const found = foundAt(value, input.secrets)
    if (found === undefined) return []
    const parts = isMade(recipe) ? await maker.completed(recipe, found.parts, of) : found.parts
    if (parts === undefined) return [notTaken(id, found.from, 'its parts are not all there, or do not fit')]
    const problems = found.differ.length === 0 ? [] : [placesDiffer(id, found.from, found.differ)]
    const planned: PlannedValue = { do: 'take over', id, from: found.from }
    return { parts, planned, stored: stored(value, parts, of), problems }
  }

  const keep = (value: SiteValue, there: StoredValue, of: Parts | undefined): One | 'remake' => {
    const { id, recipe } = value
    const same = there.recipe === recipeDigest(recipe)
    if (same && there.of !== '' && there.of !== ofDigest(of)) return 'remake'
    const whole = partsOf(recipe).every((part) => there.parts[part] !== undefined)
    if (!whole) return { problems: [otherKind(id)] }
    const kept = same && there.of !== ofDigest(of) ? { ...there, of: ofDigest(of) } : there
    const problems = same ? [] : [recipeChanged(id)]
    const isNew = Object.hasOwn(input.applied, id) && input.applied[id] !== there.generation
    return { parts: there.parts, planned: { do: isNew ? 'rotate' : 'keep', id }, stored: kept, problems }
  }

  const settleOne = async (value: SiteValue, of: Parts | undefined): Promise<One> => {
    const { id, recipe } = value
    const given = request.supply.get(id)
    if (given !== undefined) {
      const parts: Parts = { value: given }
      return { parts, planned: { do: 'supply', id }, stored: stored(value, parts, of), problems: [] }
    }
    const asked = request.rotate.has(id)
    if (isMade(recipe) && asked) return await make(value, recipe, of, 'asked for')
    const there = store.values.get(id)
    if (there) {
      const kept = keep(value, there, of)
      if (kept !== 'remake') return kept
      return isMade(recipe)
        ? await make(value, recipe, of, 'made of what has changed')
        : { problems: [missing(id)] }
    }
    const taken = await takeOver(value, of)
    if (!Array.isArray(taken)) return taken
    if (!isMade(recipe)) return { problems: [missing(id)] }
    if (input.inUse.has(id)) return { problems: [lostProblem(id)] }
    return await make(value, recipe, of, 'new', taken)
  }

  // Keys take their time: whatever does not need another one is made beside it.
  const begun = new Map<string, Promise<One>>()
  for (const value of values) {
    const of = madeOf(value.recipe)
    const needed = of === undefined ? undefined : begun.get(of)
    const brought = input.brought.get(value.id)
    begun.set(
      value.id,
      (async (): Promise<One> => {
        if (brought) return { ...brought, problems: [] }
        const from = await needed
        return from && from.parts === undefined ? { problems: [] } : await settleOne(value, from?.parts)
      })(),
    )
  }
  const ones = await Promise.all(begun.values())

  const next: Store = { key: store.key, values: new Map(store.values) }
  const fillings = new Map<string, Filling>()
  const planned: PlannedValue[] = []
  const problems: Problem[] = []
  let changed = false
  for (const [at, value] of values.entries()) {
    const { id, recipe } = value
    const one = ones[at] as One
    problems.push(...one.problems)
    if (one.planned) planned.push(one.planned)
    if (one.stored) {
      changed ||= store.values.get(id) !== one.stored
      next.values.set(id, one.stored)
    }
    for (const part of partsOf(recipe)) {
      const text = one.parts?.[part]
      if (text !== undefined)
        fillings.set(placeholderOf(id, part), { id, text, made: isMade(recipe) || isFromChart(value) })
    }
    const { certificate } = one.parts ?? {}
    const end = certificate === undefined ? undefined : maker.endOf(certificate)
    if (end !== undefined && end - now < endsSoon) problems.push(ending(id, end, now))
  }
  planned.sort((a, b) => (a.id < b.id ? -1 : 1))
  return unless(problems, () => ({ store: next, changed, planned, fillings }))
}
