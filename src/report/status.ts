import { nameOf } from '../core/object.ts'
import type { ObjectStatus, SetStatus } from '../core/status.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'

const order: ObjectStatus['state'][] = ['failed', 'missing', 'replaced', 'waiting', 'unknown', 'ready']

const brushOf: Record<ObjectStatus['state'], keyof Paint> = {
  failed: 'red',
  missing: 'red',
  replaced: 'yellow',
  waiting: 'yellow',
  unknown: 'yellow',
  ready: 'green',
}

const lineOf = ({ id, state, why, drifted }: ObjectStatus, paint: Paint): string[] =>
  state === 'ready' && !drifted
    ? []
    : [
        `  ${paint[brushOf[state]](state.padEnd(8))} ${nameOf(id)}${why === '' ? '' : `: ${why}`}${
          drifted ? paint.yellow(' (a field that we applied was changed by others)') : ''
        }`,
      ]

const releaseLines = (release: string, objects: ObjectStatus[], paint: Paint): string[] => {
  const ready = objects.filter(({ state }) => state === 'ready').length
  const drifted = objects.filter((one) => one.drifted).length
  return [
    `${paint.bold(release)}: ${ready} of ${counted(objects.length, 'object')} ready${drifted > 0 ? `, ${drifted} drifted` : ''}`,
    ...objects
      .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .flatMap((one) => lineOf(one, paint)),
  ]
}

/** How a set is, release by release; objects are named only where something is to be told of them. */
export const describeStatus = ({ set, applied, objects }: SetStatus, paint: Paint): string => {
  if (applied === null) return `${set}: nothing was ever applied\n`
  const releases = Map.groupBy(objects, ({ release }) => release)
  const half = applied.state === 'applied' ? '' : paint.yellow(' (not finished: apply the bundle again)')
  return [
    `${set}: bundle ${applied.version} (sequence ${applied.sequence})${half}`,
    ...[...releases].flatMap(([release, own]) =>
      releaseLines(release === '' ? 'namespaces' : release, own, paint),
    ),
    '',
  ].join('\n')
}
