import type { SiteValueStatus } from '../core/site-values/status.ts'
import type { Paint } from './paint.ts'

const brushOf: Record<SiteValueStatus['state'], keyof Paint | undefined> = {
  kept: undefined,
  read: undefined,
  sealed: undefined,
  'not made yet': 'cyan',
  unused: 'yellow',
  missing: 'red',
  lost: 'red',
  edited: 'red',
}

const noteOf = ({ state, generation, recipeChanged, ends }: SiteValueStatus): string =>
  [
    ...(generation > 1 ? [`generation ${generation}`] : []),
    ...(ends === null ? [] : [`ends ${ends.slice(0, 10)}`]),
    ...(recipeChanged ? ['its recipe has changed since'] : []),
    ...(state === 'missing' ? ['supply it'] : []),
    ...(state === 'lost' ? ['restore it, or rotate it'] : []),
    ...(state === 'edited' ? ['edited by hand: rotate, supply or restore it'] : []),
  ].join(', ')

/** Site values as a table: id, recipe, how it is; never a value. */
export const describeSiteValues = (set: string, values: SiteValueStatus[], paint: Paint): string => {
  if (values.length === 0) return `${set} has no site values\n`
  const width = Math.max(...values.map(({ id }) => id.length))
  const lines = values.map((one) => {
    const brush = brushOf[one.state]
    const state = one.state.padEnd(12)
    const painted = brush === undefined ? state : paint[brush](state)
    return `  ${one.id.padEnd(width)}  ${(one.made ?? '-').padEnd(11)}  ${painted}  ${noteOf(one)}`.trimEnd()
  })
  return [paint.bold(`${set}: site values`), ...lines, ''].join('\n')
}
