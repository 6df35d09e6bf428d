import { nameOf } from '../core/object.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { actionsOf, changesNothing, hooksOf } from '../core/plan.ts'
import type { Action, Plan, PlannedHook, Removal } from '../core/plan.ts'
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
    case 'keep':
      return `= ${value.id} (kept)`
  }
}

const countsOf = (plan: Plan) => {
  const actions = actionsOf(plan)
  const how = (word: Action['do']): number => actions.filter((one) => one.do === word).length
  return {
    create: how('create'),
    change: how('apply'),
    hooks: hooksOf(plan).filter((one) => !one.finished).length,
    delete: plan.prune.flat().length,
    unchanged: how('skip'),
  }
}

/** A plan in one line, before it is carried out: how many objects it makes, changes, deletes and leaves alone. */
const summaryOfPlan = (plan: Plan): string => {
  const counts = countsOf(plan)
  if (changesNothing(plan)) return `Nothing to do: ${counted(counts.unchanged, 'object')} as they should be.`
  return `${counts.create} to create, ${counts.change} to change, ${counted(counts.hooks, 'hook')} to run, ${counts.delete} to delete, ${counts.unchanged} unchanged`
}

/** The same line once the plan is carried out. */
export const summaryOfDone = (plan: Plan): string => {
  const counts = countsOf(plan)
  return `${counts.create} created, ${counts.change} changed, ${counted(counts.hooks, 'hook')} run, ${counts.delete} deleted, ${counts.unchanged} unchanged`
}

/**
 * A plan in words, in the order in which it is carried out: `+` is made, `~` is changed, `!` is run, `-` is deleted, `=` stays.
 * What is as it should be is only counted.
 */
export const describePlan = (plan: Plan, paint: Paint): string => {
  const action = (one: Action): string[] => actionLine(one, paint)
  const hook = (one: PlannedHook): string => hookLine(one, paint)
  const removal = (one: Removal): string => removalLine(one, paint)
  const siteValue = (one: PlannedValue): string => siteValueLine(one, paint)
  const head = `${plan.set}: bundle ${plan.bundle.version} (sequence ${plan.bundle.sequence})${
    plan.replaces
      ? ` replaces ${plan.replaces.version} (sequence ${plan.replaces.sequence})`
      : ', the first one'
  }`
  if (changesNothing(plan))
    return [head, ...section('Kept', plan.kept.map(removal), paint), `${summaryOfPlan(plan)}\n`].join('\n')
  const waves = plan.waves.flatMap((releases, at) =>
    releases.flatMap((release) =>
      section(
        `Wave ${at + 1}: ${release.name} (${release.changed ? release.mode : 'unchanged'})`,
        [
          ...release.before.map(hook),
          ...release.lines.flatMap((line) => line.actions.flatMap(action)),
          ...release.after.map(hook),
        ],
        paint,
      ),
    ),
  )
  return [
    head,
    ...section('Site values', plan.siteValues.map(siteValue), paint),
    ...section('Namespaces', plan.namespaces.flatMap(action), paint),
    ...section('CustomResourceDefinitions', plan.crds.flatMap(action), paint),
    ...waves,
    ...section('Pruned, once all of that is ready', plan.prune.flat().map(removal), paint),
    ...section('No longer wanted, and not deleted', plan.kept.map(removal), paint),
    `${summaryOfPlan(plan)}\n`,
  ].join('\n')
}
