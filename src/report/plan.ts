import { keyOf, nameOf } from '../core/object.ts'
import type { JudgedChange, JudgedPlan } from '../core/judged.ts'
import { counted, grouped } from './count.ts'
import type { Paint } from './paint.ts'
import { changeLines } from './plan-change.ts'
import { visible } from './visible.ts'
import { actionsOf, changesNothing, hooksOf, prunesOf } from '../core/plan.ts'
import type { Action, Plan, PlannedHook, PlannedRelease, PlannedRemoval, Removal } from '../core/plan.ts'
import type { PlannedValue } from '../core/site-values/planned.ts'

const actionLine = (action: Action, paint: Paint): string[] => {
  switch (action.do) {
    case 'create':
      return [paint.green(`+ ${nameOf(action.id)}`)]
    case 'apply':
      return [paint.yellow(`~ ${nameOf(action.id)} (${action.because})`)]
    case 'skip':
      return []
  }
}

const hookLine = ({ id, event, weight, finished }: PlannedHook, paint: Paint): string =>
  paint.cyan(`! ${nameOf(id)} (${event} hook, weight ${weight}${finished ? ', already run' : ''})`)

const removalLine = (removal: Removal, paint: Paint): string => {
  switch (removal.do) {
    case 'prune':
      return paint.red(`- ${nameOf(removal.id)}`)
    case 'keep':
      return `= ${nameOf(removal.id)} stays: ${removal.because}`
    case 'forget':
      return `= ${nameOf(removal.id)} is struck off the inventory: ${removal.because}`
  }
}

const section = (title: string, lines: string[], { bold }: Paint): string[] =>
  lines.length === 0 ? [] : [bold(title), ...lines.map((line) => `  ${line}`)]

const siteValueLine = (value: PlannedValue, paint: Paint): string => {
  switch (value.do) {
    case 'make':
      return paint.green(`+ ${value.id} (${value.made}; will be made: ${value.because})`)
    case 'take over':
      return paint.yellow(`~ ${value.id} (taken over from ${value.from})`)
    case 'supply':
      return paint.green(`+ ${value.id} (supplied)`)
    case 'read':
      return `= ${value.id} (read from ${value.from})`
    case 'unseal':
      return `= ${value.id} (sealed in the bundle)`
    case 'rotate':
      return paint.yellow(`~ ${value.id} (rotated, or supplied anew, since it was applied)`)
    case 'keep':
      return `= ${value.id} (kept)`
  }
}

/** A plan as the server sees it, or (of what was carried out) as it was made. */
type Shown = Plan & Partial<Pick<JudgedPlan, 'changes' | 'cluster' | 'kubernetes'>>

/** How many objects come to what; where the server has judged it, by its verdicts. */
export const countsOf = (plan: Shown) => {
  const actions = actionsOf(plan)
  const { changes } = plan
  const how = (word: Action['do']): number => actions.filter((one) => one.do === word).length
  const comes = (word: JudgedChange['comes']): number =>
    changes?.filter((one) => one.comes === word).length ?? 0
  const [anew, refused, same] = [comes('recreated'), comes('conflict'), comes('same')]
  return {
    create: how('create'),
    change: how('apply') - anew - refused - same,
    anew,
    refused,
    same,
    hooks: hooksOf(plan).filter((one) => !one.finished).length,
    delete: prunesOf(plan).length,
    unchanged: how('skip'),
  }
}

/** A plan in one line, before it is carried out: how many objects it makes, changes, deletes and leaves alone. */
const summaryOfPlan = (plan: Shown): string => {
  const { create, change, anew, refused, same, hooks, ...rest } = countsOf(plan)
  if (changesNothing(plan)) return `Nothing to do: ${counted(rest.unchanged, 'object')} as they should be.`
  return [
    `${create} to create`,
    `${change} to change`,
    ...(anew > 0 ? [`${anew} to make anew`] : []),
    ...(refused > 0 ? [`${refused} in conflict`] : []),
    `${counted(hooks, 'hook')} to run`,
    `${rest.delete} to delete`,
    ...(same > 0 ? [`${same} to send without a change`] : []),
    `${rest.unchanged} unchanged`,
  ].join(', ')
}

/** The same line once the plan is carried out. */
export const summaryOfDone = (plan: Plan): string => {
  const counts = countsOf(plan)
  return `${counts.create} created, ${counts.change} changed, ${counted(counts.hooks, 'hook')} run, ${counts.delete} deleted, ${counts.unchanged} unchanged`
}

/** A time in words. */
export const minutes = (seconds: number): string =>
  seconds % 60 === 0 ? counted(seconds / 60, 'minute') : counted(seconds, 'second')

/** What a release is waited for. */
const waitLine = ({ lines, timeoutSeconds }: PlannedRelease, { dim }: Paint): string[] => {
  const sent = lines.flatMap(({ actions }) => actions)
  return sent.every((one) => one.do === 'skip')
    ? []
    : [
        dim(
          `… until ${sent.length === 1 ? 'it is' : `all ${grouped(sent.length)} are`} ready, ${minutes(timeoutSeconds)} at most`,
        ),
      ]
}

const targetLine = ({ cluster, kubernetes }: Shown): string[] =>
  cluster && kubernetes
    ? [
        // A removal has no bundle that says for which cluster and which Kubernetes it is.
        `for cluster ${[visible(cluster.name), cluster.id === null ? '' : `(${visible(cluster.id)})`].filter((one) => one !== '').join(' ')}, which runs Kubernetes ${visible(kubernetes.server)}${kubernetes.bundle === '' ? '' : `; made for ${kubernetes.bundle}`}`,
      ]
    : []

/** What is there already and stays says nothing by itself. */
const siteValueLines = (values: PlannedValue[], paint: Paint): string[] => {
  const kept = values.filter((one) => one.do === 'keep')
  const others = values.filter((one) => one.do !== 'keep').map((one) => siteValueLine(one, paint))
  return kept.length === 0
    ? others
    : [
        ...others,
        paint.dim(
          `= ${counted(kept.length, 'site value')} kept as ${kept.length === 1 ? 'it is' : 'they are'}`,
        ),
      ]
}

/** What replaces what. Of a removal the plan's bundle is none that anybody brings: it is what was applied last. */
const headLine = ({ set, bundle, replaces }: Shown): string => {
  if (replaces === null)
    return `${set}: bundle ${bundle.version} (sequence ${bundle.sequence}), the first one`
  const half = replaces.state === 'applying' ? ', which was not finished' : ''
  if (replaces.digest === bundle.digest)
    return `${set}: bundle ${bundle.version} (sequence ${bundle.sequence}), the one that was applied last${half}`
  return `${set}: bundle ${bundle.version} (sequence ${bundle.sequence}) replaces ${replaces.version} (sequence ${replaces.sequence})${half}`
}

const removalsOf = (plan: Plan): PlannedRemoval[] => (plan.removals ?? []).flatMap(({ releases }) => releases)

/** Of what nothing is waited for before, there is nothing to be ready. */
export const prunedTitle = ({ waves }: Plan): string =>
  waves.length === 0 ? 'Deleted, in this order' : 'Pruned, once all of that is ready'

/**
 * A plan in words, in the order in which it is carried out: `+` is made, `~` is changed, `±` is deleted and made anew, `!` is run, `-` is deleted,
 * `=` stays, `✗` will be refused. Where the server has judged it, with each field that changes. What is as it should be is only counted.
 */
export const describePlan = (plan: Shown, paint: Paint): string => {
  const judged = new Map((plan.changes ?? []).map((one) => [keyOf(one.id), one]))
  const action = (one: Action): string[] => {
    const change = judged.get(keyOf(one.id))
    return change ? changeLines(change, plan.set, paint) : actionLine(one, paint)
  }
  const hook = (one: PlannedHook): string => hookLine(one, paint)
  const removal = (one: Removal): string => removalLine(one, paint)
  const head = [headLine(plan), ...targetLine(plan)]
  const notes = section('To know before', plan.notes.map(visible), paint)
  if (changesNothing(plan))
    return [
      ...head,
      ...notes,
      ...section('Kept', plan.kept.map(removal), paint),
      `${summaryOfPlan(plan)}\n`,
    ].join('\n')
  const waves = plan.waves.flatMap((releases, at) =>
    releases.flatMap((release) =>
      section(
        `Wave ${at + 1}: ${release.name} (${release.changed ? release.mode : 'unchanged'})`,
        [
          ...release.before.map(hook),
          ...(release.prune ?? []).flat().map(removal),
          ...release.lines.flatMap((line) => line.actions.flatMap(action)),
          ...waitLine(release, paint),
          ...release.after.map(hook),
        ],
        paint,
      ),
    ),
  )
  const goes = removalsOf(plan).flatMap(({ name, before, after }) =>
    section(`Removed: ${name}`, [...before, ...after].map(hook), paint),
  )
  return [
    ...head,
    ...notes,
    ...section('Site values', siteValueLines(plan.siteValues, paint), paint),
    ...section('Namespaces', plan.namespaces.flatMap(action), paint),
    ...section('CustomResourceDefinitions', plan.crds.flatMap(action), paint),
    ...waves,
    ...goes,
    ...section(prunedTitle(plan), plan.prune.flat().map(removal), paint),
    ...section('No longer wanted, and not deleted', plan.kept.map(removal), paint),
    `${summaryOfPlan(plan)}\n`,
  ].join('\n')
}
