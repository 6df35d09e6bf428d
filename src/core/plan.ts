import type { HookEvent } from './hook.ts'
import { keyOf } from './object.ts'
import type { ObjectId } from './object.ts'
import { isStored } from './site-values/planned.ts'
import type { PlannedValue } from './site-values/planned.ts'

/** Kinds that hold what cannot be made again: they are deleted only where it was asked for by name. */
export const guardedKinds = [
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolumeClaim',
  'PersistentVolume',
] as const
export type GuardedKind = (typeof guardedKinds)[number]

const guardedGroups = ['', 'apiextensions.k8s.io']

/** Which of these kinds an object is of, if it is. */
export const guardOf = ({ group, kind }: Pick<ObjectId, 'group' | 'kind'>): GuardedKind | undefined =>
  guardedGroups.includes(group) ? guardedKinds.find((one) => one === kind) : undefined

/** Why an object is sent. */
export type Because =
  | 'changed'
  | 'drifted'
  | 'not ours yet'
  | 'recreated by others'
  | 'being deleted'
  | 'not finished last time'
  | `handed over by ${string}`

export type Action =
  | { do: 'create'; id: ObjectId }
  | { do: 'apply'; id: ObjectId; because: Because }
  | { do: 'skip'; id: ObjectId }

/** A hook to run; `finished`: an earlier, interrupted run of the same bundle has run it. */
export type PlannedHook = { do: 'hook'; id: ObjectId; event: HookEvent; weight: number; finished: boolean }

export interface PlannedRelease {
  name: string
  mode: 'install' | 'upgrade' | 'rollback'
  /** Whether anything that it declares differs from what was last there in full; its hooks run only then. */
  changed: boolean
  timeoutSeconds: number
  before: PlannedHook[]
  /** What goes before its objects come (`prune: early`), step by step; what goes at the end is in the plan. */
  prune?: Removal[][]
  lines: { name: string; afterWorkloads: boolean; actions: Action[] }[]
  after: PlannedHook[]
}

/** A release that is removed as a whole, with the hooks that it runs then. `begun`: those before have run in an earlier run. */
export interface PlannedRemoval {
  name: string
  timeoutSeconds: number
  begun: boolean
  before: PlannedHook[]
  after: PlannedHook[]
}

/** What becomes of an object that the bundle has no more. `uid` is what the server said when the plan was made. */
export type Removal =
  | { do: 'prune'; id: ObjectId; uid: string }
  | { do: 'keep'; id: ObjectId; because: string }
  | { do: 'forget'; id: ObjectId; because: string }

/**
 * Everything that an apply will do, in order, as data. It holds no content of objects, so that it can be printed:
 * Secrets are in the bundle alone.
 */
export interface Plan {
  set: string
  bundle: { digest: string; version: string; sequence: number }
  replaces: { digest: string; version: string; sequence: number; state: 'applying' | 'applied' } | null
  generation: number
  /** By id; what they are made of and for, never what they are. */
  siteValues: PlannedValue[]
  namespaces: Action[]
  crds: Action[]
  waves: PlannedRelease[][]
  /** The sets that hand objects over to this one, sorted. */
  takesFrom?: string[]
  /** Step by step; each is gone before the next one starts. */
  prune: Removal[][]
  /** Releases that go as a whole, those that others depend on last: the hooks around the steps of `prune` from `from` up to `to`. */
  removals?: { releases: PlannedRemoval[]; from: number; to: number }[]
  /** The releases that it is limited to; what belongs to others is not touched. */
  only?: string[]
  /** Releases that are there from another bundle than the one that was applied last as a whole. */
  apart?: string[]
  /** What stays or was gone already, and why. */
  kept: Removal[]
  /** What somebody who agrees to it should know besides, a sentence each: what a rollback cannot undo. */
  notes: string[]
}

/** All objects of a plan that are wanted, in the order in which they are applied. */
export const actionsOf = (plan: Plan): Action[] => [
  ...plan.namespaces,
  ...plan.crds,
  ...plan.waves.flat().flatMap((release) => release.lines.flatMap((line) => line.actions)),
]

export const hooksOf = (plan: Plan): PlannedHook[] => [
  ...plan.waves.flat().flatMap((release) => [...release.before, ...release.after]),
  ...(plan.removals ?? []).flatMap(({ releases }) =>
    releases.flatMap((release) => [...release.before, ...release.after]),
  ),
]

/** All that a plan deletes, in order: what goes early, and what goes at the end. */
export const prunesOf = (plan: Plan): Removal[] => [
  ...plan.waves.flat().flatMap((release) => (release.prune ?? []).flat()),
  ...plan.prune.flat(),
]

/** Whether the cluster is as the bundle wants it, and the inventory knows: then nothing at all is written. */
export const changesNothing = (plan: Plan): boolean =>
  plan.replaces?.state === 'applied' &&
  plan.replaces.digest === plan.bundle.digest &&
  prunesOf(plan).length === 0 &&
  plan.kept.every((one) => one.do === 'keep') &&
  hooksOf(plan).length === 0 &&
  (plan.removals ?? []).length === 0 &&
  (plan.only !== undefined || (plan.apart ?? []).length === 0) &&
  plan.waves.flat().every((release) => !release.changed) &&
  !plan.siteValues.some(isStored) &&
  actionsOf(plan).every((action) => action.do === 'skip')

/** The name of one hook's run in the inventory. */
export const hookRun = (event: HookEvent, id: ObjectId): string => `${event} ${keyOf(id)}`
