import { nameOf } from '../core/object.ts'
import { statesByWeight } from '../core/status.ts'
import type { LastRun, ObjectStatus, ReleaseStatus, SetStatus, StatusEvent } from '../core/status.ts'
import { eventInWords } from '../core/why/evidence.ts'
import type { Paint } from './paint.ts'
import { visible } from './visible.ts'

const brushOf: Record<ObjectStatus['state'], keyof Paint> = {
  failed: 'red',
  missing: 'red',
  replaced: 'yellow',
  waiting: 'yellow',
  unknown: 'yellow',
  ready: 'green',
}

const nameOfRelease = ({ name }: Pick<ReleaseStatus, 'name'>): string => visible(name || 'namespaces')

/** All releases in a table: the state of the worst object, how many are ready, how many have drifted. */
const releaseTable = (releases: ReleaseStatus[], paint: Paint): string[] => {
  const names = releases.map(nameOfRelease)
  const width = Math.max(...names.map((one) => one.length))
  return releases.map(({ state, objects, ready, drifted }, at) => {
    const count = `${ready} of ${objects} ready`
    const drift = drifted > 0 ? paint.yellow(`  ${drifted} drifted`) : ''
    return `  ${names[at]?.padEnd(width)}  ${paint[brushOf[state]](state.padEnd(8))}  ${count}${drift}`
  })
}

const eventLine = (event: StatusEvent, paint: Paint): string =>
  paint.dim(`           ${visible(eventInWords(event))}`)

const objectLines = ({ id, state, why, drifted, events }: ObjectStatus, paint: Paint): string[] => [
  `  ${paint[brushOf[state]](state.padEnd(8))} ${visible(`${nameOf(id)}${why === '' ? '' : `: ${why}`}`)}${
    drifted ? paint.yellow(' (a field that we applied was changed by others)') : ''
  }`,
  ...lastOfEach(events).map((event) => eventLine(event, paint)),
]

/** Two Pods of one workload say the same: the last time is enough. */
const lastOfEach = (events: StatusEvent[]): StatusEvent[] =>
  events.filter(
    (one, at) =>
      !events.slice(at + 1).some((other) => other.reason === one.reason && other.message === one.message),
  )

/** What is to be told of the objects of one release: those that are not ready, and those that have drifted. */
const troubles = (release: ReleaseStatus, objects: ObjectStatus[], paint: Paint): string[] => {
  const told = objects
    .filter((one) => one.release === release.name && (one.state !== 'ready' || one.drifted))
    .toSorted((a, b) => statesByWeight.indexOf(a.state) - statesByWeight.indexOf(b.state))
  return told.length === 0
    ? []
    : ['', paint.bold(nameOfRelease(release)), ...told.flatMap((one) => objectLines(one, paint))]
}

const lastRunLine = (
  { does, result, user, run, problems, ended, version }: LastRun,
  paint: Paint,
): string => {
  const words = `last run: ${does} of ${version} by ${user || run}, ended ${ended}: `
  const codes = problems.length === 0 ? '' : ` (${problems.join(', ')})`
  return `${visible(words)}${result === 'failed' ? paint.red(result) : result}${visible(codes)}`
}

/** How a set is: its releases in a table, then objects, only where something is to be told of them. */
export const describeStatus = (
  { set, applied, lastRun, releases, objects }: SetStatus,
  paint: Paint,
): string => {
  if (applied === null) return `${visible(set)}: nothing was ever applied\n`
  const half = applied.state === 'applied' ? '' : paint.yellow(' (not finished: apply the bundle again)')
  return [
    `${visible(`${set}: bundle ${applied.version} (sequence ${applied.sequence}, ${applied.bundle.slice(0, 19)})`)}${half}`,
    ...(lastRun === null ? [] : [lastRunLine(lastRun, paint)]),
    ...releaseTable(releases, paint),
    ...releases.flatMap((release) => troubles(release, objects, paint)),
    '',
  ].join('\n')
}
