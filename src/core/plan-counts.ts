import { actionsOf, hooksOf, prunesOf } from './plan.ts'
import type { Action, Plan } from './plan.ts'

/** How many objects a plan makes, changes, deletes and leaves alone, and how many hooks it runs. */
export interface PlanCounts {
  create: number
  change: number
  hooks: number
  delete: number
  unchanged: number
}

/** Counts what a plan does. Hooks that an earlier, interrupted run has finished are not counted. */
export const planCountsOf = (plan: Plan): PlanCounts => {
  const actions = actionsOf(plan)
  const how = (word: Action['do']): number => actions.filter((one) => one.do === word).length
  return {
    create: how('create'),
    change: how('apply'),
    hooks: hooksOf(plan).filter((one) => !one.finished).length,
    delete: prunesOf(plan).length,
    unchanged: how('skip'),
  }
}
