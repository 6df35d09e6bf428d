import { nameOf } from '../core/object.ts'
import { actionsOf, changesNothing, hooksOf } from '../core/plan.ts'
import type { Action, Plan, PlannedHook, Removal } from '../core/plan.ts'

const actionLine = (action: Action): string[] => {
  switch (action.do) {
    case 'create':
      return [`+ ${nameOf(action.id)}`]
    case 'apply':
      return [`~ ${nameOf(action.id)} (${action.because})`]
    case 'skip':
      return []
  }
}

const hookLine = ({ id, event, weight, finished }: PlannedHook): string =>
  `! ${nameOf(id)} (${event} hook, weight ${weight}${finished ? ', already run' : ''})`

const removalLine = (removal: Removal): string => {
  switch (removal.do) {
    case 'prune':
      return `- ${nameOf(removal.id)}`
    case 'keep':
      return `= ${nameOf(removal.id)} stays: ${removal.because}`
    case 'forget':
      return `= ${nameOf(removal.id)} is struck off the inventory: ${removal.because}`
  }
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

/** A plan in one line: how many objects it makes, changes, deletes and leaves alone. */
export const summaryOfPlan = (plan: Plan): string => {
  const actions = actionsOf(plan)
  const how = (word: Action['do']): number => actions.filter((one) => one.do === word).length
  if (changesNothing(plan)) return `Nothing to do: ${how('skip')} objects are as they should be.`
  return [
    `${how('create')} to create`,
    `${how('apply')} to change`,
    `${hooksOf(plan).filter((one) => !one.finished).length} hooks to run`,
    `${plan.prune.flat().length} to delete`,
    `${how('skip')} unchanged`,
  ].join(', ')
}

/**
 * A plan in words, in the order in which it is carried out: `+` is made, `~` is changed, `!` is run, `-` is deleted, `=` stays.
 * What is as it should be is only counted.
 */
export const describePlan = (plan: Plan): string => {
  const head = `${plan.set}: bundle ${plan.bundle.version} (sequence ${plan.bundle.sequence})${
    plan.replaces
      ? ` replaces ${plan.replaces.version} (sequence ${plan.replaces.sequence})`
      : ', the first one'
  }`
  if (changesNothing(plan))
    return [head, ...section('Kept', plan.kept.map(removalLine)), `${summaryOfPlan(plan)}\n`].join('\n')
  const waves = plan.waves.flatMap((releases, at) =>
    releases.flatMap((release) =>
      section(`Wave ${at + 1}: ${release.name} (${release.changed ? release.mode : 'unchanged'})`, [
        ...release.before.map(hookLine),
        ...release.lines.flatMap((line) => line.actions.flatMap(actionLine)),
        ...release.after.map(hookLine),
      ]),
    ),
  )
  return [
    head,
    ...section('Namespaces', plan.namespaces.flatMap(actionLine)),
    ...section('CustomResourceDefinitions', plan.crds.flatMap(actionLine)),
    ...waves,
    ...section('Pruned, once all of that is ready', plan.prune.flat().map(removalLine)),
    ...section('No longer wanted, and not deleted', plan.kept.map(removalLine)),
    `${summaryOfPlan(plan)}\n`,
  ].join('\n')
}
