import { nameOf } from '../core/object.ts'
import type { FoundObject, SetRepair } from '../core/repair.ts'
import { counted, grouped } from './count.ts'
import type { Paint } from './paint.ts'
import { shortened, visible } from './visible.ts'

/** Lines of a section in a terminal; JSON has all of them. */
const most = 40

const safe = (text: string): string => shortened(visible(text), 300)

const section = (title: string, lines: string[], { bold }: Paint): string[] =>
  lines.length === 0
    ? []
    : [
        bold(`${title} (${grouped(lines.length)})`),
        ...lines.slice(0, most).map((line) => `  ${line}`),
        ...(lines.length > most
          ? [`  … and ${counted(lines.length - most, 'more line')} (--output json has all)`]
          : []),
      ]

const linesOf = (found: FoundObject[], is: FoundObject['is']): string[] =>
  found.filter((one) => one.is === is).map((one) => safe(nameOf(one.id)))

/** What a repair found, and what it wrote (or would write). */
export const describeRepair = (repair: SetRepair, paint: Paint): string => {
  const { set, inventory, why, last, releases, found, notListed, written } = repair
  const head = {
    lost: 'the inventory is lost: its Secret is not there',
    broken: `the inventory is broken: ${safe(why)}`,
    whole: 'the inventory is whole, and lacks objects that are of this set',
  }[inventory]
  const left = found.flatMap((one) =>
    one.is === 'left' ? [`${safe(nameOf(one.id))}: ${safe(one.why)}`] : [],
  )
  const entered = found.filter((one) => one.is !== 'left' && one.is !== 'known').length
  const next =
    inventory === 'whole'
      ? 'The next apply prunes of these what its bundle has not.'
      : 'No release counts as complete: the next apply sends all of its bundle, as an upgrade, and prunes what it has not.'
  return [
    `${safe(set)}: ${head}`,
    last === null
      ? 'What was applied last is not remembered: an older bundle would not be noticed.'
      : visible(`Applied last, by the history: bundle ${last.version} (sequence ${last.sequence})`),
    ...(releases.length > 0 ? [visible(`Releases: ${releases.join(', ')}`)] : []),
    ...section('Of this set, and in the bundle', linesOf(found, 'wanted'), paint),
    ...section(
      'Of this set; no bundle is known that says whether it is wanted',
      linesOf(found, 'ours'),
      paint,
    ),
    ...section(
      'Of this set, and not in the bundle: the next apply prunes it, by its usual rules',
      linesOf(found, 'orphan'),
      paint,
    ),
    ...section('Left as it is: it has the label of the set, and nothing proves that it is ours', left, paint),
    ...section(
      'Not looked at',
      notListed.map(({ kind, why }) => `${safe(kind)}: ${safe(why)}`),
      paint,
    ),
    `${written ? 'Written' : 'To be written'}: ${counted(entered, 'object')}. ${next}`,
    '',
  ].join('\n')
}
