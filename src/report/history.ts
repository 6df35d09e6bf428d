import type { Revision } from '../core/history.ts'
import type { Origin } from '../core/inventory.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { visible } from './visible.ts'

/** What is told of a set's runs. */
interface Told {
  set: string
  revisions: (Revision & { kept: boolean })[]
  present: { revision: number; state: 'applying' | 'applied'; releases: { [release: string]: Origin } } | null
}

const shortOf = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12)

const takingUp = ({ all, cutOff }: NonNullable<Revision['runs']>): string =>
  `, in ${all} runs${cutOff === 0 ? '' : ` (of what ${cutOff} of them did, cut off, nothing is known)`}`

const whatOf = ({ did, to, only, changes, runs, hooks, releases }: Revision): string => {
  const removed = Object.keys(releases).filter((name) => releases[name]?.state === 'removed')
  const how =
    did === 'rollback'
      ? `rollback${to === undefined ? '' : ` to ${to}`}`
      : did === 'remove'
        ? `remove ${removed.join(', ')}`
        : did === 'correct'
          ? 'correct drift'
          : 'apply'
  const alone = did !== 'remove' && only ? ` ${did === 'correct' ? 'of' : 'only'} ${only.join(', ')}` : ''
  const { created, changed, deleted } = changes
  const ran = hooks.length === 0 ? '' : `, ${counted(hooks.length, 'hook')}`
  return `${visible(how + alone)}: ${created} created, ${changed} changed, ${deleted} deleted${ran}${runs ? takingUp(runs) : ''}`
}

const brushOf: Record<Revision['state'], keyof Paint> = {
  applied: 'green',
  failed: 'red',
  'cut off': 'yellow',
}

/** The runs of a set as a table, oldest first, and which bundle each release is from that is there now. */
export const describeHistory = ({ set, revisions, present }: Told, paint: Paint): string => {
  if (present === null && revisions.length === 0) return `${set}: nothing was ever applied\n`
  const rows = revisions.map((one) => [
    String(one.revision),
    one.when.replace(/\.\d+Z$/, 'Z'),
    visible(one.version),
    `${shortOf(one.bundle)}${one.kept ? '' : ' (not kept)'}`,
    one.state,
    whatOf(one),
  ])
  const head = ['REVISION', 'WHEN', 'VERSION', 'BUNDLE', 'STATE', 'WHAT']
  const widths = head.map((word, at) => Math.max(word.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: string[], state?: Revision['state']): string =>
    cells
      .map((cell, at) => {
        const padded = at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)
        return at === 4 && state ? paint[brushOf[state]](padded) : padded
      })
      .join('  ')
      .trimEnd()
  const releases = Object.entries(present?.releases ?? {})
  const now =
    present === null
      ? []
      : [
          '',
          paint.bold(
            `${set} now (revision ${present.revision}${present.state === 'applied' ? '' : ', not finished; what it has not reached is still as it was before'}):`,
          ),
          ...(releases.length === 0 ? ['  no release'] : []),
          ...releases.map(
            ([name, { version, bundle }]) => `  ${name}: ${visible(version)} (${shortOf(bundle)})`,
          ),
        ]
  return [paint.bold(line(head)), ...rows.map((row, at) => line(row, revisions[at]?.state)), ...now, ''].join(
    '\n',
  )
}
